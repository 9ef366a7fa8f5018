import { gelu, relu } from '../ops/pointwise';
import type { Tensor } from '../tensor/tensor';
import { type Build, Module } from './module';

/** Activations by name; `gelu` is the one with erf. */
export type Act = 'relu' | 'gelu';

const acts: Record<Act, (x: Tensor) => Tensor> = { relu, gelu };

/** The activation called `name`. */
export function activation(name: Act): (x: Tensor) => Tensor {
  return acts[name];
}

/** An activation as a step of a Sequential; carries no parameters. */
export class Activation extends Module<[Tensor], Tensor> {
  readonly #act: Act;

  constructor(build: Build, act: Act) {
    super(build);
    this.#act = act;
  }

  protected forward(x: Tensor): Tensor {
    return acts[this.#act](x);
  }
}
