import { type Gpu, openGpu } from '../gpu/device';
import { attention } from '../ops/attention';
import { conv2d } from '../ops/conv2d';
import { layerNorm } from '../ops/layernorm';
import { matmul } from '../ops/matmul';
import { adamHyper } from '../ops/optim';
import { gelu, scale } from '../ops/pointwise';
import { compile } from '../plan/compile';
import { bindLeaf, freeLeaf } from '../plan/leaves';
import type { PlanOptions } from '../plan/plan';
import type { Step } from '../plan/step';
import { numel, type Shape } from '../tensor/shape';
import { type Leaf, leafTensor, type Tensor } from '../tensor/tensor';
import { type Engine, firstLosses, type OwnBuilt } from './benchEngine';
import { vitStep } from './benchVit';
import { LEARNING_RATE, type Task, type VitSize, type VitWork, values, weightValues } from './benchWorkloads';

/** This project's engine. */
export async function openEngine(): Promise<Engine> {
  const gpu = await openGpu();
  return { build: (task) => buildOwn(gpu, task) };
}

/** A workload on `gpu`, planned as `plan` says. */
export async function buildOwn(gpu: Gpu, task: Task, plan: PlanOptions = {}): Promise<OwnBuilt> {
  if (task.kind === 'slab') return (await import('./benchSlab')).buildSlab(gpu, task.depth, plan);
  return task.kind === 'vit' ? buildVit(gpu, task.size, task.work, plan) : buildOp(gpu, task, plan);
}

/** Frees a step and the weights it ran with. */
export async function freeOwn(gpu: Gpu, step: Step): Promise<void> {
  step.destroy();
  for (const leaf of step.plan.states) freeLeaf(gpu, leaf);
}

type OpTask = Exclude<Task, { kind: 'vit' | 'slab' }>;

async function buildOp(gpu: Gpu, task: OpTask, plan: PlanOptions): Promise<OwnBuilt> {
  const leaf = (name: string, shape: Shape): Tensor => {
    const l: Leaf = { kind: 'state', name, shape, dtype: 'f32' };
    bindLeaf(gpu, l, values(name, numel(shape)));
    return leafTensor(l);
  };
  const leaves = leavesOf(task, leaf);
  const output = () =>
    outputOf(
      task,
      leaves.map((t) => leafTensor(t.leaf!)),
    );
  const step = await compile(gpu, () => ({ outputs: { y: output() } }), plan);
  const run = async () => {
    step.run();
    await gpu.device.queue.onSubmittedWorkDone();
  };
  return { step, run, check: () => run().then(() => step.read('y')), free: () => freeOwn(gpu, step) };
}

function leavesOf(task: OpTask, leaf: (name: string, shape: Shape) => Tensor): Tensor[] {
  switch (task.kind) {
    case 'matmul':
      return [leaf('a', [task.batch, task.m, task.k]), leaf('b', [task.batch, task.k, task.n])];
    case 'layernorm':
      return [leaf('x', [task.rows, task.width]), leaf('w', [task.width]), leaf('b', [task.width])];
    case 'gelu':
      return [leaf('x', [task.rows, task.width])];
    case 'attention':
      return ['q', 'k', 'v'].map((name) => leaf(name, [1, task.heads, task.tokens, task.dim]));
    case 'conv': {
      const { channels, out, size, kernel } = task;
      return [leaf('x', [1, channels, size, size]), leaf('w', [out, channels, kernel, kernel]), leaf('b', [out])];
    }
  }
}

function outputOf(task: OpTask, [x, w, b]: readonly Tensor[]): Tensor {
  switch (task.kind) {
    case 'matmul':
      return matmul(x, w);
    case 'layernorm':
      return layerNorm(x, w, b, 1e-5);
    case 'gelu':
      return gelu(x);
    case 'attention':
      return attention(x, w, b);
    case 'conv':
      // ×1, because an output must be contiguous and the patch variant's is a view.
      return scale(conv2d(x, w, b, { stride: task.stride, padding: task.padding }), 1);
  }
}

async function buildVit(gpu: Gpu, size: VitSize, work: VitWork, plan: PlanOptions): Promise<OwnBuilt> {
  const { build, places } = vitStep(size, work);
  // Shaders first: they compile in the GPU's process while the weights are drawn and uploaded.
  const compiling = compile(gpu, build, plan);
  for (const { leaf, offset, name, shape } of places) bindLeaf(gpu, leaf, weightValues(name, shape), offset);
  const step = await compiling;
  step.write('x', values('x', (size.batch ?? 1) * size.tokens * size.dim));
  let t = 0;
  const run = async () => {
    const ticket = step.run(work === 'forward' ? {} : { hyper: adamHyper(LEARNING_RATE, ++t) });
    await gpu.device.queue.onSubmittedWorkDone();
    return ticket;
  };
  const loss = async () => (await (await run()).read('loss'))[0];
  const check = () => (work === 'forward' ? run().then(() => step.read('y')) : firstLosses(loss, size.tokens));
  return { step, run, check, free: () => freeOwn(gpu, step) };
}
