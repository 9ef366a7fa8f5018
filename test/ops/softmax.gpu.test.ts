import { expect, test } from 'vitest';
import { logSoftmax, softmax, softmaxRel } from '../../src/ops/softmax';
import { permute } from '../../src/ops/view';
import { read } from '../../src/plan/read';
import { constant } from '../../src/tensor/tensor';
import { type Array64, at64, lines64, make64, sum64 } from '../harness/array64';
import { opTest, testGpu } from '../harness/opTest';

const zeros = (...shape: number[]) => constant(new Float32Array(shape.reduce((a, b) => a * b, 1)), shape);

interface Options {
  readonly axis: number;
  readonly scale: number;
}

function reference(x: Array64, { axis, scale }: Options): Array64 {
  const a = (axis + x.shape.length) % x.shape.length;
  const n = x.shape[a];
  const lines = lines64(x, a, (value) => {
    const top = Math.max(...Array.from({ length: n }, (_, c) => value(c) * scale));
    return [top, sum64(n, (c) => Math.exp(value(c) * scale - top))];
  });
  return make64(x.shape, (...i) => {
    const [top, sum] = lines(i);
    return Math.exp(at64(x, ...i) * scale - top) / sum;
  });
}

opTest<Options>('softmax', {
  build: ([x], { axis, scale }) => softmax(x, axis, scale),
  ref: ([x], options) => reference(x, options),
  cases: [
    { label: 'rows of 8, scaled', inputs: [{ shape: [3, 8], range: [-3, 3] }], options: { axis: -1, scale: 0.7 } },
    { label: 'rows of 17', inputs: [{ shape: [2, 3, 17], range: [-3, 3] }], options: { axis: -1, scale: 1 } },
    { label: 'rows of 516, a workgroup each, too', inputs: [{ shape: [2, 516] }], options: { axis: -1, scale: 2 } },
    { label: 'one column', inputs: [{ shape: [5, 1] }], options: { axis: -1, scale: 1 } },
    { label: 'the middle axis', inputs: [{ shape: [2, 5, 3] }], options: { axis: 1, scale: 1 } },
    { label: 'large values', inputs: [{ shape: [2, 65], range: [-900, 900] }], options: { axis: 1, scale: 1 } },
  ],
});

opTest('logSoftmax', {
  build: ([x]) => logSoftmax(x),
  ref: ([x]) => {
    const p = reference(x, { axis: -1, scale: 1 });
    return { shape: p.shape, data: p.data.map(Math.log) };
  },
  cases: [{ label: 'rows of 9', inputs: [{ shape: [4, 9], range: [-4, 4] }], options: {} }],
});

opTest<{ scale: number; turned?: boolean }>('softmaxRel', {
  build: ([s, h, w], { scale, turned }) => softmaxRel(s, h, turned ? permute(w, [0, 2, 1, 3]) : w, scale),
  ref: ([s, h, w], { scale, turned }) => {
    const [b, q, k] = s.shape;
    const [kh, kw] = [h.shape[h.shape.length - 1], w.shape[w.shape.length - 1]];
    const qw = turned ? w.shape[1] : 1;
    const biased = make64([b, q, k], (i, j, m) => {
      const y = Math.floor(m / kw);
      const wide = turned ? at64(w, i, j % qw, Math.floor(j / qw), m % kw) : w.data[(i * q + j) * kw + (m % kw)];
      return at64(s, i, j, m) * scale + h.data[(i * q + j) * kh + y] + wide;
    });
    return reference(biased, { axis: 2, scale: 1 });
  },
  cases: [
    {
      label: 'flat queries',
      inputs: [{ shape: [2, 5, 6] }, { shape: [2, 5, 2] }, { shape: [2, 5, 3] }],
      options: { scale: 0.5 },
    },
    {
      label: 'rows of four keys, relW by columns',
      inputs: [{ shape: [2, 4, 8] }, { shape: [2, 2, 2, 2] }, { shape: [2, 2, 2, 4] }],
      options: { scale: 0.5, turned: true },
    },
    {
      label: 'a query grid, relW by columns',
      inputs: [{ shape: [2, 6, 6] }, { shape: [2, 2, 3, 2] }, { shape: [2, 3, 2, 3] }],
      options: { scale: 2, turned: true },
    },
  ],
  errors: [
    [
      'terms of another key grid',
      () => softmaxRel(zeros(1, 4, 6), zeros(1, 4, 2), zeros(1, 4, 2)),
      /expected \[B,Q,KH·KW\].*got scores \[1,4,6\]/,
    ],
  ],
});

test('rows of −∞ among others in the kernel of a workgroup per row', async () => {
  const values = Float32Array.from({ length: 2 * 40 }, (_, i) => (i >= 40 || i % 3 ? -Infinity : i / 40));
  const y = await read(testGpu(), softmax(constant(values, [2, 40])), { variants: { softmax: 'wide' } });
  expect([...y].map((v, i) => v > 0 === (i < 40 && i % 3 === 0)).every(Boolean)).toBe(true);
  expect(y.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 6);
});

test('−∞ gives exactly 0, and a row of nothing else gives zeros', async () => {
  const x = constant(Float32Array.of(0, -Infinity, 1, -Infinity, -Infinity, -Infinity, -Infinity, -Infinity), [2, 4]);
  for (const variant of ['vec4', 'naive']) {
    const y = await read(testGpu(), softmax(x), { variants: { softmax: variant } });
    expect([...y.slice(1)].map((v) => (v === 0 ? 0 : 1))).toEqual([0, 1, 0, 0, 0, 0, 0]);
    expect(y[0] + y[2]).toBeCloseTo(1, 6);
  }
});
