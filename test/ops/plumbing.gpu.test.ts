import { expect, test } from 'vitest';
import { openGpu } from '../../src/gpu/device';
import { assign, scaleAt } from '../../src/ops/plumbing';
import { compile } from '../../src/plan/compile';
import { bindLeaf, readLeaf } from '../../src/plan/leaves';
import { constant, type Leaf, leafTensor } from '../../src/tensor/tensor';

const leaf: Leaf = { kind: 'state', name: 'state', shape: [5], dtype: 'f32' };

test('scaleAt multiplies what earlier effects have left, there and nowhere else', async () => {
  const gpu = await openGpu();
  bindLeaf(gpu, leaf, Float32Array.of(9, 9, 9, 9, 9));
  const step = await compile(gpu, () => {
    const target = leafTensor(leaf);
    const set = assign(target, constant([1, 2, 3, 4, 5], [5]));
    return { outputs: {}, effects: [set, scaleAt(target, [3, 0], constant([10, 0], [2]))] };
  });
  step.run();
  expect(Array.from(await readLeaf(gpu, leaf))).toEqual([0, 2, 3, 40, 5]);
  step.destroy();
});

test('scaleAt refuses positions outside, twice, and another number of factors', () => {
  const target = leafTensor(leaf);
  const factor = constant([1, 2], [2]);
  expect(() => scaleAt(target, [0, 5], factor)).toThrow(/scaleAt: position 5 is outside \[5\]/);
  expect(() => scaleAt(target, [1, 1], factor)).toThrow(/named twice/);
  expect(() => scaleAt(target, [1], factor)).toThrow(/factors \[2\] for 1 positions/);
  expect(() => scaleAt(factor, [0, 1], factor)).toThrow(/must be a state leaf/);
});
