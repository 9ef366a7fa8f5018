import { defineOp, type Op, type Target } from '../tensor/op';
import { broadcastShapes, numel, type Shape, showShape } from '../tensor/shape';
import { apply, type Tensor, whereIs } from '../tensor/tensor';
import { type Chain, identityView } from '../tensor/view';
import { matmulKernels } from './matmulKernels';
import type { MatmulAttrs } from './matmulProduct';
import { splitChoices, splitName, splitOf } from './matmulSplit';
import { add } from './pointwise';
import { sum } from './reduce';
import { expand, permute, reshape, transpose } from './view';

/**
 * Batched matrix product of [b1, b2, M, K] and [b1, b2, K, N]. Transposed, split and broadcast operands arrive as
 * strided views and are read in place: nt, tn, qkv splits and shared weights cost nothing. The result takes an epilogue.
 */
const matmulOp: Op<MatmulAttrs> = defineOp<MatmulAttrs>({
  name: 'matmul',
  infer: ([a, b], { heads }) => ({ shape: resultShape(a, b, heads), dtype: 'f32' }),
  strided: [0, 1],
  epilogue: true,
  kernels: matmulKernels,
  lower: (ins, attrs, target) => split(ins, attrs, target),
  flops: ([a], out) => 2 * numel(out.shape) * a.shape[3],
  vjp: ({ ins: [a, b], dy, need }) => productGrads(a, b, dy, need),
});

/** Of parts of a longer K: not cut again. */
const partOp: Op<MatmulAttrs> = { ...matmulOp, lower: undefined };

/** Gradients of a product a·b from its own, each in the layout in which its operand is stored; null where not needed. */
export function productGrads(a: Tensor, b: Tensor, dy: Tensor, need: readonly boolean[]): (Tensor | null)[] {
  return [need[0] ? asStored(a, dy, transpose(b)) : null, need[1] ? asStored(b, transpose(a), dy) : null];
}

function batched(a: Tensor, b: Tensor): Tensor {
  return apply(matmulOp, [a, b], { heads: 1 });
}

/** [b1, b2, M, N]; with heads [b1·b2 / heads, M, heads, N]. */
function resultShape(a: Tensor, b: Tensor, heads: number): Shape {
  if (heads === 1) return [a.shape[0], a.shape[1], a.shape[2], b.shape[3]];
  return [(a.shape[0] * a.shape[1]) / heads, a.shape[2], heads, b.shape[3]];
}

/**
 * For the plan's layout pass: `t`, the product [b1, b2, M, N] of a batch, as it is computed with the rows of every `heads`
 * products side by side, [b1·b2 / heads, M, heads, N], so that heads come out as channels without a copy. Null when `t`
 * is no product or the batch does not divide.
 */
export function withHeads(t: Tensor, heads: number): Tensor | null {
  if ((t.op as unknown) !== matmulOp || t.attrs.heads !== 1 || (t.shape[0] * t.shape[1]) % heads) return null;
  return apply(matmulOp, t.inputs, { heads });
}

/**
 * The gradient x·y of operand `of`, computed as the transpose of yᵀ·xᵀ where the operand lies transposed in memory (the
 * weight of a linear layer, the keys): it then has the operand's own layout, and nobody must copy it.
 */
function asStored(of: Tensor, x: Tensor, y: Tensor): Tensor {
  const [v, ...more] = chainOf(of);
  const columns = !more.length && !v.mask && v.strides[2] === 1 && v.strides[3] !== 1 && v.shape[2] > 1;
  return columns ? transpose(batched(transpose(y), transpose(x))) : batched(x, y);
}

/** How `t` is read out of the computed tensor or leaf behind it. */
function chainOf(t: Tensor): Chain {
  return t.op.view ? t.op.view(chainOf(t.inputs[0]), t.attrs) : [identityView(t.shape)];
}

/**
 * On GPUs, products of few results over a long K (weight gradients, few tokens that read many) are computed in parts of K and the parts
 * added up: two fixed stages, so that the result does not depend on timing. Into how many, measuring says, else `splitOf`. Null where
 * the one kernel is enough.
 */
function split([a, b]: readonly Tensor[], { heads }: MatmulAttrs, target: Target | undefined): Tensor | null {
  const [b1, b2, m, k] = a.shape;
  const n = b.shape[3];
  const shape = [b1, b2, m, n];
  if (!target || target.software || heads !== 1 || splitChoices(shape, k).length < 2) return null;
  const measured = b1 * b2 === 1 ? target.parts?.(splitName(m, k, n, unitAxis(a), unitAxis(b))) : null;
  const parts = measured ?? splitOf(shape, k);
  if (parts === 1 || k % parts) return null;
  const left = permute(reshape(a, [b1 * b2, m, parts, k / parts]), [0, 2, 1, 3]);
  const right = reshape(b, [b1 * b2, parts, k / parts, n]);
  return reshape(sum(apply(partOp, [left, right], { heads }), [1]), shape);
}

/** `t` where the columns of a matrix are consecutive in memory, else `n`. */
function unitAxis(t: Tensor): 'n' | 't' {
  const [v] = chainOf(t);
  return v.strides[3] !== 1 && v.strides[2] === 1 ? 't' : 'n';
}

/**
 * Matrix product over the last two axes, batch axes broadcasting: [..., M, K] · [..., K, N] → [..., M, N].
 * A 2-D right-hand side is shared: the batch of x is then folded into its rows. Source: torch.matmul.
 */
export function matmul(a: Tensor, b: Tensor): Tensor {
  const where = whereIs('matmul');
  if (a.shape.length < 2 || b.shape.length < 2) {
    throw new Error(
      `${where}: expected matrices, got ${showShape(a.shape)} · ${showShape(b.shape)}; reshape vectors to [1,K] or [K,1]`,
    );
  }
  const [m, k] = a.shape.slice(-2);
  const [k2, n] = b.shape.slice(-2);
  if (k !== k2)
    throw new Error(`${where}: inner sizes differ — ${showShape(a.shape)} · ${showShape(b.shape)}: ${k} against ${k2}`);
  if (b.shape.length === 2 && a.shape.length > 2)
    return reshape(matmul(reshape(a, [-1, k]), b), [...a.shape.slice(0, -1), n]);
  const batch = broadcastShapes(where, a.shape.slice(0, -2), b.shape.slice(0, -2));
  const two =
    batch.length > 2
      ? [batch.slice(0, -1).reduce((x, y) => x * y, 1), batch[batch.length - 1]]
      : [...Array(2 - batch.length).fill(1), ...batch];
  const as4 = (x: Tensor, r: number, c: number) => reshape(expand(x, [...batch, r, c]), [...two, r, c]);
  return reshape(batched(as4(a, m, k), as4(b, k, n)), [...batch, m, n]);
}

/** x·Wᵀ + bias over the last axis: x [..., K], weight [N, K], bias [N]. Source: torch.nn.functional.linear. */
export function linear(x: Tensor, weight: Tensor, bias?: Tensor | null): Tensor {
  if (x.shape[x.shape.length - 1] !== weight.shape[1]) {
    throw new Error(
      `${whereIs('linear')}: inner sizes differ — x ${showShape(x.shape)} · w ${showShape(weight.shape)}ᵀ`,
    );
  }
  const y = matmul(x.shape.length === 1 ? reshape(x, [1, -1]) : x, transpose(weight));
  const out = x.shape.length === 1 ? reshape(y, [-1]) : y;
  return bias ? add(out, bias) : out;
}
