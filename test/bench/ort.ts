// ONNX Runtime Web on the bench page: models made in code, inputs and outputs on the GPU.

import mjsUrl from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.mjs?url';
import wasmUrl from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url';
import * as ort from 'onnxruntime-web/webgpu';
import type { Built, Engine } from '../../src/cli/benchEngine';
import { type Task, values } from '../../src/cli/benchWorkloads';
import { type Counts, deviceDone } from './meter';
import { type OnnxGraph, type OnnxNode, type OnnxValue, type OnnxWeight, onnxModel } from './onnx';
import { composed, fused, onnxVit } from './onnxVit';

/** ONNX Runtime Web with its WebGPU execution provider. It does not train. */
export async function openEngine(counts: Counts): Promise<Engine> {
  // Its flash attention is silently wrong where subgroups have fewer than eight lanes; without them it takes another.
  const info = (await navigator.gpu.requestAdapter())?.info;
  if ((info?.subgroupMinSize ?? 32) < 8) counts.hidden.push('subgroups');
  ort.env.wasm.numThreads = 1;
  ort.env.wasm.wasmPaths = { mjs: mjsUrl, wasm: wasmUrl };
  ort.env.logLevel = 'error';
  return {
    build: async (task) => {
      if (task.kind === 'attention') return buildAttention(task, counts);
      if (task.kind === 'slab' || (task.kind === 'vit' && (task.size.batch ?? 1) > 1)) return null;
      if (task.kind !== 'vit') return buildGraph(opGraph(task), counts);
      return task.work === 'forward' ? buildGraph(onnxVit(task.size, fused), counts) : null;
    },
    buildPlain: async (task) => {
      if (task.kind === 'attention') return buildPlainAttention(task, counts);
      return task.kind === 'vit' && task.work === 'forward' ? buildGraph(onnxVit(task.size, composed), counts) : null;
    },
  };
}

type Attention = Extract<Task, { kind: 'attention' }>;
type Layout = (data: Float32Array<ArrayBuffer>) => Float32Array<ArrayBuffer>;

/** `inward` and `outward` bring inputs and results between torch's layout and this engine's; neither is timed. */
async function buildGraph(
  graph: OnnxGraph,
  counts: Counts,
  inward: Layout = (x) => x,
  outward: Layout = (y) => y,
): Promise<Built> {
  const session = await ort.InferenceSession.create(onnxModel(graph), {
    executionProviders: ['webgpu'],
    graphOptimizationLevel: 'all',
    preferredOutputLocation: 'gpu-buffer',
  });
  const { device } = counts;
  if (!device) throw new Error('onnxruntime-web opened no GPU device');
  const feeds: Record<string, ort.Tensor> = {};
  for (const { name, shape } of graph.inputs) {
    const data = inward(
      values(
        name,
        shape.reduce((a, b) => a * b, 1),
      ),
    );
    feeds[name] = gpuTensor(device, data, shape);
  }
  const call = async () => {
    const { y } = await session.run(feeds);
    await deviceDone(counts);
    return y;
  };
  const check = async () => {
    const y = await call();
    const data = outward(Float32Array.from((await y.getData()) as Float32Array));
    y.dispose();
    return data;
  };
  return { run: async () => (await call()).dispose(), check, free: () => session.release() };
}

function gpuTensor(device: GPUDevice, data: Float32Array<ArrayBuffer>, dims: readonly number[]): ort.Tensor {
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST | GPUBufferUsage.COPY_SRC;
  const buffer = device.createBuffer({ size: data.byteLength, usage });
  device.queue.writeBuffer(buffer, 0, data);
  return ort.Tensor.fromGpuBuffer(buffer, { dataType: 'float32', dims: [...dims] });
}

/** [heads, tokens, d] ↔ [tokens, heads, d]. */
function swapAxes(data: Float32Array<ArrayBuffer>, first: number, second: number, d: number) {
  const out = new Float32Array(data.length);
  for (let i = 0; i < first; i++)
    for (let j = 0; j < second; j++)
      out.set(data.subarray((i * second + j) * d, (i * second + j + 1) * d), (j * first + i) * d);
  return out;
}

/** The fused op takes tokens × (heads · d). */
function buildAttention({ tokens, heads, dim }: Attention, counts: Counts): Promise<Built> {
  const value = (name: string): OnnxValue => ({ name, shape: [1, tokens, heads * dim] });
  const inputs = ['q', 'k', 'v'];
  const attributes = { num_heads: heads };
  const node: OnnxNode = { op: 'MultiHeadAttention', domain: 'com.microsoft', inputs, outputs: ['y'], attributes };
  return buildGraph(
    { nodes: [node], weights: [], inputs: inputs.map(value), outputs: [value('y')] },
    counts,
    (x) => swapAxes(x, heads, tokens, dim),
    (y) => swapAxes(y, tokens, heads, dim),
  );
}

/** Heads × tokens × d, of MatMul and Softmax. */
function buildPlainAttention({ tokens, heads, dim }: Attention, counts: Counts): Promise<Built> {
  const value = (name: string): OnnxValue => ({ name, shape: [heads, tokens, dim] });
  const scale: OnnxWeight = { name: 'scale', shape: [], data: Float32Array.of(dim ** -0.5) };
  const node = (op: string, inputs: string[], output: string, attributes = {}): OnnxNode => ({
    op,
    inputs,
    outputs: [output],
    attributes,
  });
  const nodes = [
    node('Transpose', ['k'], 'kt', { perm: [0, 2, 1] }),
    node('MatMul', ['q', 'kt'], 'scores'),
    node('Mul', ['scores', 'scale'], 'scaled'),
    node('Softmax', ['scaled'], 'p', { axis: -1 }),
    node('MatMul', ['p', 'v'], 'y'),
  ];
  return buildGraph({ nodes, weights: [scale], inputs: ['q', 'k', 'v'].map(value), outputs: [value('y')] }, counts);
}

function opGraph(task: Exclude<Task, { kind: 'vit' | 'attention' | 'slab' }>): OnnxGraph {
  const single = (op: string, inputs: OnnxValue[], shape: number[], attributes: OnnxNode['attributes']) => ({
    nodes: [{ op, inputs: inputs.map((v) => v.name), outputs: ['y'], attributes }],
    weights: [],
    inputs,
    outputs: [{ name: 'y', shape }],
  });
  const value = (name: string, ...shape: number[]): OnnxValue => ({ name, shape });
  switch (task.kind) {
    case 'matmul': {
      const { batch, m, k, n } = task;
      return single('MatMul', [value('a', batch, m, k), value('b', batch, k, n)], [batch, m, n], {});
    }
    case 'layernorm': {
      const { rows, width } = task;
      const inputs = [value('x', rows, width), value('w', width), value('b', width)];
      return single('LayerNormalization', inputs, [rows, width], { epsilon: { float: 1e-5 } });
    }
    case 'gelu':
      return single('Gelu', [value('x', task.rows, task.width)], [task.rows, task.width], {});
    case 'conv': {
      const { channels, out, size, kernel, stride, padding } = task;
      const end = (size + 2 * padding - kernel) / stride + 1;
      const inputs = [value('x', 1, channels, size, size), value('w', out, channels, kernel, kernel), value('b', out)];
      const pads = [padding, padding, padding, padding];
      return single('Conv', inputs, [1, out, end, end], { strides: [stride, stride], pads });
    }
  }
}
