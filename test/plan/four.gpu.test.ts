// Pointwise chains four elements at a time: against the same chains one at a time, which every op is tested with.
import { expect, test } from 'vitest';
import { openGpu } from '../../src/gpu/device';
import { half } from '../../src/ops/half';
import { add, exp, mul, relu } from '../../src/ops/pointwise';
import { expand, pad, permute, reshape, slice } from '../../src/ops/view';
import { compile } from '../../src/plan/compile';
import { constant, type Tensor } from '../../src/tensor/tensor';
import { noise } from '../harness/array64';

const gpu = await openGpu();
const given = (...shape: number[]) =>
  constant(
    noise(
      shape.reduce((a, b) => a * b, 1),
      shape.length + shape[0],
    ),
    shape,
  );

const cases: [string, string, () => Tensor][] = [
  ['many, sixteen a thread on a software adapter, one more than whole fours', 'map4', () => exp(given(129, 129))],
  ['three more than whole fours', 'map4', () => exp(given(7, 5))],
  [
    'rows, columns and one number broadcast',
    'map4',
    () => mul(add(given(3, 8), given(8)), add(given(3, 1), given(1, 1))),
  ],
  [
    'slices and padding in whole fours',
    'map4',
    () =>
      add(
        pad(slice(given(3, 16), 1, 4, 8), [
          [1, 0],
          [4, 0],
        ]),
        given(4, 12),
      ),
  ],
  [
    'padding of what is computed in place',
    'map4',
    () =>
      add(
        pad(relu(given(2, 4)), [
          [0, 1],
          [4, 4],
        ]),
        given(3, 12),
      ),
  ],
  ['reordered outer axes', 'map4', () => exp(permute(given(2, 3, 8), [1, 0, 2]))],
  ['transposed: one at a time', 'map', () => exp(permute(given(4, 8), [1, 0]))],
  ['rows of five, broadcast: one at a time', 'map', () => add(given(4, 5), given(5))],
  [
    'one value as a whole and as a column: one at a time',
    'map',
    () => {
      const x = given(4, 4);
      return add(x, expand(reshape(slice(x, 1, 0, 1), [4, 1]), [4, 4]));
    },
  ],
];

for (const [label, variant, build] of cases) {
  test(label, async () => {
    const y = build();
    const runs: Float32Array[] = [];
    for (const variants of [{}, { [y.op.name]: 'map' }]) {
      const step = await compile(gpu, () => ({ outputs: { y } }), { variants });
      expect(step.plan.list.at(-1)!.kernel.variant).toBe(runs.length ? 'map' : variant);
      step.run();
      runs.push(await step.read('y'));
      step.destroy();
    }
    expect(runs[0]).toEqual(runs[1]);
    expect(runs[0].some((v) => v !== 0)).toBe(true);
  });
}

test('halves are written and read four at a time', async () => {
  const x = given(4, 8);
  const step = await compile(gpu, () => ({ outputs: { y: add(half(x), x) } }), { half: 'packed16' });
  expect(step.plan.list.map((d) => d.kernel.variant)).toEqual(['mapHalf4', 'map4']);
  step.run();
  const y = await step.read('y');
  x.leaf!.data!.forEach((v, i) => {
    expect(Math.abs(y[i] - 2 * v)).toBeLessThanOrEqual(2 ** -11 * Math.abs(v) + 1e-7);
  });
  step.destroy();
});
