import { defineOp, linearGrid } from '../tensor/op';
import { numel, showShape } from '../tensor/shape';
import { apply, type Leaf, leafTensor, type Tensor, whereIs } from '../tensor/tensor';
import { type Resampling, resizeTable, type TapTable, transposedTable } from './resizeTable';
import { reshape } from './view';

/** Names of torch.nn.functional.interpolate. */
export type ResizeMode = 'nearest' | 'linear' | 'bilinear' | 'trilinear' | 'bicubic';

interface ResampleAttrs {
  readonly [key: string]: string | number | boolean;
  readonly how: Resampling;
  readonly from: number;
  readonly to: number;
  /** Read with the table of the gradient. */
  readonly transposed: boolean;
}

/** x [O, N, I], starts [M], weights [M, taps] → [O, M, I]. The tables are constants that follow from the attributes. */
const resampleOp = defineOp<ResampleAttrs>({
  name: 'resample',
  infer: ([x, starts]) => ({ shape: [x.shape[0], starts.shape[0], x.shape[2]], dtype: 'f32' }),
  epilogue: true,
  kernels: ({ ins: [x, , weights], out }) => [
    {
      variant: 'naive',
      file: 'image/resample.wgsl',
      consts: { TOTAL: numel(out.shape), N: x.shape[1], M: out.shape[1], INNER: x.shape[2], TAPS: weights.shape[1] },
      grid: linearGrid(numel(out.shape)),
    },
  ],
  flops: ([, , weights], out) => 2 * numel(out.shape) * weights.shape[1],
  vjp: ({ dy, attrs }) => [resample(dy, { ...attrs, transposed: !attrs.transposed }), null, null],
});

/** Tables are the same objects for the same resize: one node in a trace, one buffer on a device. */
const tables = new Map<string, { readonly starts: Leaf; readonly weights: Leaf }>();

function tableLeaves({ how, from, to, transposed }: ResampleAttrs): { readonly starts: Leaf; readonly weights: Leaf } {
  const key = `resize ${how} ${from} to ${to}${transposed ? ' transposed' : ''}`;
  let found = tables.get(key);
  if (!found) {
    const forward = resizeTable(how, from, to);
    const t: TapTable = transposed ? transposedTable(forward) : forward;
    found = {
      starts: { kind: 'constant', name: `${key}: starts`, shape: [t.to], dtype: 'u32', data: t.starts },
      weights: { kind: 'constant', name: `${key}: weights`, shape: [t.to, t.taps], dtype: 'f32', data: t.weights },
    };
    tables.set(key, found);
  }
  return found;
}

function resample(x: Tensor, attrs: ResampleAttrs): Tensor {
  const { starts, weights } = tableLeaves(attrs);
  return apply(resampleOp, [x, leafTensor(starts), leafTensor(weights)], attrs);
}

/** Resizes one axis to `to` elements. */
export function resizeAxis(x: Tensor, axis: number, to: number, how: Resampling): Tensor {
  const from = x.shape[axis];
  if (from === to) return x;
  const shape = x.shape.map((d, i) => (i === axis ? to : d));
  const flat = reshape(x, [numel(x.shape.slice(0, axis)), from, numel(x.shape.slice(axis + 1))]);
  return reshape(resample(flat, { how, from, to, transposed: false }), shape);
}

/**
 * Resizes the last `size.length` axes of x, align_corners false, as torch.nn.functional.interpolate: nearest by the rule
 * floor(i · scale) in float32, (bi/tri)linear, bicubic with a = −0.75. `antialias` widens the linear kernel when
 * shrinking, as torch and PIL do. Throws for sizes that are no positive integers or do not fit the mode.
 */
export function interpolate(x: Tensor, size: readonly number[], mode: ResizeMode, antialias = false): Tensor {
  const axes = { nearest: 0, linear: 1, bilinear: 2, trilinear: 3, bicubic: 2 }[mode];
  if (
    (axes && size.length !== axes) ||
    size.length > x.shape.length ||
    size.some((n) => !Number.isInteger(n) || n < 1)
  ) {
    throw new Error(
      `${whereIs('interpolate')}: mode ${mode} does not take ${showShape(x.shape)} to size ${showShape(size)}`,
    );
  }
  if (antialias && mode !== 'bilinear')
    throw new Error(`${whereIs('interpolate')}: antialias goes with bilinear, not ${mode}`);
  const linear = antialias ? 'linearAntialias' : 'linear';
  const how = mode === 'nearest' ? 'nearest' : mode === 'bicubic' ? 'cubic' : linear;
  const first = x.shape.length - size.length;
  const order = size.map((_, i) => i).sort((a, b) => growth(a) - growth(b));
  function growth(i: number): number {
    return size[i] / x.shape[first + i];
  }
  // The axis that shrinks most goes first: least work and memory in between.
  return order.reduce((y, i) => resizeAxis(y, first + i, size[i], how), x);
}
