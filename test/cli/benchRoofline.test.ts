import { expect, test, vi } from 'vitest';
import { rooflineOf, rooflineText } from '../../src/cli/benchRoofline';
import { installDawn } from '../../src/cli/dawn.mjs';
import { openGpu } from '../../src/gpu/device';
import { matmul } from '../../src/ops/matmul';
import { compile } from '../../src/plan/compile';
import { input } from '../../src/tensor/tensor';

vi.setConfig({ testTimeout: 120_000 });
await installDawn();

test('a step beside the sum of its rooflines: arithmetic and bytes of a product at peaks that are given', async () => {
  const gpu = await openGpu();
  const peaks = { flops: 1e9, bytes: 1e12, dispatchUs: 5 };
  const n = 64;
  const build = () => ({ outputs: { y: matmul(input('x', [n, n]), input('w', [n, n])) } });
  const step = await compile(gpu, build);
  const r = await rooflineOf(gpu, peaks, 'a product', step);
  step.destroy();
  expect(r.dispatches).toBe(1);
  expect(r.flops).toBe(2 * n ** 3);
  expect(r.bytes).toBe(3 * 4 * n ** 2);
  expect(r.roofMs).toBeCloseTo((2 * n ** 3) / 1e6, 9);
  expect(r.ratio).toBeCloseTo(r.ms / r.roofMs, 9);
  expect(r.kernelMs).toBeGreaterThan(0);
  const text = rooflineText(r, peaks);
  expect(text).toMatch(/^a product: 1 dispatches, 0\.0 GFLOP, 48\.0 KiB moved/);
  expect(text).toContain('arithmetic');
  expect(gpu.bytes).toBe(0);
});
