import { expect, test, vi } from 'vitest';
import { installDawn } from '../../src/cli/dawn.mjs';
import { measurePeaks } from '../../src/cli/rooflinePeaks';
import { openGpu } from '../../src/gpu/device';

vi.setConfig({ testTimeout: 120_000 });
await installDawn();

test('multiply-add, copy and the shortest dispatch are measured; nothing stays allocated', async () => {
  const gpu = await openGpu();
  const peaks = await measurePeaks(gpu);
  // Far below any machine and far above any GPU: units would be wrong.
  expect(peaks.flops).toBeGreaterThan(1e8);
  expect(peaks.flops).toBeLessThan(1e15);
  expect(peaks.bytes).toBeGreaterThan(1e7);
  expect(peaks.bytes).toBeLessThan(1e14);
  expect(peaks.dispatchUs).toBeGreaterThan(0.1);
  expect(peaks.dispatchUs).toBeLessThan(1e4);
  expect(gpu.bytes).toBe(0);
  gpu.check();
});
