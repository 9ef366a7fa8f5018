import type { Gpu } from '../../gpu/device';
import {
  constantRate,
  cosineRate,
  exponentialRate,
  linearRate,
  multistepRate,
  type Schedule,
  stepRate,
} from '../../nn/schedule';
import { adam, adamHyper, adamw, rmsprop, sgd, sgdHyper } from '../../ops/optim';
import { compile } from '../../plan/compile';
import { bindLeaf, freeLeaf, readLeaf } from '../../plan/leaves';
import { input, type Leaf, leafTensor, type Tensor } from '../../tensor/tensor';
import type { Lookup, TorchOp } from './torchOps';
import type { OpAttrs } from './torchOpsTable';

/** Trajectories of torch's optimisers and schedulers: `grads` [T, N] applied one by one to `p0` [N]. */
interface Optimiser {
  /** State vectors beside the parameters. */
  readonly states: (a: OpAttrs) => number;
  readonly hyper: (lr: number, step: number, a: OpAttrs) => Float32Array;
  readonly update: (p: Tensor, g: Tensor, states: readonly Tensor[], hyper: Tensor, a: OpAttrs) => Tensor;
}

const num = (v: unknown, otherwise: number) => (typeof v === 'number' ? v : otherwise);
const betas = (a: OpAttrs) => (Array.isArray(a.betas) ? (a.betas as [number, number]) : ([0.9, 0.999] as const));
const adamOptions = (a: OpAttrs, decay: number) => ({
  beta1: betas(a)[0],
  beta2: betas(a)[1],
  eps: num(a.eps, 1e-8),
  weightDecay: num(a.weight_decay, decay),
});

/** By the names of torch.optim. */
export const OPTIMISERS: { readonly [name: string]: Optimiser } = {
  Adam: {
    states: (a) => (a.amsgrad ? 3 : 2),
    hyper: (lr, t, a) => adamHyper(lr, t, ...betas(a)),
    update: (p, g, [m, v, top], h, a) => adam(p, g, m, v, h, adamOptions(a, 0), top),
  },
  AdamW: {
    states: () => 2,
    hyper: (lr, t, a) => adamHyper(lr, t, ...betas(a)),
    update: (p, g, [m, v], h, a) => adamw(p, g, m, v, h, adamOptions(a, 0.01)),
  },
  SGD: {
    states: () => 1,
    hyper: (lr, t) => sgdHyper(lr, t),
    update: (p, g, [m], h, a) =>
      sgd(p, g, m, h, {
        momentum: num(a.momentum, 0),
        dampening: num(a.dampening, 0),
        nesterov: a.nesterov === true,
        weightDecay: num(a.weight_decay, 0),
      }),
  },
  RMSprop: {
    states: () => 1,
    hyper: (lr, t) => adamHyper(lr, t),
    update: (p, g, [v], h, a) =>
      rmsprop(p, g, v, h, { alpha: num(a.alpha, 0.99), eps: num(a.eps, 1e-8), weightDecay: num(a.weight_decay, 0) }),
  },
};

/** Attributes that the optimisers here do not have: a trajectory that asks for one is unknown, not wrong. */
const REFUSED = ['centered', 'maximize', 'foreach'];

/** Runs one trajectory; `computed` gets ID.out.params [T, N] and ID.out.lr [T]. */
export async function runOptimiser(
  gpu: Gpu,
  op: TorchOp,
  tensors: Lookup,
  computed: Map<string, Float32Array>,
): Promise<void> {
  const row = OPTIMISERS[op.op];
  const refused = REFUSED.find((k) => op.attrs[k]) ?? (op.op !== 'SGD' && op.attrs.momentum ? 'momentum' : undefined);
  if (refused) throw new Error(`${op.op} with ${refused} is not there`);
  const [p0, grads] = [tensors(`in.${op.id}.p0`), tensors(`in.${op.id}.grads`)];
  if (!p0 || !grads) throw new Error(`the case has no in.${op.id}.p0 and in.${op.id}.grads`);
  const rate = scheduleOf(num(op.attrs.lr, 1e-3), op.attrs.scheduler);
  const [steps, n] = grads.shape;
  const leaves = Array.from(
    { length: 1 + row.states(op.attrs) },
    (_, i): Leaf => ({ kind: 'state', name: `${op.id}.${i}`, shape: [n], dtype: 'f32' }),
  );
  const [p, ...states] = leaves;
  bindLeaf(gpu, p, p0.data);
  const step = await compile(gpu, () => ({
    outputs: {},
    effects: [row.update(leafTensor(p), input('g', [n]), states.map(leafTensor), input('hyper', [4]), op.attrs)],
  }));
  const params = new Float32Array(steps * n);
  for (let t = 0; t < steps; t++) {
    step.run({ g: grads.data.slice(t * n, (t + 1) * n), hyper: row.hyper(rate(t), t + 1, op.attrs) });
    params.set(await readLeaf(gpu, p), t * n);
  }
  step.destroy();
  for (const l of leaves) freeLeaf(gpu, l);
  computed.set(`${op.id}.out.params`, params);
  computed.set(
    `${op.id}.out.lr`,
    Float32Array.from({ length: steps }, (_, t) => rate(t)),
  );
}

/** A schedule from text such as `StepLR(step_size=2, gamma=0.5)`; positional arguments in torch's order. */
export function scheduleOf(lr: number, text: unknown): Schedule {
  if (text === null || text === undefined) return constantRate(lr);
  const [, name, inner] = /^(\w+)\((.*)\)$/.exec(String(text)) ?? [];
  const rows: {
    readonly [name: string]: [string[], (v: (key: string, otherwise?: number) => number, list: number[]) => Schedule];
  } = {
    StepLR: [['step_size', 'gamma'], (v) => stepRate(lr, v('step_size'), v('gamma', 0.1))],
    MultiStepLR: [['milestones', 'gamma'], (v, list) => multistepRate(lr, list, v('gamma', 0.1))],
    ExponentialLR: [['gamma'], (v) => exponentialRate(lr, v('gamma'))],
    LinearLR: [
      ['start_factor', 'end_factor', 'total_iters'],
      (v) => linearRate(lr, v('start_factor', 1 / 3), v('end_factor', 1), v('total_iters', 5)),
    ],
    CosineAnnealingLR: [['T_max', 'eta_min'], (v) => cosineRate(lr, v('T_max'), v('eta_min', 0))],
  };
  const row = Object.hasOwn(rows, name ?? '') ? rows[name] : undefined;
  if (!row) throw new Error(`no schedule ${String(text)}`);
  const [names, make] = row;
  const given = new Map<string, string>();
  const parts = inner.match(/(?:\w+\s*=\s*)?(?:\[[^\]]*\]|[^,\s]+)/g) ?? [];
  parts.forEach((part, i) => {
    const [, key, value] = /^(?:(\w+)\s*=\s*)?(.*)$/.exec(part) ?? [];
    given.set(key ?? names[i], value);
  });
  const list = (given.get('milestones') ?? '').match(/[\d.]+/g)?.map(Number) ?? [];
  return make((key, otherwise) => {
    const value = given.has(key) ? Number(given.get(key)) : otherwise;
    if (value === undefined || Number.isNaN(value)) throw new Error(`schedule ${String(text)}: no number for ${key}`);
    return value;
  }, list);
}
