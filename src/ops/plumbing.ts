import { type Attrs, defineOp, type Op } from '../tensor/op';
import { numel, showShape } from '../tensor/shape';
import { apply, constant, type Tensor, whereIs } from '../tensor/tensor';
import { where as choose } from './pointwise';
import { expand, reshape } from './view';

/** Ops that the plan and the trainer need for moving values: copy, assign to a leaf, pack many into one flat buffer. */

/** A materialised copy; inserted by the plan wherever a kernel needs contiguous memory. */
export const copyOp: Op = defineOp<Attrs>({
  name: 'copy',
  infer: ([x]) => ({ shape: x.shape, dtype: 'f32' }),
  expr: ([a]) => a,
  vjp: ({ dy }) => [dy],
});

const detachOp = defineOp<Attrs>({
  name: 'detach',
  infer: ([x]) => ({ shape: x.shape, dtype: 'f32' }),
  expr: ([a]) => a,
  vjp: () => [null],
});

/** The value of x, through which no gradient flows. Source: torch.Tensor.detach. */
export function detach(x: Tensor): Tensor {
  return apply(detachOp, [x], {});
}

/**
 * The same value under another name, at no cost: what is computed from it is no equal of what was computed from x, so that
 * common subexpressions are not merged across it.
 */
const againOp = defineOp<{ segment: number }>({
  name: 'again',
  infer: ([x]) => ({ shape: x.shape, dtype: x.dtype }),
  view: (chain) => chain,
  vjp: ({ dy }) => [dy],
});

/** x, as the starting point of a second computation of segment number `segment`. */
export function again(x: Tensor, segment: number): Tensor {
  return apply(againOp, [x], { segment });
}

/** Writes input 1 into the leaf that is input 0. */
const assignOp = defineOp<Attrs>({
  name: 'assign',
  infer: ([leaf]) => ({ shape: leaf.shape, dtype: leaf.dtype }),
  writes: [0],
  kernels: ({ out }) => [
    { variant: 'copy', file: 'pointwise/assign.wgsl', consts: { N: numel(out.shape) }, grid: linear(numel(out.shape)) },
  ],
});

function linear(n: number): [number, number, number] {
  const groups = Math.ceil(n / 64);
  const y = Math.ceil(groups / 65535);
  return [Math.ceil(groups / y), y, 1];
}

/** Effect: after the step, state leaf `target` holds `value`. Shapes must have equally many elements. */
export function assign(target: Tensor, value: Tensor): Tensor {
  if (target.leaf?.kind !== 'state') throw new Error(`${whereIs('assign')}: the target must be a state leaf`);
  if (numel(target.shape) !== numel(value.shape)) {
    throw new Error(
      `${whereIs('assign')}: ${showShape(value.shape)} does not fill ${target.leaf.name} ${showShape(target.shape)}`,
    );
  }
  return apply(assignOp, [target, value], {});
}

/** Multiplies elements of the leaf that is input 0, at the positions in input 1, by input 2. */
const scaleAtOp = defineOp<Attrs>({
  name: 'scaleAt',
  infer: ([leaf]) => ({ shape: leaf.shape, dtype: leaf.dtype }),
  writes: [0],
  kernels: ({ ins: [, index] }) => [
    {
      variant: 'naive',
      file: 'index/scaleAt.wgsl',
      consts: { N: numel(index.shape) },
      grid: linear(numel(index.shape)),
    },
  ],
});

/**
 * Effect: element `index[n]` of state leaf `target`, as earlier effects have left it, is multiplied by `factor[n]` ([N], as
 * many as there are positions). Throws when a position is outside or named twice.
 */
export function scaleAt(target: Tensor, index: readonly number[], factor: Tensor): Tensor {
  const where = whereIs('scaleAt');
  if (target.leaf?.kind !== 'state') throw new Error(`${where}: the target must be a state leaf`);
  const bad = index.find((n) => !Number.isInteger(n) || n < 0 || n >= numel(target.shape));
  if (bad !== undefined) throw new Error(`${where}: position ${bad} is outside ${showShape(target.shape)}`);
  if (new Set(index).size !== index.length) throw new Error(`${where}: a position is named twice`);
  if (numel(factor.shape) !== index.length)
    throw new Error(`${where}: factors ${showShape(factor.shape)} for ${index.length} positions`);
  const at = constant(Uint32Array.from(index), [index.length], 'positions');
  return apply(scaleAtOp, [target, at, factor], {});
}

/** Effect: `effect`, made by `assign` or `scaleAt`, where `good` [1] is 1; where it is 0 the leaf stays as it is, bit for bit. */
export function onlyWhere(good: Tensor, effect: Tensor): Tensor {
  const { op, attrs, inputs } = effect;
  const [target, ...rest] = inputs;
  const value = rest[rest.length - 1];
  const kept = op === (assignOp as unknown as Op) ? target : constant([1], [1], 'one');
  if (kept !== target && op !== (scaleAtOp as unknown as Op))
    throw new Error(
      `${whereIs('onlyWhere')}: ${op.name} cannot be held back; effects of hooks are made by assign and scaleAt`,
    );
  const safe = choose(
    expand(
      reshape(
        good,
        value.shape.map(() => 1),
      ),
      value.shape,
    ),
    value,
    kept === target ? reshape(target, value.shape) : kept,
  );
  return apply(op, [target, ...rest.slice(0, -1), safe], attrs);
}

/** Places its inputs in one flat buffer of `total` elements; the producers write there directly, so it costs nothing. */
export const packOp: Op<{ offsets: readonly number[]; total: number }> = defineOp<{
  offsets: readonly number[];
  total: number;
}>({
  name: 'pack',
  infer: (_, { total }) => ({ shape: [total], dtype: 'f32' }),
});

/** One flat tensor of `total` elements holding `parts[i]` from `offsets[i]` on (multiples of 64); gaps are zero. */
export function pack(parts: readonly Tensor[], offsets: readonly number[], total: number): Tensor {
  for (const [i, o] of offsets.entries()) {
    if (o % 64 !== 0) throw new Error(`${whereIs('pack')}: offset ${o} of part ${i} is not a multiple of 64`);
    if (o + numel(parts[i].shape) > total) throw new Error(`${whereIs('pack')}: part ${i} ends beyond ${total}`);
  }
  return apply(packOp, parts, { offsets, total });
}
