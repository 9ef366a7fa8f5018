import { type Attrs, defineOp, type Op } from '../tensor/op';
import { broadcastShapes } from '../tensor/shape';
import { apply, type Tensor, whereIs } from '../tensor/tensor';
import { POINTWISE, type PointwiseRow } from './pointwiseTable';
import { expand } from './view';

/**
 * Pointwise ops, made from the rows of `pointwiseTable`. Operands broadcast through `expand` views, so the ops
 * themselves only ever see equal shapes, and the plan fuses chains of them into one dispatch.
 */
export type PointwiseName = keyof typeof POINTWISE;

const ops = new Map<string, Op>();

/** The op of row `name`, or with `d` the op of its derivative with respect to operand `d` (operands g, a, b, c, y). */
export function pointwiseOp(name: PointwiseName, d = -1): Op {
  const key = d < 0 ? name : `${name}.d${d}`;
  let op = ops.get(key);
  if (!op) {
    op = d < 0 ? valueOp(name) : derivativeOp(name, d);
    ops.set(key, op);
  }
  return op;
}

function valueOp(name: PointwiseName): Op {
  const row: PointwiseRow = POINTWISE[name];
  return defineOp<Attrs>({
    name,
    infer: (ins) => ({ shape: ins[0].shape, dtype: 'f32' }),
    expr: (args, attrs) => fill(row.f, { a: args[0], b: args[1], c: args[2] }, attrs),
    includes: row.includes,
    flops: (_, out) => out.shape.reduce((n, d) => n * d, row.cost ?? 1),
    vjp: ({ ins, out, dy, attrs, need }) =>
      ins.map((_, i) => {
        if (!need[i] || row.d[i] === '0') return null;
        if (row.d[i] === '$g') return dy;
        return apply(pointwiseOp(name, i), derivativeArgs(row.d[i], dy, ins, out), attrs);
      }),
  });
}

/** Only the operands that the derivative's text mentions, in the order g, a, b, c, y. */
function derivativeArgs(text: string, dy: Tensor, ins: readonly Tensor[], out: Tensor): Tensor[] {
  const all: [string, Tensor | undefined][] = [
    ['$g', dy],
    ['$a', ins[0]],
    ['$b', ins[1]],
    ['$c', ins[2]],
    ['$y', out],
  ];
  return all.flatMap(([mark, t]) => (t && text.includes(mark) ? [t] : []));
}

function derivativeOp(name: PointwiseName, d: number): Op {
  const row: PointwiseRow = POINTWISE[name];
  const text = row.d[d];
  const marks = ['g', 'a', 'b', 'c', 'y'].filter((m) => text.includes(`$${m}`));
  return defineOp<Attrs>({
    name: `${name}.d${d}`,
    infer: (ins) => ({ shape: ins[0].shape, dtype: 'f32' }),
    expr: (args, attrs) => fill(text, Object.fromEntries(marks.map((m, i) => [m, args[i]])), attrs),
    includes: row.includes,
  });
}

/** Puts operands ($a …) and constants ($p, $q from attrs) into a row's text. */
function fill(text: string, args: Record<string, string | undefined>, attrs: Attrs): string {
  const filled = text.replace(/\$([a-z])/g, (_, m: string) => {
    if (m === 'p' || m === 'q') return literal(attrs[m] as number);
    return args[m] ?? '';
  });
  // Once x is x: one shader more is the same as another.
  return filled.replace(/^\((\w+) \* 1f\)$/, '$1');
}

/** A number as a WGSL f32 literal; infinities and NaN have none and are refused. */
export function literal(x: number): string {
  if (!Number.isFinite(x)) throw new Error(`pointwise: the constant ${x} has no WGSL literal`);
  const s = String(Math.fround(x));
  return x < 0 ? `(${s}f)` : `${s}f`;
}

/** Applies row `name` to operands of broadcastable shapes; `attrs` gives the row's constants p and q. */
export function pointwise(name: PointwiseName, ins: readonly Tensor[], attrs: Attrs = {}): Tensor {
  const shape = broadcastShapes(whereIs(name), ...ins.map((t) => t.shape));
  return apply(
    pointwiseOp(name),
    ins.map((t) => expand(t, shape)),
    attrs,
  );
}

const unary = (name: PointwiseName) => (a: Tensor) => pointwise(name, [a]);
const binary = (name: PointwiseName) => (a: Tensor, b: Tensor) => pointwise(name, [a, b]);
const withConstant = (name: PointwiseName) => (a: Tensor, p: number) => pointwise(name, [a], { p });

/** a + b, broadcasting. */
export const add = binary('add');
/** a − b, broadcasting. */
export const sub = binary('sub');
/** a · b, broadcasting. */
export const mul = binary('mul');
/** a / b, broadcasting. */
export const div = binary('div');
/** max(a, b); the gradient is shared evenly at ties, as torch.maximum. */
export const maximum = binary('maximum');
/** min(a, b); the gradient is shared evenly at ties. */
export const minimum = binary('minimum');
/** c ≠ 0 ? a : b. */
export const where = (c: Tensor, a: Tensor, b: Tensor) => pointwise('where', [a, b, c]);
/** 1 where a > b, else 0; no gradient. */
export const greater = binary('greater');
/** 1 where a = b, else 0; no gradient. */
export const equal = binary('equal');
/** a + p for a number p. */
export const addScalar = withConstant('addScalar');
/** p · a for a number p. */
export const scale = withConstant('scale');
/** 1 where a > p, else 0; no gradient. */
export const greaterScalar = withConstant('greaterScalar');
/** 1 where a = p, else 0; no gradient. */
export const equalScalar = withConstant('equalScalar');
/** a^p for a ≥ 0. */
export const pow = withConstant('pow');
/** x > 0 ? x : p·x. */
export const leakyRelu = withConstant('leakyRelu');
/** a clamped to [p, q]; gradient 1 inside and at the bounds, as torch.clamp. */
export const clamp = (a: Tensor, p: number, q: number) => pointwise('clamp', [a], { p, q });
export const neg = unary('neg');
export const abs = unary('abs');
export const square = unary('square');
export const sqrt = unary('sqrt');
/** 1/√a. */
export const rsqrt = unary('rsqrt');
export const reciprocal = unary('reciprocal');
export const exp = unary('exp');
export const log = unary('log');
/** Sine with its own range reduction: hardware sine is only good to 2⁻¹¹. */
export const sin = unary('sin');
/** Cosine with its own range reduction. */
export const cos = unary('cos');
export const tanh = unary('tanh');
export const sigmoid = unary('sigmoid');
export const relu = unary('relu');
/** GELU with erf, as torch.nn.GELU(). */
export const gelu = unary('gelu');
/** GELU, tanh approximation. */
export const geluTanh = unary('geluTanh');
export const silu = unary('silu');
export const hardswish = unary('hardswish');
export const softplus = unary('softplus');
export const logsigmoid = unary('logsigmoid');
/** Binary cross entropy of logits x and targets t, per element: max(x,0) − x·t + log(1+e^−|x|). */
export const bceLogits = binary('bceLogits');
