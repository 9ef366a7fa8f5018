import { defineOp, type Kernel, type KernelQuery, linearGrid } from '../tensor/op';
import { numel, type Shape, showShape } from '../tensor/shape';
import { apply, type Tensor, whereIs } from '../tensor/tensor';
import { mul, sub } from './pointwise';
import { sum } from './reduce';
import { reshape, slice } from './view';

/**
 * Layer normalisation over one axis: x is [R, C] (last axis) or [O, C, I] (a channel axis in the middle). With three
 * inputs (x, w, b) the result is scaled and shifted per channel. Source: torch.nn.functional.layer_norm.
 */
const layernormOp = defineOp<{ eps: number }>({
  name: 'layernorm',
  infer: ([x]) => ({ shape: x.shape, dtype: 'f32' }),
  epilogue: true,
  kernels: (q) => kernels('norm/layernorm', q.ins[0].shape, q),
  flops: ([x]) => 8 * numel(x.shape),
  vjp: ({ ins: [x, w, b], dy, attrs, need }) => {
    const dx = need[0] ? apply(layernormDxOp, w ? [dy, x, w] : [dy, x], attrs) : null;
    if (!b) return [dx];
    const others = x.shape.map((_, i) => i).filter((i) => i !== 1);
    return [dx, need[1] ? sum(mul(dy, normalised(x, attrs)), others) : null, need[2] ? sum(dy, others) : null];
  },
});

/** (dy, x[, w]) → dx; the statistics are computed again, so the forward pass saves nothing but x. */
const layernormDxOp = defineOp<{ eps: number }>({
  name: 'layernorm.dx',
  infer: ([, x]) => ({ shape: x.shape, dtype: 'f32' }),
  // The gradient that goes past a pre-norm block is added where this one is stored.
  epilogue: true,
  kernels: (q) => kernels('norm/layernormDx', q.ins[1].shape, q),
  flops: ([x]) => 16 * numel(x.shape),
});

/** x → (mean, 1/√(var + ε)) of each row: [rows, 2]. */
const rowstatsOp = defineOp<{ eps: number }>({
  name: 'layernorm.rowstats',
  infer: ([x]) => ({ shape: [rowsOf(x.shape), 2], dtype: 'f32' }),
  kernels: (q) => {
    const found = kernels('norm/rowstats', q.ins[0].shape, q);
    const [naive, wide] = ['naive', 'wide'].map((name) => found.filter((k) => k.variant === name));
    return q.target && !q.target.software ? [...wide, ...naive] : [...naive, ...wide];
  },
});

function rowsOf(shape: Shape): number {
  return numel(shape) / shape[1];
}

/** From so many channels on, a workgroup per row is offered: on GPUs it is the default, few rows or many. */
const WIDE = 32;

/** Most vec4s of a row that one of 64 threads keeps in registers. */
const MOST_HELD = 8;

/** How many vec4s each of 64 threads keeps of a row of `c` values; 0 where the row is no whole vec4s or too long. */
export function heldFours(c: number): number {
  const each = Math.ceil(c / 256);
  return c % 4 === 0 && each <= MOST_HELD ? each : 0;
}

function kernels(file: string, shape: Shape, { ins, attrs, target }: KernelQuery<{ eps: number }>): Kernel[] {
  const rows = rowsOf(shape);
  const flags = ins.length === 3 ? ['AFFINE'] : [];
  const grid = linearGrid(rows);
  const consts = { ROWS: rows, C: shape[1], EPS: attrs.eps };
  const naive = { variant: 'naive', file: `${file}.wgsl`, consts: { ...consts, INNER: shape[2] ?? 1 }, flags, grid };
  if (shape.length > 2) return [naive];
  const vec4 = shape[1] % 4 === 0 ? [{ variant: 'vec4', file: `${file}4.wgsl`, consts, flags, grid }] : [];
  if (shape[1] < WIDE) return [...vec4, naive];
  const wide = { variant: 'wide', file: `${file}Wide.wgsl`, consts, flags, grid: linearGrid(rows, 1) };
  const hold = heldFours(shape[1]);
  const held = hold ? [{ ...wide, variant: 'held', file: `${file}Held.wgsl`, consts: { ...consts, HOLD: hold } }] : [];
  if (target && !target.software) return [...held, wide, ...vec4, naive];
  return vec4.length ? [...vec4, ...held, wide, naive] : [naive, wide];
}

/** x̂ as a pointwise expression of x and its row statistics, for the gradient of the gain. */
function normalised(x: Tensor, attrs: { eps: number }): Tensor {
  const stats = apply(rowstatsOp, [x], attrs);
  const shape = x.shape.map((d, i) => (i === 1 ? 1 : d));
  const part = (k: number) => reshape(slice(stats, 1, k, 1), shape);
  return mul(sub(x, part(0)), part(1));
}

function normalise(name: string, x: Tensor, axis: number, w: Tensor | null, b: Tensor | null, eps: number): Tensor {
  const where = whereIs(name);
  const channels = x.shape[axis];
  for (const p of [w, b]) {
    if (p && numel(p.shape) !== channels) {
      throw new Error(`${where}: parameter ${showShape(p.shape)} for ${channels} channels of x ${showShape(x.shape)}`);
    }
  }
  if (!w !== !b) throw new Error(`${where}: give both gain and bias, or neither`);
  const inner = numel(x.shape.slice(axis + 1));
  const flat = reshape(x, inner === 1 ? [-1, channels] : [-1, channels, inner]);
  return reshape(
    apply(layernormOp, w && b ? [flat, reshape(w, [channels]), reshape(b, [channels])] : [flat], { eps }),
    x.shape,
  );
}

/**
 * (x − mean) / √(var + eps) · w + b over the last axis; w and b [C] or null for neither. The variance is biased.
 * Throws when the parameters do not fit. Source: torch.nn.functional.layer_norm.
 */
export function layerNorm(x: Tensor, w: Tensor | null, b: Tensor | null, eps: number): Tensor {
  if (x.shape.length < 1) throw new Error(`${whereIs('layerNorm')}: x is a scalar, expected at least one axis`);
  return normalise('layerNorm', x, x.shape.length - 1, w, b, eps);
}

/** The same over axis 1 of x [B, C, ...], position by position. Source: LayerNorm2d of segment-anything. */
export function layerNorm2d(x: Tensor, w: Tensor | null, b: Tensor | null, eps: number): Tensor {
  if (x.shape.length < 2)
    throw new Error(`${whereIs('layerNorm2d')}: expected x [B, C, ...], got ${showShape(x.shape)}`);
  return normalise('layerNorm2d', x, 1, w, b, eps);
}
