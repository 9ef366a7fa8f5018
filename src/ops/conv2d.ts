import { showShape } from '../tensor/shape';
import { apply, type Tensor, whereIs } from '../tensor/tensor';
import { type ConvAttrs, conv2dOp, type Pair } from './convOps';
import { linear, matmul } from './matmul';
import { add } from './pointwise';
import { permute, reshape, slice } from './view';

/** Options as in torch; a number stands for both directions. */
export interface Conv2dOptions {
  readonly stride?: number | Pair;
  readonly padding?: number | Pair;
  readonly dilation?: number | Pair;
  readonly groups?: number;
}

/** [y, x] from a number or a pair. */
export function pairOf(v: number | Pair): Pair {
  return typeof v === 'number' ? [v, v] : v;
}

/** Options with every default filled in. Throws unless all are whole numbers in range. */
export function convAttrs(where: string, o: Conv2dOptions): ConvAttrs {
  const attrs: ConvAttrs = {
    stride: pairOf(o.stride ?? 1),
    padding: pairOf(o.padding ?? 0),
    dilation: pairOf(o.dilation ?? 1),
    groups: o.groups ?? 1,
  };
  const least = { stride: 1, padding: 0, dilation: 1, groups: 1 };
  for (const [name, min] of Object.entries(least)) {
    const values = [attrs[name]].flat();
    if (values.some((v) => !Number.isInteger(v) || v < min)) {
      throw new Error(`${where}: ${name} ${values.join(',')} must be a whole number of at least ${min}`);
    }
  }
  return attrs;
}

/**
 * Convolution of x [B, C, H, W] with w [O, C/groups, kh, kw] and bias b [O] or null → [B, O, OH, OW]. 1×1 kernels and
 * patches (stride = kernel, no padding) are matrix products over views. Throws when shapes do not fit.
 * Source: torch.nn.functional.conv2d.
 */
export function conv2d(x: Tensor, w: Tensor, b: Tensor | null, options: Conv2dOptions = {}): Tensor {
  const where = whereIs('conv2d');
  const a = convAttrs(where, options);
  check(where, x, w, b, a);
  const plain = a.groups === 1 && a.padding.every((p) => p === 0);
  const [kh, kw] = w.shape.slice(2);
  if (plain && kh === 1 && kw === 1 && a.stride.every((s) => s === 1)) return pointConv(x, w, b);
  const patches = plain && a.stride[0] === kh && a.stride[1] === kw && a.dilation.every((d) => d === 1);
  if (patches) return patchConv(x, w, b);
  const y = apply(conv2dOp, [x, w], a);
  return b ? add(y, reshape(b, [-1, 1, 1])) : y;
}

function check(where: string, x: Tensor, w: Tensor, b: Tensor | null, a: ConvAttrs): void {
  const got = `x ${showShape(x.shape)}, w ${showShape(w.shape)}`;
  if (x.shape.length !== 4 || w.shape.length !== 4)
    throw new Error(`${where}: expected x [B,C,H,W] and w [O,C/groups,kh,kw], got ${got}`);
  const [o, c] = w.shape;
  if (c * a.groups !== x.shape[1] || o % a.groups !== 0) {
    throw new Error(`${where}: channels do not fit — ${got}, groups ${a.groups}`);
  }
  if (b && (b.shape.length !== 1 || b.shape[0] !== o))
    throw new Error(`${where}: expected a bias [${o}], got ${showShape(b.shape)}`);
  for (const i of [0, 1] as const) {
    const reach = a.dilation[i] * (w.shape[2 + i] - 1) + 1;
    if (reach > x.shape[2 + i] + 2 * a.padding[i])
      throw new Error(`${where}: the kernel is larger than the padded input — ${got}`);
  }
}

/** 1×1: W [O, C] · x [C, H·W] per image. */
function pointConv(x: Tensor, w: Tensor, b: Tensor | null): Tensor {
  const [n, c, h, width] = x.shape;
  const y = matmul(reshape(w, [w.shape[0], c]), reshape(x, [n, c, h * width]));
  return reshape(b ? add(y, reshape(b, [-1, 1])) : y, [n, w.shape[0], h, width]);
}

/** Stride = kernel: every patch is a row; the result lies as [B, OH, OW, O] and is seen as [B, O, OH, OW]. */
function patchConv(x: Tensor, w: Tensor, b: Tensor | null): Tensor {
  const [o, c, kh, kw] = w.shape;
  const [rows, columns] = [Math.floor(x.shape[2] / kh), Math.floor(x.shape[3] / kw)];
  const whole = slice(slice(x, 2, 0, rows * kh), 3, 0, columns * kw);
  const cut = permute(reshape(whole, [x.shape[0], c, rows, kh, columns, kw]), [0, 2, 4, 1, 3, 5]);
  const y = linear(reshape(cut, [-1, c * kh * kw]), reshape(w, [o, c * kh * kw]), b);
  return permute(reshape(y, [x.shape[0], rows, columns, o]), [0, 3, 1, 2]);
}
