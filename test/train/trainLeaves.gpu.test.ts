import { expect, test } from 'vitest';
import { openGpu } from '../../src/gpu/device';
import { bindLeaf, copyLeafParts, readLeaf } from '../../src/plan/leaves';
import type { Leaf } from '../../src/tensor/tensor';
import { TRAIN_DEFAULTS } from '../../src/train/trainConfig';
import {
  freeLeaves,
  readLeaves,
  savedLeaves,
  startLeaves,
  trainLeaves,
  withAverage,
} from '../../src/train/trainLeaves';
import { uploadedSam } from './tiny';

const gpu = await openGpu();
const sam = await uploadedSam(gpu);
const layout = sam.params.layout();
const leaf = (name: string, n = 2): Leaf => ({ kind: 'state', name, shape: [n], dtype: 'f32' });

test('what is saved: moments, average, states of hooks; only what the options need', () => {
  const config = { ...TRAIN_DEFAULTS, ema: 0.5, accumulate: 2 };
  const hooks = [{ state: [leaf('rank')] }, {}, { state: [leaf('rank')] }];
  const leaves = trainLeaves(config, layout.total, hooks);
  expect([...savedLeaves(leaves).keys()]).toEqual(['m', 'v', 'ema', 'hook.0.rank', 'hook.2.rank']);
  expect(leaves.sums).not.toBe(null);
  const plain = trainLeaves(TRAIN_DEFAULTS, layout.total);
  expect([plain.ema, plain.sums, plain.aside]).toEqual([null, null, null]);
  expect(() => trainLeaves(config, 64, [{ state: [leaf('a'), leaf('a')] }])).toThrow('two states of one adapter');
});

test('the average begins as the parameters and takes their place only while it is asked for', async () => {
  const rank = leaf('rank');
  bindLeaf(gpu, rank, Float32Array.of(5, 6));
  const leaves = trainLeaves({ ...TRAIN_DEFAULTS, ema: 0.5 }, layout.total, [{ state: [rank] }]);
  startLeaves(gpu, layout, leaves);
  const p = await readLeaf(gpu, layout.flat!);
  const start = await readLeaves(gpu, leaves);
  expect(start.ema).toEqual(p);
  expect([start.m.some((v) => v !== 0), ...start['hook.0.rank']]).toEqual([false, 0, 0]);
  const other = p.map((v) => v + 1) as Float32Array<ArrayBuffer>;
  bindLeaf(gpu, leaves.ema!, other);
  expect(await withAverage(gpu, layout, leaves, () => readLeaf(gpu, layout.flat!))).toEqual(other);
  expect(await readLeaf(gpu, layout.flat!)).toEqual(p);
  const failed = withAverage(gpu, layout, leaves, () => Promise.reject(new Error('no')));
  await expect(failed).rejects.toThrow('no');
  expect(await readLeaf(gpu, layout.flat!)).toEqual(p);
  const bytes = gpu.bytes;
  freeLeaves(gpu, leaves);
  expect(bytes - gpu.bytes).toBeGreaterThanOrEqual(3 * 4 * layout.total);
});

test('stretches of leaves are copied to where they belong', async () => {
  const [a, b] = [leaf('a', 6), leaf('b', 6)];
  bindLeaf(gpu, a, Float32Array.of(0, 1, 2, 3, 4, 5));
  bindLeaf(gpu, b, new Float32Array(6).fill(9));
  const part = (l: Leaf, offset: number) => ({ leaf: l, offset });
  copyLeafParts(gpu, [
    { from: part(a, 4), to: part(b, 0), length: 2 },
    { from: part(a, 1), to: part(b, 3), length: 1 },
  ]);
  expect([...(await readLeaf(gpu, b))]).toEqual([4, 5, 9, 1, 9, 9]);
});
