import type { Tensor } from '../tensor/tensor';
import { normal } from './init';
import { type Build, Module, param } from './module';

/** A table `weight` [count, dim] that is used whole; N(0, 1) at the start. Source: torch.nn.Embedding. */
export class Embedding extends Module<[], Tensor> {
  readonly weight: () => Tensor;

  constructor(build: Build, count: number, dim: number) {
    super(build);
    this.weight = param(build, 'weight', [count, dim], normal(1));
  }

  protected forward(): Tensor {
    return this.weight();
  }
}
