import { showShape } from '../tensor/shape';
import { apply, type Tensor, whereIs } from '../tensor/tensor';
import { type Conv2dOptions, convAttrs, pairOf } from './conv2d';
import { convInputGradOp, type Pair } from './convOps';
import { matmul } from './matmul';
import { add } from './pointwise';
import { permute, reshape, transpose } from './view';

/** Options as in torch. */
export interface ConvTranspose2dOptions extends Conv2dOptions {
  readonly outputPadding?: number | Pair;
}

/**
 * Transposed convolution of x [B, C, H, W] with w [C, O/groups, kh, kw] and bias b [O] or null: the gradient of a
 * convolution with respect to its input. Kernel = stride without padding is one matrix product whose result is seen
 * through a view. Throws when shapes do not fit. Source: torch.nn.functional.conv_transpose2d.
 */
export function convTranspose2d(x: Tensor, w: Tensor, b: Tensor | null, options: ConvTranspose2dOptions = {}): Tensor {
  const where = whereIs('convTranspose2d');
  const a = convAttrs(where, options);
  const extra = pairOf(options.outputPadding ?? 0);
  if (x.shape.length !== 4 || w.shape.length !== 4 || w.shape[0] !== x.shape[1] || w.shape[0] % a.groups !== 0) {
    throw new Error(
      `${where}: expected x [B,C,H,W] and w [C,O/groups,kh,kw], got ${showShape(x.shape)} and ${showShape(w.shape)}`,
    );
  }
  const o = w.shape[1] * a.groups;
  if (b && (b.shape.length !== 1 || b.shape[0] !== o))
    throw new Error(`${where}: expected a bias [${o}], got ${showShape(b.shape)}`);
  if (extra.some((e, i) => !Number.isInteger(e) || e < 0 || e >= Math.max(a.stride[i], a.dilation[i]))) {
    throw new Error(`${where}: output padding ${extra.join(',')} must be smaller than the stride or the dilation`);
  }
  const disjoint = [0, 1].every(
    (i) => a.stride[i] === w.shape[2 + i] && a.padding[i] === 0 && a.dilation[i] === 1 && extra[i] === 0,
  );
  if (disjoint && a.groups === 1) return disjointPatches(x, w, b);
  const of = (i: 0 | 1) =>
    (x.shape[2 + i] - 1) * a.stride[i] - 2 * a.padding[i] + a.dilation[i] * (w.shape[2 + i] - 1) + extra[i] + 1;
  const y = apply(convInputGradOp, [x, w], { ...a, size: [of(0), of(1)] });
  return b ? add(y, reshape(b, [-1, 1, 1])) : y;
}

/** Every input pixel makes its own kh × kw patch: Wᵀ [O·kh·kw, C] · x [C, H·W], interleaved by a view. */
function disjointPatches(x: Tensor, w: Tensor, b: Tensor | null): Tensor {
  const [n, c, h, width] = x.shape;
  const [, o, kh, kw] = w.shape;
  const patches = matmul(transpose(reshape(w, [c, o * kh * kw])), reshape(x, [n, c, h * width]));
  const y = reshape(patches, [n, o, kh * kw, h * width]);
  const biased = b ? add(y, reshape(b, [-1, 1, 1])) : y;
  const cut = permute(reshape(biased, [n, o, kh, kw, h, width]), [0, 1, 4, 2, 5, 3]);
  return reshape(cut, [n, o, h * kh, width * kw]);
}
