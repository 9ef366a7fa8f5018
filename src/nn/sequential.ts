import type { Tensor } from '../tensor/tensor';
import { at, type Build, Module } from './module';

/** Steps one after the other, named 0, 1, … as upstream. Source: torch.nn.Sequential. */
export class Sequential extends Module<[Tensor], Tensor> {
  readonly steps: readonly Module<[Tensor], Tensor>[];

  /** Each entry of `make` builds the step of its index. */
  constructor(build: Build, make: readonly ((build: Build) => Module<[Tensor], Tensor>)[]) {
    super(build);
    this.steps = make.map((f, i) => f(at(build, i)));
  }

  protected forward(x: Tensor): Tensor {
    return this.steps.reduce((y, step) => step.call(y), x);
  }
}
