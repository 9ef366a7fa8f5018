import { type Act, activation } from '../../nn/activation';
import { Linear } from '../../nn/linear';
import { at, type Build, Module } from '../../nn/module';
import type { Tensor } from '../../tensor/tensor';

/**
 * Hidden layers `layers.i.0`, each with an activation, then `fc`: [..., input] → [..., output]. Source: MLPBlock of
 * efficient_sam/mlp.py.
 */
export class EfficientMlp extends Module<[Tensor], Tensor> {
  readonly layers: readonly Linear[];
  readonly fc: Linear;
  readonly #act: Act;

  constructor(
    build: Build,
    dims: { readonly input: number; readonly hidden: number; readonly output: number; readonly depth: number },
    act: Act,
  ) {
    super(build);
    const { input, hidden, output, depth } = dims;
    this.#act = act;
    const place = (i: number) => at(at(at(build, 'layers'), i), 0);
    this.layers = Array.from({ length: depth }, (_, i) => new Linear(place(i), i ? hidden : input, hidden));
    this.fc = new Linear(at(build, 'fc'), depth ? hidden : input, output);
  }

  protected forward(x: Tensor): Tensor {
    return this.fc.call(this.layers.reduce((h, layer) => activation(this.#act)(layer.call(h)), x));
  }
}
