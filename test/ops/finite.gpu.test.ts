import { expect, test } from 'vitest';
import { openGpu } from '../../src/gpu/device';
import { finite } from '../../src/ops/finite';
import { div, scale } from '../../src/ops/pointwise';
import { readAll } from '../../src/plan/read';
import { constant } from '../../src/tensor/tensor';

const gpu = await openGpu();

test('NaN and both infinities are told from numbers, given or computed', async () => {
  const x = constant([0, -1, 3.4e38, 1e-45, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY], [7]);
  const y = constant([0, 1, 3e38], [3]);
  // 0/0 and 1/2: no quotient whose operands overflow, which WGSL leaves open.
  const z = constant([0, 1], [2]);
  const [given, quotient, product] = await readAll(gpu, [finite(x), finite(div(z, scale(z, 2))), finite(scale(y, 10))]);
  expect([...given]).toEqual([1, 1, 1, 1, 0, 0, 0]);
  expect([...quotient]).toEqual([0, 1]);
  expect([...product]).toEqual([1, 1, 0]);
});
