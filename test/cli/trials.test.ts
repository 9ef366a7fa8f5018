import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { installDawn } from '../../src/cli/dawn.mjs';
import { findRateOf, overfitOf } from '../../src/cli/trials';
import { openGpu } from '../../src/gpu/device';
import { resolveConfig } from '../../src/train/experiment/config';
import { newFolder, writeBase } from './adaptFixture';

vi.setConfig({ testTimeout: 600_000 });
await installDawn();
const shared = await openGpu();
shared.destroy = () => {};
const base = join(await newFolder(), 'base.safetensors');
await writeBase(base);
const host = {
  open: async () => shared,
  log: { write: () => true },
  stopped: () => false,
  plan: { variants: { matmul: 'naive' } },
};
const config = resolveConfig({ base, adapters: ['bitfit'], train: { steps: 8, batch: 2, lr: 0.02, warmup: 0 } }, [
  'data.maxTrain=2',
  'data.maxVal=1',
]);

test('one batch by heart: the loss falls, frozen weights are compared, Dice decides', async () => {
  const { result, frozen, stopped } = await overfitOf(config, host, 1);
  expect([result.passed, stopped, result.curve.length]).toEqual([false, false, 8]);
  expect(result.curve[7].loss).toBeLessThan(result.curve[0].loss);
  expect(frozen).toBeGreaterThan(50);
});

test('rates are tried from the smallest to the largest', async () => {
  const { curve } = await findRateOf(config, host, { from: 1e-4, to: 1e-1, steps: 6 });
  expect(curve.points.map((p) => p.lr)[0]).toBeCloseTo(1e-4, 10);
  expect(curve.points.map((p) => p.lr)[5]).toBeCloseTo(1e-1, 10);
  expect(curve.points.every((p) => Number.isFinite(p.loss))).toBe(true);
});
