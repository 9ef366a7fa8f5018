import { defineOp, type Kernel, type KernelQuery, linearGrid, type Op, type Operand } from '../tensor/op';
import { broadcastShapes, numel, showShape } from '../tensor/shape';
import { apply, type Tensor, whereIs } from '../tensor/tensor';
import type { View } from '../tensor/view';
import { add } from './pointwise';
import { expand, reshape, transpose } from './view';

/**
 * Batched matrix product of [b1, b2, M, K] and [b1, b2, K, N]. Transposed, split and broadcast operands arrive as
 * strided views and are read in place: nt, tn, qkv splits and shared weights cost nothing. The result takes an epilogue.
 */
const matmulOp: Op<Record<string, never>> = defineOp<Record<string, never>>({
  name: 'matmul',
  infer: ([a, b]) => ({ shape: [a.shape[0], a.shape[1], a.shape[2], b.shape[3]], dtype: 'f32' }),
  strided: [0, 1],
  epilogue: true,
  kernels: candidates,
  flops: ([a], out) => 2 * numel(out.shape) * a.shape[3],
  vjp: ({ ins: [a, b], dy, need }) => [
    need[0] ? batched(dy, transpose(b)) : null,
    need[1] ? batched(transpose(a), dy) : null,
  ],
});

function batched(a: Tensor, b: Tensor): Tensor {
  return apply(matmulOp, [a, b], {});
}

/** Strides and extents as the kernels name them. Axes are b1, b2, row, column. */
function consts(q: KernelQuery<Record<string, never>>): Record<string, number> {
  const [a, b] = q.ins.map((o) => o.view);
  const [, b2, m, n] = q.out.shape;
  return {
    M: m,
    N: n,
    K: a.shape[3],
    BATCH2: b2,
    ...strideConsts('A', a),
    ...strideConsts('B', b),
  };
}

function strideConsts(name: string, v: View): Record<string, number> {
  const s = v.strides;
  return {
    [`${name}_OFF`]: v.offset,
    [`${name}_B1`]: s[0],
    [`${name}_B2`]: s[1],
    [`${name}_ROW`]: s[2],
    [`${name}_COL`]: s[3],
  };
}

/** Can four neighbours along `axis` be read as one aligned vec4? */
function vec4Along(o: Operand, axis: number): boolean {
  const v = o.view;
  if (v.strides[axis] !== 1 || v.shape[axis] % 4 !== 0 || v.offset % 4 !== 0) return false;
  return v.strides.every((s, i) => i === axis || s % 4 === 0 || v.shape[i] === 1);
}

/** Products of fewer multiplications than this are over before a tiled kernel would have compiled (20 ms against 300). */
const SMALL = 2 ** 18;

/** Small products go to the plain kernel; narrow ones, which leave most of a 16×16 tile idle, to the 8×8 tile. */
function candidates(q: KernelQuery<Record<string, never>>): Kernel[] {
  const [, , m, n] = q.out.shape;
  const naive = naiveKernel(q);
  const [tile8, subgroup4] = [tileKernel(q, 'tile8'), tileKernel(q, 'subgroup4')];
  const tiles = m > 8 && n > 8 ? [subgroup4, tile8] : [tile8, subgroup4];
  return numel(q.out.shape) * q.ins[0].shape[3] < SMALL ? [naive, ...tiles] : [...tiles, naive];
}

/** 8×8 results per thread in named registers, operands straight from storage (see shaders/matmul/tile8.wgsl); or 16×16 per four lanes. */
function tileKernel(q: KernelQuery<Record<string, never>>, variant: 'tile8' | 'subgroup4'): Kernel {
  const [a, b] = q.ins;
  const [b1, b2, m, n] = q.out.shape;
  // Rows of A along K, or columns of A along M (the "t" of tn); B along N, or along K (the "t" of nt).
  const flags = [
    ...(vec4Along(a, 3) ? ['A_VEC', 'A_VEC_K'] : vec4Along(a, 2) ? ['A_VEC', 'A_VEC_M'] : ['A_SCALAR']),
    ...(vec4Along(b, 3) ? ['B_VEC', 'B_VEC_N'] : vec4Along(b, 2) ? ['B_VEC', 'B_VEC_K'] : ['B_SCALAR']),
    ...(n % 4 === 0 ? ['C_VEC'] : []),
  ];
  const side = variant === 'tile8' ? 8 : 16;
  const threads = Math.ceil(n / side) * Math.ceil(m / side) * (variant === 'tile8' ? 1 : 4);
  return {
    variant,
    file: `matmul/${variant}.wgsl`,
    needs: variant === 'tile8' ? [] : ['subgroups', 'subgroup-size-4'],
    consts: { ...consts(q), BATCH: b1 * b2 },
    flags,
    grid: linearGrid(threads * b1 * b2, 32),
  };
}

/** One thread per result: the oracle. */
function naiveKernel(q: KernelQuery<Record<string, never>>): Kernel {
  const [b1, b2, m, n] = q.out.shape;
  return {
    variant: 'naive',
    file: 'matmul/naive.wgsl',
    consts: consts(q),
    grid: [Math.ceil(n / 8), Math.ceil(m / 8), b1 * b2],
  };
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
