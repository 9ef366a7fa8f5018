import { relu, sigmoid } from '../ops/pointwise';
import type { Tensor } from '../tensor/tensor';
import { type Act, activation } from './activation';
import { Linear } from './linear';
import { at, type Build, Module } from './module';

/**
 * Two linear layers with an activation between: `lin1` dim→hidden, `lin2` hidden→dim. Source: segment_anything's
 * MLPBlock.
 */
export class MLPBlock extends Module<[Tensor], Tensor> {
  /** Width of the tokens. */
  readonly dim: number;
  readonly lin1: Linear;
  readonly lin2: Linear;
  readonly #act: Act;

  /** `names` are the paths of both layers below this one, where a published variant calls them otherwise. */
  constructor(
    build: Build,
    dim: number,
    hidden: number,
    act: Act,
    names: readonly [string, string] = ['lin1', 'lin2'],
  ) {
    super(build);
    this.dim = dim;
    this.lin1 = new Linear(at(build, names[0]), dim, hidden);
    this.lin2 = new Linear(at(build, names[1]), hidden, dim);
    this.#act = act;
  }

  protected forward(x: Tensor): Tensor {
    return this.lin2.call(activation(this.#act)(this.lin1.call(x)));
  }
}

/**
 * `layers.0` … with ReLU between and an optional sigmoid at the end. Source: the MLP of segment_anything's mask
 * decoder.
 */
export class MLP extends Module<[Tensor], Tensor> {
  readonly layers: readonly Linear[];
  readonly #sigmoid: boolean;

  constructor(
    build: Build,
    dims: { readonly input: number; readonly hidden: number; readonly output: number; readonly depth: number },
    sigmoidOutput = false,
  ) {
    super(build);
    const widths = [dims.input, ...Array<number>(dims.depth - 1).fill(dims.hidden), dims.output];
    this.layers = widths.slice(1).map((w, i) => new Linear(at(at(build, 'layers'), i), widths[i], w));
    this.#sigmoid = sigmoidOutput;
  }

  protected forward(x: Tensor): Tensor {
    const last = this.layers.length - 1;
    const y = this.layers.reduce((h, layer, i) => (i < last ? relu(layer.call(h)) : layer.call(h)), x);
    return this.#sigmoid ? sigmoid(y) : y;
  }
}
