import { normal } from '../../nn/init';
import { type Build, Module, param } from '../../nn/module';
import { matmul } from '../../ops/matmul';
import { addScalar, cos, scale, sin } from '../../ops/pointwise';
import { concat, permute, reshape } from '../../ops/view';
import { constant, type Tensor } from '../../tensor/tensor';

/**
 * Random Fourier position codes: coordinates [..., 2] in [0, 1] → [..., dim] = sin and cos of 2π·(2c − 1)·G. Source:
 * segment_anything/modeling/prompt_encoder.py.
 */
export class PositionEmbeddingRandom extends Module<[Tensor], Tensor> {
  /** Buffer G [2, dim/2]; N(0, 1) at the start, never trained. */
  readonly positional_encoding_gaussian_matrix: () => Tensor;

  constructor(build: Build, dim: number) {
    super(build);
    if (dim % 2 !== 0) throw new Error(`${build.path}: width ${dim} is odd; half of it is sines, half cosines`);
    this.positional_encoding_gaussian_matrix = param(
      build,
      'positional_encoding_gaussian_matrix',
      [2, dim / 2],
      normal(1),
      { buffer: true },
    );
  }

  protected forward(coords: Tensor): Tensor {
    const angles = scale(
      matmul(addScalar(scale(coords, 2), -1), this.positional_encoding_gaussian_matrix()),
      2 * Math.PI,
    );
    return concat([sin(angles), cos(angles)], angles.shape.length - 1);
  }

  /** Code of every cell centre of a rows × columns grid: [1, dim, rows, columns]. */
  grid(rows: number, columns: number): Tensor {
    const centres = new Float32Array(rows * columns * 2);
    for (let i = 0; i < rows * columns; i++) {
      centres[2 * i] = ((i % columns) + 0.5) / columns;
      centres[2 * i + 1] = (Math.floor(i / columns) + 0.5) / rows;
    }
    const codes = this.call(constant(centres, [rows * columns, 2], 'grid'));
    return permute(reshape(codes, [1, rows, columns, codes.shape[1]]), [0, 3, 1, 2]);
  }
}
