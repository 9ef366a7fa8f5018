import { interpolate, type ResizeMode } from '../../src/ops/resize';
import { constant } from '../../src/tensor/tensor';
import { type Array64, at64, make64 } from '../harness/array64';
import { opTest } from '../harness/opTest';

const zeros = (...shape: number[]) => constant(new Float32Array(shape.reduce((a, b) => a * b, 1)), shape);

interface Options {
  readonly size: readonly number[];
  readonly mode: ResizeMode;
  readonly antialias?: boolean;
}

/** Value at a real position along one axis, straight from the definitions. */
function along(value: (n: number) => number, n: number, to: number, m: number, o: Options): number {
  const scale = n / to;
  const clamped = (i: number) => value(Math.min(Math.max(i, 0), n - 1));
  if (o.mode === 'nearest') return clamped(Math.floor(m * scale + 1e-9));
  const at = (m + 0.5) * scale - 0.5;
  if (o.antialias) {
    const width = Math.max(scale, 1);
    let [sum, total] = [0, 0];
    for (let i = 0; i < n; i++) {
      const w = Math.max(1 - Math.abs(i - at) / width, 0);
      sum += w * value(i);
      total += w;
    }
    return sum / total;
  }
  const low = Math.floor(at);
  const t = at - low;
  if (o.mode !== 'bicubic') return (1 - t) * clamped(low) + t * clamped(low + 1);
  const near = (d: number) => (1.25 * d - 2.25) * d * d + 1;
  const far = (d: number) => -0.75 * (((d - 5) * d + 8) * d - 4);
  return (
    far(1 + t) * clamped(low - 1) +
    near(t) * clamped(low) +
    near(1 - t) * clamped(low + 1) +
    far(2 - t) * clamped(low + 2)
  );
}

function reference([x]: Array64[], o: Options): Array64 {
  const first = x.shape.length - o.size.length;
  return o.size.reduce((y, to, k) => {
    const axis = first + k;
    return make64(
      y.shape.map((d, a) => (a === axis ? to : d)),
      (...i) => along((n) => at64(y, ...i.map((v, a) => (a === axis ? n : v))), y.shape[axis], to, i[axis], o),
    );
  }, x);
}

const planes = (h: number, w: number) => [{ shape: [1, 2, h, w] }];

opTest<Options>('interpolate', {
  build: ([x], { size, mode, antialias }) => interpolate(x, size, mode, antialias),
  ref: reference,
  cases: [
    { label: 'bilinear up', inputs: planes(3, 5), options: { mode: 'bilinear', size: [8, 7] } },
    { label: 'bilinear down', inputs: planes(9, 8), options: { mode: 'bilinear', size: [4, 3] } },
    {
      label: 'bilinear with antialias',
      inputs: planes(9, 4),
      options: { mode: 'bilinear', size: [4, 6], antialias: true },
    },
    { label: 'nearest', inputs: planes(3, 5), options: { mode: 'nearest', size: [7, 2] } },
    { label: 'bicubic', inputs: planes(4, 5), options: { mode: 'bicubic', size: [7, 3] } },
    { label: 'linear', inputs: [{ shape: [2, 3, 5] }], options: { mode: 'linear', size: [3] } },
    { label: 'trilinear', inputs: [{ shape: [1, 2, 2, 3, 4] }], options: { mode: 'trilinear', size: [3, 4, 3] } },
  ],
  tol: 1e-6,
  gradTol: 2e-6,
  errors: [
    [
      'two sizes for one axis',
      () => interpolate(zeros(1, 1, 4), [2, 2], 'linear'),
      /mode linear does not take \[1,1,4\] to size \[2,2\]/,
    ],
    ['a size of 0', () => interpolate(zeros(1, 1, 4, 4), [0, 2], 'bilinear'), /to size \[0,2\]/],
    [
      'antialias with nearest',
      () => interpolate(zeros(1, 1, 4, 4), [2, 2], 'nearest', true),
      /antialias goes with bilinear/,
    ],
  ],
});
