import { expect, test } from 'vitest';
import { grad } from '../../src/autograd/grad';
import { add, clamp, literal, maximum, mul, type PointwiseName, pointwise, relu } from '../../src/ops/pointwise';
import { erf64, POINTWISE } from '../../src/ops/pointwiseTable';
import { planStep } from '../../src/plan/plan';
import { readAll } from '../../src/plan/read';
import { constant } from '../../src/tensor/tensor';
import { at64, make64 } from '../harness/array64';
import { opTest, testGpu } from '../harness/opTest';

const zeros = (...shape: number[]) => constant(new Float32Array(shape.reduce((a, b) => a * b, 1)), shape);

interface Sampling {
  /** Range of the operands. */
  readonly range: readonly [number, number];
  readonly attrs: { readonly [name: string]: number };
  readonly tol?: number;
}

const wide: Sampling = { range: [-4, 4], attrs: {} };
const positive: Sampling = { range: [0.1, 4], attrs: {} };

/** Where each row is sampled; rows that are not named here are sampled on [−4, 4]. A new row needs no new test. */
const samplings: { readonly [K in PointwiseName]?: Sampling } = {
  div: { range: [0.5, 3], attrs: {} },
  pow: { range: [0.1, 3], attrs: { p: 1.7 }, tol: 1e-6 },
  sqrt: positive,
  rsqrt: positive,
  reciprocal: positive,
  log: positive,
  addScalar: { range: [-4, 4], attrs: { p: -2.5 } },
  scale: { range: [-4, 4], attrs: { p: -2.5 } },
  greaterScalar: { range: [-4, 4], attrs: { p: 0.3 } },
  equalScalar: { range: [-4, 4], attrs: { p: 0.3 } },
  leakyRelu: { range: [-4, 4], attrs: { p: 0.1 } },
  clamp: { range: [-4, 4], attrs: { p: -1.03, q: 2.04 } },
  sin: { range: [-30, 30], attrs: {} },
  cos: { range: [-30, 30], attrs: {} },
};

/** Number of operands a row's texts mention. */
const operands = (name: PointwiseName) => POINTWISE[name].d.length;

for (const name of Object.keys(POINTWISE) as PointwiseName[]) {
  const { range, attrs, tol = 5e-7 } = samplings[name] ?? wide;
  const inputs = Array.from({ length: operands(name) }, (_, i) => ({
    shape: [37],
    range,
    fixed: POINTWISE[name].d[i] === '0',
  }));
  opTest<object>(`pointwise ${name}`, {
    build: (ins) => pointwise(name, ins, attrs),
    ref: (ins) =>
      make64([37], (i) =>
        POINTWISE[name].ref(at64(ins[0], i), ins[1]?.data[i] ?? 0, ins[2]?.data[i] ?? 0, attrs.p ?? 0, attrs.q ?? 0),
      ),
    cases: [{ label: `[${range}]`, inputs, options: {} }],
    tol,
    gradTol: 2e-6,
  });
}

opTest<object>('broadcasting', {
  build: ([a, b, c]) => mul(add(a, b), c),
  ref: ([a, b, c]) => make64([2, 3, 4], (i, j, k) => (at64(a, i, 0, k) + at64(b, j, 0)) * at64(c, k)),
  cases: [
    { label: '[2,1,4] + [3,1], · [4]', inputs: [{ shape: [2, 1, 4] }, { shape: [3, 1] }, { shape: [4] }], options: {} },
  ],
  errors: [
    [
      'shapes that do not broadcast',
      () => add(zeros(2, 3), zeros(4)),
      /add: shapes \[2,3\] and \[4\] do not broadcast/,
    ],
    ['constants without a literal', () => literal(Number.NaN), /the constant NaN has no WGSL literal/],
  ],
});

test('at kinks and ties the gradients are those of torch', async () => {
  const x = constant([-1, 0, 1], [3]);
  const one = constant([1, 1, 1], [3]);
  const gradients = [relu(x), clamp(x, -1, 0), maximum(x, constant([0, 0, 0], [3]))].map((y) => grad(y, [x], one)[0]);
  const got = await readAll(testGpu(), gradients);
  expect(got.map((g) => [...g])).toEqual([
    [0, 0, 1],
    [1, 1, 0],
    [0, 0.5, 1],
  ]);
});

test('functions keep their accuracy where the plain formulas lose it', async () => {
  const x = [-100, -20, -1e-4, 0, 1e-4, 20, 100];
  const rows: PointwiseName[] = ['softplus', 'logsigmoid', 'sigmoid', 'tanh', 'gelu'];
  const got = await readAll(
    testGpu(),
    rows.map((r) => pointwise(r, [constant(x, [7])])),
  );
  rows.forEach((r, k) => {
    x.forEach((v, i) => {
      const want = POINTWISE[r].ref(v, 0, 0, 0, 0);
      expect(Math.abs(got[k][i] - want), `${r}(${v}) = ${got[k][i]}, wanted ${want}`).toBeLessThanOrEqual(
        4e-7 * Math.abs(want) + 1e-30,
      );
    });
  });
});

test('erf64 agrees with known values', () => {
  expect(erf64(0.5)).toBeCloseTo(0.5204998778130465, 14);
  expect(erf64(-2)).toBeCloseTo(-0.9953222650189527, 14);
  expect(erf64(3.5)).toBeCloseTo(0.9999992569016276, 14);
});

test('a chain of pointwise ops is one dispatch', () => {
  const x = zeros(8, 8);
  const y = mul(add(relu(x), zeros(8)), clamp(x, 0, 1));
  expect(planStep({ outputs: { y } }, testGpu().caps).list.length).toBe(1);
});
