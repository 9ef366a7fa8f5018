import { type Attrs, defineOp, type Kernel, linearGrid } from '../tensor/op';
import { numel, showShape } from '../tensor/shape';
import { apply, constant, type Tensor, whereIs } from '../tensor/tensor';
import { add, addScalar, div, minimum, mul, sqrt, square } from './pointwise';
import { sum } from './reduce';
import { pad, reshape, slice } from './view';

/**
 * Optimisers as effects on flat vectors: one dispatch updates all parameters p (a state leaf) from the gradients g and
 * the optimiser's own state leaves. What changes from step to step comes in `hyper`, four f32 numbers that the host
 * writes: `adamHyper`, `sgdHyper`. Elements from `decayEnd` on are spared weight decay (biases, norm gains).
 */

/** Number of elements of a `hyper` tensor: rate, two numbers of the optimiser, factor on the gradient (0: nothing changes, whatever g is). */
export const HYPER_LENGTH = 4;

/** `hyper` of Adam, AdamW (and RMSprop, which reads only the rate and the factor) for `step` = 1, 2, … */
export function adamHyper(
  lr: number,
  step: number,
  beta1 = 0.9,
  beta2 = 0.999,
  gradScale = 1,
): Float32Array<ArrayBuffer> {
  return Float32Array.of(lr, 1 - beta1 ** step, 1 - beta2 ** step, gradScale);
}

/** `hyper` of SGD for `step` = 1, 2, …: in the first step the momentum is the gradient itself. */
export function sgdHyper(lr: number, step: number, gradScale = 1): Float32Array<ArrayBuffer> {
  return Float32Array.of(lr, step === 1 ? 1 : 0, 0, gradScale);
}

/** Options of Adam and AdamW; defaults as in torch, weight decay 0. */
export interface AdamOptions {
  readonly beta1?: number;
  readonly beta2?: number;
  readonly eps?: number;
  readonly weightDecay?: number;
  /** First element that is spared weight decay; all decay by default. */
  readonly decayEnd?: number;
}

/** Options of SGD; defaults as in torch. */
export interface SgdOptions {
  readonly momentum?: number;
  readonly dampening?: number;
  readonly nesterov?: boolean;
  readonly weightDecay?: number;
  readonly decayEnd?: number;
}

/** Options of RMSprop; defaults as in torch. */
export interface RmspropOptions {
  readonly alpha?: number;
  readonly eps?: number;
  readonly weightDecay?: number;
  readonly decayEnd?: number;
}

interface AdamAttrs extends Attrs {
  readonly beta1: number;
  readonly beta2: number;
  readonly eps: number;
  readonly decay: number;
  readonly decayEnd: number;
  readonly decoupled: boolean;
}

function kernel(
  file: string,
  p: { shape: readonly number[] },
  consts: Record<string, number>,
  flags: string[] = [],
): Kernel[] {
  const total = numel(p.shape);
  return [
    {
      variant: 'naive',
      file: `optim/${file}.wgsl`,
      consts: { TOTAL: total, ...consts },
      flags,
      grid: linearGrid(total),
    },
  ];
}

const adamOp = (amsgrad: boolean) =>
  defineOp<AdamAttrs>({
    name: amsgrad ? 'adam.amsgrad' : 'adam',
    infer: ([p]) => ({ shape: p.shape, dtype: 'f32' }),
    writes: amsgrad ? [0, 2, 3, 5] : [0, 2, 3],
    kernels: ({ ins: [p], attrs: a }) => {
      const betas = { BETA1: a.beta1, REST1: 1 - a.beta1, BETA2: a.beta2, REST2: 1 - a.beta2 };
      const consts = { ...betas, EPS: a.eps, DECAY: a.decay, DECAY_END: a.decayEnd };
      const flags = [...(a.decoupled ? ['DECOUPLED'] : []), ...(amsgrad ? ['AMSGRAD'] : [])];
      const [naive] = kernel('adam', p, consts, flags);
      const n = numel(p.shape);
      if (n % 4 || a.decayEnd % 4) return [naive];
      const fours = { ...naive.consts, TOTAL: n / 4, DECAY_END: a.decayEnd / 4 };
      return [{ ...naive, variant: 'vec4', consts: fours, flags: [...flags, 'FOUR'], grid: linearGrid(n / 4) }, naive];
    },
    flops: ([p]) => 16 * numel(p.shape),
  });

const plainAdamOp = adamOp(false);
const amsgradOp = adamOp(true);

const sgdOp = defineOp<{ momentum: number; dampening: number; nesterov: boolean; decay: number; decayEnd: number }>({
  name: 'sgd',
  infer: ([p]) => ({ shape: p.shape, dtype: 'f32' }),
  writes: [0, 2],
  kernels: ({ ins: [p], attrs: a }) => {
    const consts = { MOMENTUM: a.momentum, DAMPENING: a.dampening, DECAY: a.decay, DECAY_END: a.decayEnd };
    return kernel('sgd', p, consts, a.nesterov ? ['NESTEROV'] : []);
  },
  flops: ([p]) => 8 * numel(p.shape),
});

const rmspropOp = defineOp<{ alpha: number; eps: number; decay: number; decayEnd: number }>({
  name: 'rmsprop',
  infer: ([p]) => ({ shape: p.shape, dtype: 'f32' }),
  writes: [0, 2],
  kernels: ({ ins: [p], attrs: a }) =>
    kernel('rmsprop', p, { ALPHA: a.alpha, REST: 1 - a.alpha, EPS: a.eps, DECAY: a.decay, DECAY_END: a.decayEnd }),
  flops: ([p]) => 10 * numel(p.shape),
});

function check(name: string, p: Tensor, g: Tensor, state: readonly Tensor[], hyper: Tensor): void {
  const where = whereIs(name);
  for (const s of [p, ...state]) {
    if (s.leaf?.kind !== 'state')
      throw new Error(`${where}: parameters and optimiser state must be state leaves, got ${s.op.name}`);
  }
  for (const s of [g, ...state]) {
    if (numel(s.shape) !== numel(p.shape)) {
      throw new Error(`${where}: ${showShape(s.shape)} does not fit parameters ${showShape(p.shape)}`);
    }
  }
  if (numel(hyper.shape) !== HYPER_LENGTH) {
    throw new Error(
      `${where}: hyper must have ${HYPER_LENGTH} elements (adamHyper, sgdHyper), got ${showShape(hyper.shape)}`,
    );
  }
}

function adamAttrs(p: Tensor, o: AdamOptions, decoupled: boolean): AdamAttrs {
  return {
    beta1: o.beta1 ?? 0.9,
    beta2: o.beta2 ?? 0.999,
    eps: o.eps ?? 1e-8,
    decay: o.weightDecay ?? 0,
    decayEnd: o.decayEnd ?? numel(p.shape),
    decoupled,
  };
}

/** Effect: one Adam step with L2 weight decay. `top` keeps the largest v (AMSGrad). Source: torch.optim.Adam. */
export function adam(
  p: Tensor,
  g: Tensor,
  m: Tensor,
  v: Tensor,
  hyper: Tensor,
  options: AdamOptions = {},
  top?: Tensor,
): Tensor {
  check('adam', p, g, top ? [m, v, top] : [m, v], hyper);
  const attrs = adamAttrs(p, options, false);
  return top ? apply(amsgradOp, [p, g, m, v, hyper, top], attrs) : apply(plainAdamOp, [p, g, m, v, hyper], attrs);
}

/** Effect: one Adam step with decoupled weight decay (give it: torch's default is 0.01). Source: torch.optim.AdamW. */
export function adamw(p: Tensor, g: Tensor, m: Tensor, v: Tensor, hyper: Tensor, options: AdamOptions = {}): Tensor {
  check('adamw', p, g, [m, v], hyper);
  return apply(plainAdamOp, [p, g, m, v, hyper], adamAttrs(p, options, true));
}

/** Effect: one step of gradient descent with momentum m. Source: torch.optim.SGD. */
export function sgd(p: Tensor, g: Tensor, m: Tensor, hyper: Tensor, options: SgdOptions = {}): Tensor {
  check('sgd', p, g, [m], hyper);
  const { momentum = 0, dampening = 0, nesterov = false, weightDecay: decay = 0, decayEnd = numel(p.shape) } = options;
  if (nesterov && (momentum <= 0 || dampening !== 0)) {
    throw new Error(
      `${whereIs('sgd')}: Nesterov momentum needs momentum > 0 and dampening 0, got ${momentum} and ${dampening}`,
    );
  }
  // Without momentum torch keeps no buffer and applies no dampening.
  return apply(sgdOp, [p, g, m, hyper], { momentum, dampening: momentum ? dampening : 0, nesterov, decay, decayEnd });
}

/** Effect: one RMSprop step with the running square v (not centred, no momentum). Source: torch.optim.RMSprop. */
export function rmsprop(p: Tensor, g: Tensor, v: Tensor, hyper: Tensor, options: RmspropOptions = {}): Tensor {
  check('rmsprop', p, g, [v], hyper);
  const { alpha = 0.99, eps = 1e-8, weightDecay: decay = 0, decayEnd = numel(p.shape) } = options;
  return apply(rmspropOp, [p, g, v, hyper], { alpha, eps, decay, decayEnd });
}

/** The norm of a gradient and the `hyper` that makes an optimiser clip it. */
export interface Clipped {
  /** √Σ g² after the factor in `hyper`, before clipping; shape []. */
  readonly norm: Tensor;
  readonly hyper: Tensor;
}

/**
 * Clips by the global norm: the factor on the gradient in `hyper` is multiplied by min(1, maxNorm / (norm + 1e-6)), so
 * the optimiser's kernel scales while it reads. Source: torch.nn.utils.clip_grad_norm_.
 */
export function clipByNorm(g: Tensor, hyper: Tensor, maxNorm: number): Clipped {
  if (!(maxNorm > 0)) throw new Error(`${whereIs('clipByNorm')}: the largest norm must be positive, got ${maxNorm}`);
  const factor = slice(hyper, 0, HYPER_LENGTH - 1, 1);
  const norm = mul(reshape(sqrt(sum(square(g))), [1]), factor);
  const ratio = div(constant([maxNorm], [1], 'largest norm'), addScalar(norm, 1e-6));
  const clip = minimum(ratio, constant([1], [1], 'one'));
  // (1, 1, 1, clip) · hyper
  const rest = constant([1, 1, 1, 0], [HYPER_LENGTH], 'hyper but its factor');
  const factors = add(rest, pad(clip, [[HYPER_LENGTH - 1, 0]]));
  return { norm: reshape(norm, []), hyper: mul(hyper, factors) };
}
