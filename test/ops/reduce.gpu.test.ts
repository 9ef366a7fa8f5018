import { expect, test } from 'vitest';
import { grad } from '../../src/autograd/grad';
import { mul } from '../../src/ops/pointwise';
import { amax, amin, mean, sum, sumTo, variance } from '../../src/ops/reduce';
import { planStep } from '../../src/plan/plan';
import { read } from '../../src/plan/read';
import { constant, input, type Tensor } from '../../src/tensor/tensor';
import { type Array64, at64, make64 } from '../harness/array64';
import { opTest, testGpu } from '../harness/opTest';

const zeros = (...shape: number[]) => constant(new Float32Array(shape.reduce((a, b) => a * b, 1)), shape);

interface Options {
  readonly axes?: readonly number[];
  readonly keep?: boolean;
}

/** Applies `f` to the elements that fall on each result. */
function reference(x: Array64, { axes, keep = false }: Options, f: (values: number[]) => number): Array64 {
  const over = (axes ?? x.shape.map((_, i) => i)).map((a) => (a + x.shape.length) % x.shape.length);
  const full = x.shape.map((d, i) => (over.includes(i) ? 1 : d));
  const groups = new Map<string, number[]>();
  make64(x.shape, (...i) => {
    const key = i.map((v, a) => (over.includes(a) ? 0 : v)).join();
    groups.set(key, [...(groups.get(key) ?? []), at64(x, ...i)]);
    return 0;
  });
  const y = make64(full, (...i) => f(groups.get(i.join())!));
  return { shape: keep ? full : full.filter((_, i) => !over.includes(i)), data: y.data };
}

const total = (v: number[]) => v.reduce((a, b) => a + b, 0);
const average = (v: number[]) => total(v) / v.length;
const kinds: [string, (x: Tensor, axes?: readonly number[], keep?: boolean) => Tensor, (v: number[]) => number][] = [
  ['sum', sum, total],
  ['mean', mean, average],
  ['amax', amax, (v) => Math.max(...v)],
  ['amin', amin, (v) => Math.min(...v)],
  ['variance', variance, (v) => average(v.map((a) => (a - average(v)) ** 2))],
];

for (const [name, f, ref] of kinds) {
  opTest<Options>(name, {
    build: ([x], { axes, keep }) => f(x, axes, keep),
    ref: ([x], o) => reference(x, o, ref),
    cases: [
      { label: 'two axes of three', inputs: [{ shape: [3, 5, 4] }], options: { axes: [0, -1], keep: true } },
      { label: '11 columns of 100: shared by 32 threads, too', inputs: [{ shape: [100, 11] }], options: { axes: [0] } },
      { label: '17 rows of 301: runs within a thread', inputs: [{ shape: [17, 301] }], options: { axes: [1] } },
      {
        label: '2 rows of 516: 64 threads a row, four values each',
        inputs: [{ shape: [2, 516] }],
        options: { axes: [1] },
      },
      { label: 'all of 600: two stages', inputs: [{ shape: [20, 30] }], options: {} },
    ],
  });
}

opTest<object>('sum of a product', {
  build: ([x, w]) => sum(mul(x, w), [0]),
  ref: ([x, w]) => make64([4], (j) => [0, 1, 2].reduce((s, i) => s + at64(x, i, j) * at64(w, j), 0)),
  cases: [{ label: '[3,4] · [4]', inputs: [{ shape: [3, 4] }, { shape: [4] }], options: {} }],
  errors: [['an axis that is not there', () => sum(zeros(2, 3), [2]), /axis 2 is outside a tensor of rank 2/]],
});

test('the product is computed while the reduction reads it', () => {
  const ops = (x: Tensor) => planStep({ outputs: { y: sum(mul(x, x), [1]) } }, testGpu().caps).list.map((d) => d.op);
  expect(ops(zeros(3, 400))).toEqual(['reduce', 'reduce']);
  // Rows enough for all threads: one stage.
  expect(ops(zeros(30, 400))).toEqual(['reduce']);
});

test('a GPU adds up rows of 2000 in one stage, 64 threads a row', async () => {
  const x = constant(
    Float32Array.from({ length: 3 * 2000 }, (_, i) => (i % 2000) + Math.floor(i / 2000)),
    [3, 2000],
  );
  const plan = planStep({ outputs: { y: sum(x, [1]) } }, testGpu().caps, { target: { software: false } });
  expect(plan.list.map((d) => d.kernel.variant)).toEqual(['rows4']);
  const y = await read(testGpu(), sum(x, [1]), { target: { software: false } });
  expect([...y]).toEqual([0, 1, 2].map((r) => 1999000 + 2000 * r));
});

test('a sum of many equal numbers does not drift, in the stages of either kind of device', async () => {
  const n = 200_000;
  const x = constant(new Float32Array(n).fill(0.1), [n]);
  for (const software of [true, false]) {
    const y = await read(testGpu(), sum(x), { target: { software } });
    expect(Math.abs(y[0] - n * Math.fround(0.1)) / (n * 0.1)).toBeLessThan(1e-5);
  }
});

test('both stages of a long sum on a GPU read whole vec4s', () => {
  for (const n of [2 ** 25, 1_000_004]) {
    const { list } = planStep({ outputs: { y: sum(input('x', [n])) } }, testGpu().caps, {
      target: { software: false },
    });
    expect(
      list.map((d) => d.kernel.variant),
      `${n}`,
    ).toEqual(['rows4', 'rows4']);
  }
});

test('the largest of equals share the gradient', async () => {
  const x = constant([1, 3, 3, 0], [1, 4]);
  expect([...(await read(testGpu(), grad(amax(x, [1]), [x], constant([6], [1]))[0]))]).toEqual([0, 3, 3, 0]);
});

test('sumTo undoes broadcasting', async () => {
  const x = constant([1, 2, 3, 4, 5, 6, 7, 8], [2, 2, 2]);
  expect([...(await read(testGpu(), sumTo(x, [2, 1])))]).toEqual([14, 22]);
});
