// TensorFlow.js with its WebGPU backend on the bench page, eager as it always is; matrix products take their bias fused.
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops';
import '@tensorflow/tfjs-core/dist/register_all_gradients';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import '@tensorflow/tfjs-backend-webgpu';
import { type Built, type Engine, firstLosses } from '../../src/cli/benchEngine';
import {
  LEARNING_RATE,
  type Task,
  type VitSize,
  type VitWork,
  values,
  vitWeights,
  weightValues,
} from '../../src/cli/benchWorkloads';
import { type Counts, deviceDone } from './meter';

/** Sends what is still in the command encoder, and waits for the device. */
type Finish = () => Promise<void>;

/** TensorFlow.js with its WebGPU backend. */
export async function openEngine(counts: Counts): Promise<Engine> {
  await tf.setBackend('webgpu');
  await tf.ready();
  const finish = async () => {
    const backend = tf.backend() as WebGPUBackend;
    backend.ensureCommandEncoderReady();
    backend.endComputePassEncoder();
    backend.submitQueue();
    await deviceDone(counts);
  };
  return {
    build: async (task) => buildTask(task, finish),
  };
}

type OpTask = Exclude<Task, { kind: 'vit' | 'slab' }>;

function buildTask(task: Task, finish: Finish): Built | null {
  if (task.kind === 'slab' || (task.kind === 'vit' && (task.size.batch ?? 1) > 1)) return null;
  return task.kind === 'vit' ? buildVit(task.size, task.work, finish) : buildOp(task, finish);
}

type Named = Record<string, tf.Tensor>;

const named = (name: string, shape: readonly number[]): tf.Tensor =>
  tf.tensor(
    values(
      name,
      shape.reduce((a, b) => a * b, 1),
    ),
    [...shape],
  );

/** `toTorch` brings the result into torch's layout for the comparison; it is not timed. */
function forward(f: () => tf.Tensor, finish: Finish, toTorch = (y: tf.Tensor) => y): Built {
  return {
    run: async () => {
      tf.tidy(f).dispose();
      await finish();
    },
    check: async () => {
      const y = tf.tidy(() => toTorch(f()));
      const data = await y.data<'float32'>();
      y.dispose();
      return data;
    },
  };
}

function layerNorm(x: tf.Tensor, w: tf.Tensor, b: tf.Tensor, eps: number): tf.Tensor {
  const { mean, variance } = tf.moments(x, -1, true);
  return x.sub(mean).mul(variance.add(eps).rsqrt()).mul(w).add(b);
}

const gelu = (x: tf.Tensor) => x.mul(0.5).mul(x.mul(Math.SQRT1_2).erf().add(1));

/** q, k, v [heads, tokens, d]. */
function attention(q: tf.Tensor, k: tf.Tensor, v: tf.Tensor): tf.Tensor {
  const scores = tf.matMul(q, k, false, true).mul(q.shape[2]! ** -0.5);
  return tf.matMul(tf.softmax(scores), v);
}

function buildOp(task: OpTask, finish: Finish): Built {
  switch (task.kind) {
    case 'matmul': {
      const [a, b] = [named('a', [task.batch, task.m, task.k]), named('b', [task.batch, task.k, task.n])];
      return forward(() => tf.matMul(a, b), finish);
    }
    case 'layernorm': {
      const [x, w, b] = [named('x', [task.rows, task.width]), named('w', [task.width]), named('b', [task.width])];
      return forward(() => layerNorm(x, w, b, 1e-5), finish);
    }
    case 'gelu': {
      const x = named('x', [task.rows, task.width]);
      return forward(() => gelu(x), finish);
    }
    case 'attention': {
      const [q, k, v] = ['q', 'k', 'v'].map((name) => named(name, [task.heads, task.tokens, task.dim]));
      return forward(() => attention(q, k, v), finish);
    }
    case 'conv':
      return buildConv(task, finish);
  }
}

/** Images lie as NHWC and kernels as HWIO, as this engine likes them. */
function buildConv(
  { channels, out, size, kernel, stride, padding }: Extract<OpTask, { kind: 'conv' }>,
  finish: Finish,
) {
  const x = tf.tidy(() => named('x', [1, channels, size, size]).transpose([0, 2, 3, 1])) as tf.Tensor4D;
  const w = tf.tidy(() => named('w', [out, channels, kernel, kernel]).transpose([2, 3, 1, 0])) as tf.Tensor4D;
  const bias = named('b', [out]);
  const conv = () => tf.fused.conv2d({ x, filter: w, strides: stride, pad: padding, bias });
  return forward(conv, finish, (y) => y.transpose([0, 3, 1, 2]));
}

/** The ViT on x [tokens, dim]. */
function vit({ tokens, dim, heads, blocks }: VitSize, w: Named, input: tf.Tensor): tf.Tensor {
  const lin = (name: string, a: tf.Tensor) =>
    tf.fused.matMul({ a, b: w[`${name}.weight`], transposeB: true, bias: w[`${name}.bias`] });
  const norm = (name: string, t: tf.Tensor) => layerNorm(t, w[`${name}.weight`], w[`${name}.bias`], 1e-6);
  const adapter = (name: string, t: tf.Tensor) => lin(`${name}.up`, gelu(lin(`${name}.down`, t))).add(t);
  let x = input;
  for (let i = 0; i < blocks; i++) {
    const qkv = lin(`${i}.qkv`, norm(`${i}.norm1`, x)).reshape([tokens, 3, heads, dim / heads]);
    const [q, k, v] = tf.unstack(qkv.transpose([1, 2, 0, 3]));
    const a = attention(q, k, v).transpose([1, 0, 2]).reshape([tokens, dim]);
    x = x.add(adapter(`${i}.adapter1`, lin(`${i}.proj`, a)));
    const h = lin(`${i}.lin2`, gelu(lin(`${i}.lin1`, norm(`${i}.norm2`, x))));
    x = x.add(adapter(`${i}.adapter2`, h));
  }
  return x;
}

function buildVit(size: VitSize, work: VitWork, finish: Finish): Built {
  const weights: Named = {};
  const trained: tf.Variable[] = [];
  for (const { name, shape, trains } of vitWeights(size, work)) {
    const data = tf.tensor(weightValues(name, shape), [...shape]);
    if (trains) trained.push(tf.variable(data));
    weights[name] = trains ? trained[trained.length - 1] : data;
  }
  const x = named('x', [size.tokens, size.dim]);
  if (work === 'forward') return forward(() => vit(size, weights, x), finish);
  const adam = tf.train.adam(LEARNING_RATE, 0.9, 0.999, 1e-8);
  const run = async () => {
    const loss = tf.tidy(() => adam.minimize(() => tf.mean(tf.square(vit(size, weights, x))), true, trained)!);
    await finish();
    return loss;
  };
  const lossOf = async () => {
    const loss = await run();
    const [value] = await loss.data();
    loss.dispose();
    return value;
  };
  return { run: async () => (await run()).dispose(), check: () => firstLosses(lossOf, size.tokens) };
}
