import type { Layout } from '../nn/params';
import { adam, adamHyper, adamw, sgd, sgdHyper } from '../ops/optim';
import { type Leaf, leafTensor, type Tensor } from '../tensor/tensor';
import type { TrainConfig } from './trainConfig';

/** The part of the training config that optimisers read. */
export type OptimiserConfig = Pick<
  TrainConfig,
  'optimiser' | 'beta1' | 'beta2' | 'eps' | 'momentum' | 'weightDecay' | 'decay'
>;

/** What an optimiser keeps beside `total` parameters, by name: m and v of Adam, m of SGD (its momentum). */
export function momentLeaves(config: OptimiserConfig, total: number): ReadonlyMap<string, Leaf> {
  const names = config.optimiser === 'sgd' ? ['m'] : ['m', 'v'];
  return new Map(
    names.map((n) => [n, { kind: 'state', name: `${config.optimiser}.${n}`, shape: [total], dtype: 'f32' }]),
  );
}

/** The numbers of step t = 1, 2, … that the optimiser's kernel reads. */
export function hyperOf(config: OptimiserConfig, lr: number, t: number): Float32Array<ArrayBuffer> {
  return config.optimiser === 'sgd' ? sgdHyper(lr, t) : adamHyper(lr, t, config.beta1, config.beta2);
}

/** Effect: one step of the chosen optimiser on the flat parameters, with gradient `g` [total] and numbers `hyper` [4]. */
export function optimise(
  config: OptimiserConfig,
  layout: Layout,
  moments: ReadonlyMap<string, Leaf>,
  g: Tensor,
  hyper: Tensor,
): Tensor {
  const p = leafTensor(layout.flat!);
  const m = leafTensor(moments.get('m')!);
  const decayEnd = config.decay === 'all' ? layout.total : layout.decayEnd;
  const { weightDecay, momentum, beta1, beta2, eps } = config;
  if (config.optimiser === 'sgd') return sgd(p, g, m, hyper, { momentum, weightDecay, decayEnd });
  const v = leafTensor(moments.get('v')!);
  const step = config.optimiser === 'adam' ? adam : adamw;
  return step(p, g, m, v, hyper, { beta1, beta2, eps, weightDecay, decayEnd });
}
