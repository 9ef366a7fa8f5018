import { expect, test } from 'vitest';
import { benchBandwidth } from '../../src/cli/benchBandwidth';
import { openGpu } from '../../src/gpu/device';

test('small tensors: every kernel agrees with float64 and has a speed; a line each', async () => {
  const gpu = await openGpu();
  const lines: string[] = [];
  const rows = await benchBandwidth(gpu, (line) => lines.push(line), 3 * 4096 + 2);
  for (const r of rows) {
    expect(r.error, r.name).toBeLessThan(1e-6);
    expect(r.gbps, r.name).toBeGreaterThan(0);
  }
  expect(lines.length).toBe(rows.length + 2);
  gpu.destroy();
});
