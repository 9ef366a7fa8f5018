import { expect, test } from 'vitest';
import { parseRun } from '../../../src/app/configs';
import { untrainedBase } from '../../../src/app/engine/base';
import { planTable } from '../../../src/app/engine/planTable';
import { openGpu } from '../../../src/gpu/device';
import { samConfig } from '../../../src/models/sam/config';

const base = untrainedBase(samConfig('tiny'));

test('a step as a table: its modules, and times where the device can tell; the device is left as it was', async () => {
  const gpu = await openGpu();
  const config = parseRun({ experiment: { train: { batch: 1 } } });
  const train = await planTable(gpu, base, { plan: 'train', which: 'base', config, time: false });
  expect(train.rows.length).toBeGreaterThan(50);
  expect(train.rows.some((r) => r.path.includes('Space_Adapter'))).toBe(true);
  expect(train.rows.every((r) => r.micros === null && r.bytes > 0)).toBe(true);
  expect(train.memory).toMatch(/activations/);
  const before = gpu.bytes;
  const predict = await planTable(gpu, base, { plan: 'predict', which: 'base', config, time: true });
  expect(predict.rows.some((r) => r.path.startsWith('image_encoder'))).toBe(false);
  const clock = gpu.caps.features.includes('timestamp-query');
  expect(predict.timed).toBe(clock);
  expect(predict.rows.every((r) => (r.micros !== null) === clock)).toBe(true);
  expect(gpu.bytes).toBe(before);
  gpu.destroy();
});
