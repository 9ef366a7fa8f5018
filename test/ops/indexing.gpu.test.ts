import { expect, test } from 'vitest';
import { grad } from '../../src/autograd/grad';
import { argmax, embedding, gather, indexSelect, toeplitzRows } from '../../src/ops/indexing';
import { compile } from '../../src/plan/compile';
import { readAll } from '../../src/plan/read';
import { constant, input } from '../../src/tensor/tensor';
import { at64, make64, noise } from '../harness/array64';
import { opTest, testGpu } from '../harness/opTest';

const zeros = (...shape: number[]) => constant(new Float32Array(shape.reduce((a, b) => a * b, 1)), shape);

opTest<{ index: number[] }>('embedding', {
  build: ([table], { index }) => embedding(table, index),
  ref: ([table], { index }) => make64([index.length, table.shape[1]], (n, d) => at64(table, index[n], d)),
  cases: [{ label: 'repeated rows', inputs: [{ shape: [5, 3] }], options: { index: [4, 0, 4, 2, 4, 0] } }],
  errors: [
    [
      'a row that is not there',
      () => embedding(zeros(5, 3), [0, 5]),
      /embedding: index 5 at position 1 is outside 0..4/,
    ],
    ['an index of type f32', () => embedding(zeros(5, 3), zeros(2)), /must have the type u32 or i32, got f32/],
  ],
});

opTest<{ axis: number; index: number[]; asTensor?: boolean }>('indexSelect', {
  build: ([x], { axis, index, asTensor }) =>
    indexSelect(x, axis, asTensor ? constant(Uint32Array.from(index), [index.length]) : index),
  ref: ([x], { axis, index }) =>
    make64(
      x.shape.map((d, a) => (a === axis ? index.length : d)),
      (...i) => at64(x, ...i.map((v, a) => (a === axis ? index[v] : v))),
    ),
  cases: [
    { label: 'middle axis', inputs: [{ shape: [2, 4, 3] }], options: { axis: 1, index: [3, 3, 0] } },
    {
      label: 'last axis, index as a tensor',
      inputs: [{ shape: [2, 4] }],
      options: { axis: 1, index: [1, 0, 1], asTensor: true },
    },
  ],
});

test('an index that is an input: rows and their gradient follow it from run to run', async () => {
  const table = constant(noise(4 * 2, 3), [4, 2]);
  const step = await compile(testGpu(), () => {
    const y = embedding(table, input('index', [3], 'u32'));
    const [g] = grad(y, [table], constant([1, 10, 2, 20, 4, 40], [3, 2]));
    return { outputs: { y, g } };
  });
  const run = async (index: number[]) => {
    step.run({ index: Uint32Array.from(index) });
    return [[...(await step.read('y'))], [...(await step.read('g'))]];
  };
  const rows = noise(8, 3);
  expect(await run([2, 0, 2])).toEqual([
    [...rows.slice(4, 6), ...rows.slice(0, 2), ...rows.slice(4, 6)],
    [2, 20, 0, 0, 5, 50, 0, 0],
  ]);
  expect(await run([1, 1, 9])).toEqual([
    [...rows.slice(2, 4), ...rows.slice(2, 4), 0, 0],
    [0, 0, 3, 30, 0, 0, 0, 0],
  ]);
  step.destroy();
});

const positions = [1, 3, 0, 1, 1, 2];
opTest<object>('gather', {
  build: ([x]) => gather(x, 1, constant(Uint32Array.from(positions), [2, 3, 1])),
  ref: ([x]) => make64([2, 3, 1], (b, n) => at64(x, b, positions[b * 3 + n], 0)),
  cases: [{ label: 'axis 1', inputs: [{ shape: [2, 4, 1] }], options: {} }],
  errors: [
    [
      'an index that differs elsewhere',
      () => gather(zeros(2, 4), 1, constant(new Uint32Array(3), [3, 1])),
      /gather: index \[3,1\] differs from x \[2,4\] outside axis 1/,
    ],
  ],
});

opTest<object>('toeplitzRows', {
  build: ([t]) => toeplitzRows(t, 3),
  ref: ([t]) => make64([3, 3, 2], (i, j, c) => at64(t, i - j + 2, c)),
  cases: [{ label: '5 rows', inputs: [{ shape: [5, 2] }], options: {} }],
  errors: [['a table of another length', () => toeplitzRows(zeros(4, 2), 3), /expected a table \[5, d\], got \[4,2\]/]],
});

test('argmax takes the first of equals, along any axis', async () => {
  const x = constant([1, 5, 5, 2, 0, 9, 9, 9], [2, 4]);
  const [rows, columns] = await readAll(testGpu(), [argmax(x), argmax(x, 0)]);
  expect([...new Uint32Array(rows.buffer)]).toEqual([1, 1]);
  expect([...new Uint32Array(columns.buffer)]).toEqual([0, 1, 1, 1]);
});
