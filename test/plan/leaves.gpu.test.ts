import { expect, test } from 'vitest';
import { openGpu } from '../../src/gpu/device';
import { add } from '../../src/ops/pointwise';
import { compile } from '../../src/plan/compile';
import { constant, input } from '../../src/tensor/tensor';

test('a constant lives as long as a step that reads it, and no longer', async () => {
  const gpu = await openGpu();
  const c = constant([1, 2, 3, 4], [4], 'c');
  const build = () => ({ outputs: { y: add(input('x', [4]), c) } });
  const [a, b] = [await compile(gpu, build), await compile(gpu, build)];
  a.destroy();
  a.destroy();
  b.run({ x: Float32Array.of(1, 1, 1, 1) });
  expect([...(await b.read('y'))]).toEqual([2, 3, 4, 5]);
  b.destroy();
  expect(gpu.bytes).toBe(0);
  // Made anew for who comes later.
  const later = await compile(gpu, build);
  later.run({ x: new Float32Array(4) });
  expect([...(await later.read('y'))]).toEqual([1, 2, 3, 4]);
  gpu.destroy();
});
