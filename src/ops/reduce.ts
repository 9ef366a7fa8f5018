import { type Attr, defineOp, type Kernel, type KernelQuery, linearGrid, type Target } from '../tensor/op';
import { normAxis, numel, type Shape, sameShape } from '../tensor/shape';
import { apply, type Tensor, whereIs } from '../tensor/tensor';
import { div, equal, mul, scale, square, sub } from './pointwise';
import { expand, permute, reshape } from './view';

/** What is accumulated over the reduced elements. */
export type ReduceKind = 'sum' | 'max' | 'min';

/** Rows longer than this are reduced in two fixed stages: more threads, and rounding that grows with √n instead of n. */
const CHUNK = 256;

/** The same on GPUs, where 32 threads share a row and add up their parts in a fixed tree. */
const WIDE_CHUNK = 2048;

/** Shortest row that 32 threads share, and most results for which they do: more keep a GPU busy with one thread each. */
const [WIDE_LENGTH, WIDE_RESULTS] = [64, 2 ** 15];

/** Shortest row that a workgroup of 64 threads reads four values at a time. */
const LONG_ROW = 256;

interface ReduceAttrs {
  readonly [key: string]: Attr;
  readonly kind: ReduceKind;
  readonly chunk: number;
  /** Multiplies the result. */
  readonly factor: number;
}

function reduceKernels({ ins, out, attrs, target }: KernelQuery<ReduceAttrs>): Kernel[] {
  const consts = {
    ROWS: out.shape[0],
    LENGTH: ins[0].shape[1],
    PARTS: out.shape[1],
    CHUNK: attrs.chunk,
    FACTOR: attrs.factor,
    KIND: { sum: 0, max: 1, min: 2 }[attrs.kind],
  };
  const n = numel(out.shape);
  // Few results are spread over more workgroups.
  const size = n < 1024 ? 16 : 64;
  const serial = {
    variant: 'serial',
    file: 'reduce/serial.wgsl',
    consts: { ...consts, SIZE: size },
    grid: linearGrid(n, size),
  };
  if (attrs.chunk < WIDE_LENGTH) return [serial];
  const wide = { variant: 'wide', file: 'reduce/wide.wgsl', consts, grid: linearGrid(n, 8) };
  const inFours = consts.LENGTH % 4 === 0 && (attrs.chunk % 4 === 0 || consts.PARTS === 1) && attrs.chunk >= LONG_ROW;
  const rows4 = { variant: 'rows4', file: 'reduce/rows4.wgsl', consts, grid: linearGrid(n, 1), four: true };
  const rows = inFours ? [rows4] : [];
  return target && !target.software && n <= WIDE_RESULTS ? [...rows, wide, serial] : [serial, ...rows, wide];
}

/** [O, R] → [O, ceil(R / chunk)]: `chunk` elements are added up in a fixed order. Deterministic: the tree is fixed. */
const reduceOp = defineOp<ReduceAttrs>({
  name: 'reduce',
  infer: ([x], { chunk }) => ({ shape: [x.shape[0], Math.ceil(x.shape[1] / chunk)], dtype: 'f32' }),
  prologue: true,
  kernels: reduceKernels,
  flops: ([x]) => numel(x.shape),
  vjp: ({ ins, dy, out, attrs }) => {
    const [rows, length] = ins[0].shape;
    if (out.shape[1] > 1) throw new Error('reduce: staged reductions are differentiated as a whole');
    const g = expand(reshape(dy, [rows, 1]), [rows, length]);
    if (attrs.kind === 'sum') return [attrs.factor === 1 ? g : scale(g, attrs.factor)];
    // amax and amin share the gradient evenly among ties, as torch does.
    const hit = equal(ins[0], reshape(out, [rows, 1]));
    return [div(mul(g, hit), reduceRows(hit, 'sum'))];
  },
});

/** [O, R] → [O, 1] in as many stages as the length asks for. The gradient is defined on the single-stage node. */
function reduceRows(x: Tensor, kind: ReduceKind, factor = 1): Tensor {
  const length = x.shape[1];
  return apply(stagedOp, [x], { kind, factor, stages: length > CHUNK ? 2 : 1 });
}

/** Longest row that is reduced in one stage: a second dispatch costs more than a thread's 1024 additions. */
function longest(rows: number, target: Target | undefined): number {
  if (target && !target.software) return WIDE_CHUNK;
  return rows >= 16 ? 4 * CHUNK : CHUNK;
}

/** Most parts of a row on a GPU: enough for all its threads, few enough for one workgroup to add up. */
const MOST_PARTS = 2048;

/** Elements of a row that the first of two stages adds up to one; on GPUs so that both stages read whole vec4s where that can be. */
function chunkOf(length: number, target: Target | undefined): number {
  const even = Math.ceil(Math.sqrt(length) / 4) * 4;
  if (!target || target.software) return length <= CHUNK * CHUNK ? CHUNK : even;
  const least = Math.max(4 * CHUNK, Math.ceil(length / MOST_PARTS / 4) * 4);
  for (let chunk = least; chunk < 2 * least; chunk += 4) if (Math.ceil(length / chunk) % 4 === 0) return chunk;
  return least;
}

/** Lowered by the plan's `lower` pass into one or two `reduce` nodes; carries the gradient of the whole. */
const stagedOp = defineOp<{ kind: ReduceKind; factor: number; stages: number }>({
  name: 'reduceRows',
  infer: ([x]) => ({ shape: [x.shape[0], 1], dtype: 'f32' }),
  lower: ([x], { kind, factor }, target) => {
    const length = x.shape[1];
    if (length <= longest(x.shape[0], target)) return apply(reduceOp, [x], { kind, factor, chunk: length });
    const chunk = chunkOf(length, target);
    const parts = apply(reduceOp, [x], { kind, factor: 1, chunk });
    return apply(reduceOp, [parts], { kind, factor, chunk: Math.ceil(length / chunk) });
  },
  vjp: (q) => reduceOp.vjp!(q as never),
});

/** Reduces `axes` (all by default) and multiplies by `factor` (sums only). With `keepdim` the axes stay as extent 1. */
export function reduce(kind: ReduceKind, x: Tensor, axes?: readonly number[], keepdim = false, factor = 1): Tensor {
  const rank = x.shape.length;
  const over = axes ? axes.map((a) => normAxis(whereIs(kind), a, rank)) : x.shape.map((_, i) => i);
  const kept = x.shape.map((_, i) => i).filter((i) => !over.includes(i));
  const shape = keepdim ? x.shape.map((d, i) => (over.includes(i) ? 1 : d)) : kept.map((i) => x.shape[i]);
  const rows = kept.reduce((n, i) => n * x.shape[i], 1);
  const flat = reshape(permute(x, [...kept, ...over]), [rows, -1]);
  if (flat.shape[1] > 1) return reshape(reduceRows(flat, kind, factor), shape);
  return reshape(factor === 1 ? flat : scale(flat, factor), shape);
}

/** Sum over `axes` (all by default). */
export function sum(x: Tensor, axes?: readonly number[], keepdim = false): Tensor {
  return reduce('sum', x, axes, keepdim);
}

/** Mean over `axes` (all by default). */
export function mean(x: Tensor, axes?: readonly number[], keepdim = false): Tensor {
  const over = axes?.map((a) => normAxis(whereIs('mean'), a, x.shape.length)) ?? x.shape.map((_, i) => i);
  const count = x.shape.reduce((n, d, i) => (over.includes(i) ? n * d : n), 1);
  return reduce('sum', x, axes, keepdim, 1 / count);
}

/** Largest value over `axes`; the gradient is shared evenly among ties, as torch.amax. */
export function amax(x: Tensor, axes?: readonly number[], keepdim = false): Tensor {
  return reduce('max', x, axes, keepdim);
}

/** Smallest value over `axes`; the gradient is shared evenly among ties. */
export function amin(x: Tensor, axes?: readonly number[], keepdim = false): Tensor {
  return reduce('min', x, axes, keepdim);
}

/** Biased variance over `axes`, computed around the mean. */
export function variance(x: Tensor, axes?: readonly number[], keepdim = false): Tensor {
  return mean(square(sub(x, mean(x, axes, true))), axes, keepdim);
}

/** Undoes broadcasting: sums x down to `shape` (leading axes and axes of extent 1). */
export function sumTo(x: Tensor, shape: Shape): Tensor {
  if (sameShape(x.shape, shape)) return x;
  const lead = x.shape.length - shape.length;
  const axes = x.shape.map((_, i) => i).filter((i) => i < lead || (shape[i - lead] === 1 && x.shape[i] !== 1));
  return reshape(axes.length ? sum(x, axes, true) : x, shape);
}
