// jax-js on the bench page: every workload as one jit, arrays owned and released as its manual asks.
import {
  blockUntilReady,
  defaultDevice,
  init,
  type Array as JaxArray,
  jit,
  lax,
  nn,
  numpy as np,
  tree,
  valueAndGrad,
} from '@jax-js/jax';
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

/** jax-js with its WebGPU backend. */
export async function openEngine(): Promise<Engine> {
  await init('webgpu');
  defaultDevice('webgpu');
  return { build: async (task) => buildTask(task) };
}

type OpTask = Exclude<Task, { kind: 'vit' | 'slab' }>;

function buildTask(task: Task): Built | null {
  if (task.kind === 'slab' || (task.kind === 'vit' && (task.size.batch ?? 1) > 1)) return null;
  return task.kind === 'vit' ? buildVit(task.size, task.work) : buildOp(task);
}

type Named = Record<string, JaxArray>;

const arrayOf = (data: Float32Array<ArrayBuffer>, shape: readonly number[]): JaxArray =>
  np.array(data).reshape([...shape]);
const named = (name: string, shape: readonly number[]): JaxArray =>
  arrayOf(
    values(
      name,
      shape.reduce((a, b) => a * b, 1),
    ),
    shape,
  );

function forward(f: (...xs: JaxArray[]) => JaxArray, inputs: JaxArray[]): Built {
  const compiled = jit(f);
  const call = async () => {
    const y = compiled(...inputs.map((x) => x.ref));
    await blockUntilReady(y);
    return y;
  };
  return {
    run: async () => (await call()).dispose(),
    check: async () => new Float32Array(await (await call()).data()),
  };
}

function layerNorm(x: JaxArray, w: JaxArray, b: JaxArray, epsilon: number): JaxArray {
  return nn.standardize(x, -1, { epsilon }).mul(w).add(b);
}

const gelu = (x: JaxArray) => nn.gelu(x, { approximate: false });

/** q, k, v [heads, tokens, d]. */
function attention(q: JaxArray, k: JaxArray, v: JaxArray): JaxArray {
  const d = q.shape[q.shape.length - 1];
  const scores = np.matmul(q, np.matrixTranspose(k)).mul(d ** -0.5);
  return np.matmul(nn.softmax(scores, -1), v);
}

function buildOp(task: OpTask): Built {
  switch (task.kind) {
    case 'matmul':
      return forward(
        (a, b) => np.matmul(a, b),
        [named('a', [task.batch, task.m, task.k]), named('b', [task.batch, task.k, task.n])],
      );
    case 'layernorm':
      return forward(
        (x, w, b) => layerNorm(x, w, b, 1e-5),
        [named('x', [task.rows, task.width]), named('w', [task.width]), named('b', [task.width])],
      );
    case 'gelu':
      return forward(gelu, [named('x', [task.rows, task.width])]);
    case 'attention':
      return forward(
        attention,
        ['q', 'k', 'v'].map((name) => named(name, [task.heads, task.tokens, task.dim])),
      );
    case 'conv':
      return buildConv(task);
  }
}

function buildConv({ channels, out, size, kernel, stride, padding }: Extract<OpTask, { kind: 'conv' }>): Built {
  const pads: [number, number][] = [
    [padding, padding],
    [padding, padding],
  ];
  return forward(
    (x, w, b) => lax.conv(x, w, [stride, stride], pads).add(b.reshape([1, out, 1, 1])),
    [named('x', [1, channels, size, size]), named('w', [out, channels, kernel, kernel]), named('b', [out])],
  );
}

/** The ViT on x [tokens, dim]; each parameter is used once. */
function vit({ tokens, dim, heads, blocks }: VitSize, w: Named, input: JaxArray): JaxArray {
  const lin = (name: string, t: JaxArray) =>
    np.matmul(t, np.matrixTranspose(w[`${name}.weight`])).add(w[`${name}.bias`]);
  const norm = (name: string, t: JaxArray) => layerNorm(t, w[`${name}.weight`], w[`${name}.bias`], 1e-6);
  const adapter = (name: string, t: JaxArray) => lin(`${name}.up`, gelu(lin(`${name}.down`, t.ref))).add(t);
  let x = input;
  for (let i = 0; i < blocks; i++) {
    const qkv = lin(`${i}.qkv`, norm(`${i}.norm1`, x.ref)).reshape([tokens, 3, heads, dim / heads]);
    const [q, k, v] = np
      .split(np.transpose(qkv, [1, 2, 0, 3]), 3, 0)
      .map((t) => t.reshape([heads, tokens, dim / heads]));
    const a = np.transpose(attention(q, k, v), [1, 0, 2]).reshape([tokens, dim]);
    x = x.add(adapter(`${i}.adapter1`, lin(`${i}.proj`, a)));
    const h = lin(`${i}.lin2`, gelu(lin(`${i}.lin1`, norm(`${i}.norm2`, x.ref))));
    x = x.add(adapter(`${i}.adapter2`, h));
  }
  return x;
}

function buildVit(size: VitSize, work: VitWork): Built {
  const all = vitWeights(size, work);
  const pick = (trains: boolean, make: (name: string, shape: readonly number[]) => JaxArray): Named =>
    Object.fromEntries(all.filter((w) => w.trains === trains).map((w) => [w.name, make(w.name, w.shape)]));
  const frozen = pick(false, (name, shape) => arrayOf(weightValues(name, shape), shape));
  const x = named('x', [size.tokens, size.dim]);
  if (work === 'forward') {
    const compiled = jit((w: Named, input: JaxArray) => vit(size, w, input));
    const call = async () => {
      const y = compiled(tree.ref(frozen), x.ref);
      await blockUntilReady(y);
      return y;
    };
    return {
      run: async () => (await call()).dispose(),
      check: async () => new Float32Array(await (await call()).data()),
    };
  }
  let trained = pick(true, (name, shape) => arrayOf(weightValues(name, shape), shape));
  let [m, v] = [0, 1].map(() => pick(true, (_, shape) => np.zeros([...shape])));
  const step = jit(trainStep(size));
  let t = 0;
  const run = async () => {
    t++;
    const hyper = np.array(Float32Array.of(1 / (1 - 0.9 ** t), 1 / (1 - 0.999 ** t)));
    const [loss, ...next] = step(trained, m, v, tree.ref(frozen), x.ref, hyper);
    [trained, m, v] = next;
    await blockUntilReady([loss, trained, m, v]);
    return loss;
  };
  return {
    run: async () => (await run()).dispose(),
    check: () => firstLosses(async () => (await (await run()).data())[0], size.tokens),
  };
}

/** One step of Adam on mean(y²); `hyper` holds the two bias corrections. */
function trainStep(size: VitSize) {
  const lossOf = (trained: Named, frozen: Named, x: JaxArray) =>
    np.mean(np.square(vit(size, { ...frozen, ...trained }, x)));
  return (
    trained: Named,
    m: Named,
    v: Named,
    frozen: Named,
    x: JaxArray,
    hyper: JaxArray,
  ): [JaxArray, Named, Named, Named] => {
    const [loss, g] = valueAndGrad(lossOf)(tree.ref(trained), frozen, x);
    const [c1, c2] = np.split(hyper, 2, 0);
    const [p1, m1, v1]: [Named, Named, Named] = [{}, {}, {}];
    for (const name of Object.keys(trained)) {
      const grad = g[name];
      m1[name] = m[name].mul(0.9).add(grad.ref.mul(0.1));
      v1[name] = v[name].mul(0.999).add(np.square(grad).mul(0.001));
      const bottom = np.sqrt(v1[name].ref.mul(c2.ref)).add(1e-8);
      p1[name] = trained[name].sub(m1[name].ref.mul(c1.ref).mul(LEARNING_RATE).div(bottom));
    }
    c1.dispose();
    c2.dispose();
    return [loss, p1, m1, v1];
  };
}
