import { expect, test } from 'vitest';
import { parseRun } from '../../../src/app/configs';
import { untrainedBase } from '../../../src/app/engine/base';
import { planTable } from '../../../src/app/engine/planTable';
import type { PlanTable } from '../../../src/app/insideProtocol';
import { openGpu } from '../../../src/gpu/device';
import { samConfig } from '../../../src/models/sam/config';
import type { Json } from '../../../src/train/experiment/overrides';

const base = untrainedBase(samConfig('tiny'));
const look = { which: 'base', volumes: false, time: false } as const;

test('a step as a table: its modules, and times where the device can tell; the device is left as it was', async () => {
  const gpu = await openGpu();
  const config = parseRun({ experiment: { train: { batch: 1 } } });
  const train = await planTable(gpu, base, { ...look, plan: 'train', config });
  expect(train.rows.length).toBeGreaterThan(50);
  expect(train.rows.some((r) => r.path.includes('Space_Adapter'))).toBe(true);
  expect(train.rows.every((r) => r.micros === null && r.bytes > 0)).toBe(true);
  expect(train.memory).toMatch(/activations/);
  const before = gpu.bytes;
  const predict = await planTable(gpu, base, { ...look, plan: 'predict', config, time: true });
  expect(predict.rows.some((r) => r.path.startsWith('image_encoder'))).toBe(false);
  const clock = gpu.caps.features.includes('timestamp-query');
  expect(predict.timed).toBe(clock);
  expect(predict.rows.every((r) => (r.micros !== null) === clock)).toBe(true);
  expect(gpu.bytes).toBe(before);
  gpu.destroy();
});

const largest = (t: PlanTable) => Math.max(...t.rows.map((r) => r.bytes));

test('what adapters add to a step is in its table: penalty and rank updates of AdaLoRA, both parts of a step of several batches, slabs', async () => {
  const gpu = await openGpu();
  const table = (options: Json, train: Json = {}, volumes = false) => {
    const adapters = [{ name: 'adalora', ...(options as object) }] as Json;
    const config = parseRun({ experiment: { adapters, train: { batch: 1, ...(train as object) } } });
    return planTable(gpu, base, { ...look, plan: 'train', config, volumes });
  };
  const bare = await table({ orthogonality: 0, allocate: false });
  const all = await table({}, { accumulate: 2 }, true);
  const rows = (t: PlanTable, path: RegExp, op: RegExp) => t.rows.filter((r) => path.test(r.path) && op.test(r.op));
  // The penalty multiplies A by its transpose, the ranks are chosen at the end, in the second of two plans.
  expect(rows(all, /^loss/, /matmul/).length).toBeGreaterThan(0);
  expect(rows(bare, /^loss/, /matmul/)).toEqual([]);
  expect(rows(all, /^optimiser/, /assign/).length).toBeGreaterThan(rows(bare, /^optimiser/, /assign/).length + 2);
  expect(rows(all, /^optimiser/, /adam/)).toHaveLength(1);
  // Slabs of eight slices.
  expect(largest(all)).toBeGreaterThan(4 * largest(bare));
  gpu.destroy();
});
