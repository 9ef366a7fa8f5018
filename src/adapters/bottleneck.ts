import { type Act, activation } from '../nn/activation';
import { Linear, zeroInit } from '../nn/linear';
import { at, type Build, type Layer, Module, param } from '../nn/module';
import { add, mul, scale } from '../ops/pointwise';
import type { Tensor } from '../tensor/tensor';
import { layer1 } from './adapter';

/** Of one bottleneck: widths, activation, whether x is added to the result, and how Up starts. */
export interface BottleneckConfig {
  readonly dim: number;
  readonly r: number;
  readonly act: Act;
  readonly skip: boolean;
  readonly upInit: 'zero' | 'default';
}

/**
 * Up(act(Down(x))), plus x with `skip`: x [..., dim], `D_fc1` Down dim→r, `D_fc2` Up r→dim. Source: Med-SA §3, names of
 * the published code.
 */
export class Bottleneck extends Module<[Tensor], Tensor> {
  readonly D_fc1: Linear;
  readonly D_fc2: Linear;
  readonly #config: BottleneckConfig;

  constructor(build: Build, config: BottleneckConfig) {
    super(build);
    this.#config = config;
    this.D_fc1 = new Linear(at(build, 'D_fc1'), config.dim, config.r);
    this.D_fc2 = new Linear(at(build, 'D_fc2'), config.r, config.dim, config.upInit === 'zero' ? zeroInit : {});
  }

  protected forward(x: Tensor): Tensor {
    const y = this.D_fc2.call(activation(this.#config.act)(this.D_fc1.call(x)));
    return this.#config.skip ? add(x, y) : y;
  }
}

/** The factor of a parallel bottleneck: a constant, or a parameter `s` that starts there. */
export interface ParallelScale {
  readonly scale: number;
  readonly learnScale: boolean;
}

/** A layer that adds s · Up(act(Down(x))) to what the module makes of x: the bottleneck at `build`, beside an MLP. */
export function parallelLayer(
  build: Build,
  config: BottleneckConfig,
  { scale: value, learnScale }: ParallelScale,
): Layer {
  const adapter = new Bottleneck(build, config);
  const s = learnScale ? param(build, 's', [1], { kind: 'constant', value }, { decay: false }) : null;
  const scaled = (y: Tensor) => (s ? mul(y, s()) : scale(y, value));
  return layer1((next, x) => add(next(x), scaled(adapter.call(x))));
}
