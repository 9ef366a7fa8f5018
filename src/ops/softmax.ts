import { defineOp, type Kernel, type KernelQuery, linearGrid } from '../tensor/op';
import { normAxis, numel, showShape } from '../tensor/shape';
import { apply, type Tensor, whereIs } from '../tensor/tensor';
import { rowsOfVec4, type View } from '../tensor/view';
import { heldFours } from './layernorm';
import { exp, mul, sub } from './pointwise';
import { reduce, sum } from './reduce';
import { permute, reshape } from './view';

/** softmax(scale · x) over the rows of [R, C]. The factor costs nothing here and a dispatch elsewhere. */
const softmaxOp = defineOp<{ scale: number }>({
  name: 'softmax',
  infer: ([x]) => ({ shape: x.shape, dtype: 'f32' }),
  kernels: (q) => rowKernels('norm/softmax', q),
  flops: ([x]) => 12 * numel(x.shape),
  vjp: ({ out, dy, attrs }) => [apply(softmaxGradOp, [out, dy], attrs)],
});

/** (y, dy) → dx of the softmax, both [R, C]. */
const softmaxGradOp = defineOp<{ scale: number }>({
  name: 'softmax.grad',
  infer: ([y]) => ({ shape: y.shape, dtype: 'f32' }),
  kernels: (q) => rowKernels('norm/softmaxGrad', q),
  flops: ([y]) => 5 * numel(y.shape),
});

/** log softmax over the rows of [R, C]. */
const logSoftmaxOp = defineOp<Record<string, never>>({
  name: 'logSoftmax',
  infer: ([x]) => ({ shape: x.shape, dtype: 'f32' }),
  kernels: ({ ins }) => {
    const [rows, c] = ins[0].shape;
    return [{ variant: 'naive', file: 'norm/logSoftmax.wgsl', consts: { ROWS: rows, C: c }, grid: linearGrid(rows) }];
  },
  flops: ([x]) => 12 * numel(x.shape),
  vjp: ({ out, dy }) => [sub(dy, mul(exp(out), sum(dy, [-1], true)))],
});

/** Scores [B, QH·QW, KH·KW], relH [B, QH, QW, KH], relW [B, QH, QW, KW]; the two small ones through any strides. */
const softmaxRelOp = defineOp<{ scale: number }>({
  name: 'softmaxRel',
  infer: ([x]) => ({ shape: x.shape, dtype: 'f32' }),
  strided: [1, 2],
  kernels: ({ ins: [x, h, w], attrs }) => {
    const rows = x.shape[0] * x.shape[1];
    const consts: Record<string, number> = {
      ROWS: rows,
      QH: h.shape[1],
      QW: h.shape[2],
      KH: h.shape[3],
      KW: w.shape[3],
      SCALE: attrs.scale,
      ...strides('H', h.view),
      ...strides('W', w.view),
    };
    const naive = { variant: 'naive', file: 'norm/softmaxRel.wgsl', consts, grid: linearGrid(rows) };
    if (!rowsOfVec4(w.view)) return [naive];
    const { W_K: _, ...fewer } = consts;
    return [{ ...naive, variant: 'vec4', file: 'norm/softmaxRel4.wgsl', consts: fewer }, naive];
  },
  flops: ([x]) => 14 * numel(x.shape),
  vjp: ({ ins: [x, h, w], out, dy, attrs, need }) => {
    const ds = apply(softmaxGradOp, [flat(out), flat(dy)], attrs);
    const grid = reshape(ds, [...h.shape, w.shape[3]]);
    // ds carries the factor of the scores; the biases enter after it.
    const bias = (axis: number) => reduce('sum', grid, [axis], false, 1 / attrs.scale);
    return [reshape(ds, x.shape), need[1] ? bias(4) : null, need[2] ? bias(3) : null];
  },
});

/** From so many columns on, a workgroup per row is offered: on GPUs it is the default. */
const WIDE = 32;

function rowKernels(file: string, { ins, attrs, target }: KernelQuery<{ scale: number }>): Kernel[] {
  const [rows, c] = ins[0].shape;
  const consts = { ROWS: rows, C: c, SCALE: attrs.scale };
  const naive = { variant: 'naive', file: `${file}.wgsl`, consts, grid: linearGrid(rows) };
  const vec4 = c % 4 === 0 ? [{ ...naive, variant: 'vec4', file: `${file}4.wgsl` }] : [];
  if (c < WIDE) return [...vec4, naive];
  const wide = { ...naive, variant: 'wide', file: `${file}Wide.wgsl`, grid: linearGrid(rows, 1) };
  const hold = heldFours(c);
  const held = hold ? [{ ...wide, variant: 'held', file: `${file}Held.wgsl`, consts: { ...consts, HOLD: hold } }] : [];
  if (target && !target.software) return [...held, wide, ...vec4, naive];
  return vec4.length ? [...vec4, ...held, wide, naive] : [naive, wide];
}

function strides(name: string, v: View): Record<string, number> {
  const [b, y, x, k] = v.strides;
  return { [`${name}_OFF`]: v.offset, [`${name}_B`]: b, [`${name}_Y`]: y, [`${name}_X`]: x, [`${name}_K`]: k };
}

function flat(x: Tensor): Tensor {
  return reshape(x, [-1, x.shape[x.shape.length - 1]]);
}

/** Applies `f` to x as rows along `axis`, whatever the axis. */
function alongRows(name: string, x: Tensor, axis: number, f: (rows: Tensor) => Tensor): Tensor {
  const a = normAxis(whereIs(name), axis, x.shape.length);
  const order = [...x.shape.map((_, i) => i).filter((i) => i !== a), a];
  const rows = permute(x, order);
  return permute(
    reshape(f(flat(rows)), rows.shape),
    order.map((_, i) => order.indexOf(i)),
  );
}

/**
 * exp(scale·x) / Σ exp(scale·x) along `axis` (last by default). Entries of −∞ give exactly 0, rows of nothing else give
 * zeros. Source: torch.softmax.
 */
export function softmax(x: Tensor, axis = -1, scale = 1): Tensor {
  return alongRows('softmax', x, axis, (rows) => apply(softmaxOp, [rows], { scale }));
}

/** x − log Σ exp(x) along `axis` (last by default). Source: torch.log_softmax. */
export function logSoftmax(x: Tensor, axis = -1): Tensor {
  return alongRows('logSoftmax', x, axis, (rows) => apply(logSoftmaxOp, [rows], {}));
}

/**
 * softmax(scale · scores + relH[.., kh] + relW[.., kw]) over the keys, the decomposed relative positions added while
 * reading: scores [B, Q, KH·KW]; relH [B, Q, KH] or [B, QH, QW, KH], relW likewise with KW. Throws when they do not fit.
 */
export function softmaxRel(scores: Tensor, relH: Tensor, relW: Tensor, scale = 1): Tensor {
  const [b, q, k] = scores.shape;
  const as4 = (r: Tensor) => (r.shape.length === 3 ? reshape(r, [r.shape[0], 1, r.shape[1], r.shape[2]]) : r);
  const [h, w] = [as4(relH), as4(relW)];
  const fits = (r: Tensor) => r.shape.length === 4 && r.shape[0] === b && r.shape[1] * r.shape[2] === q;
  const agree = fits(h) && fits(w) && h.shape[1] === w.shape[1] && h.shape[3] * w.shape[3] === k;
  if (!agree || scores.shape.length !== 3) {
    const got = `scores ${showShape(scores.shape)}, relH ${showShape(relH.shape)}, relW ${showShape(relW.shape)}`;
    throw new Error(`${whereIs('softmaxRel')}: expected [B,Q,KH·KW], [B,Q,KH] and [B,Q,KW], got ${got}`);
  }
  return apply(softmaxRelOp, [scores, h, w], { scale });
}
