import { expect, test, vi } from 'vitest';
import { ownRow } from '../../src/cli/benchOwn';
import type { VitSize } from '../../src/cli/benchWorkloads';
import { installDawn } from '../../src/cli/dawn.mjs';
import { openGpu } from '../../src/gpu/device';

vi.setConfig({ testTimeout: 120_000 });
await installDawn();

test('a workload of our engine alone: times, counts and bytes; no objects in steady state, and nothing stays', async () => {
  const gpu = await openGpu();
  const size: VitSize = { tokens: 8, dim: 16, heads: 2, blocks: 1, bottleneck: 4 };
  const row = await ownRow(gpu, { id: 'a', title: 'a', task: { kind: 'vit', work: 'adapters', size } }, {}, 3);
  const cell = row.cells.ours!;
  if (!('ms' in cell)) throw new Error(cell.none);
  expect(cell.rounds).toHaveLength(3);
  expect(cell.ms).toBe(Math.min(...cell.rounds));
  expect(cell).toMatchObject({ submits: 1, created: 0, error: 0 });
  expect(cell.dispatches).toBeGreaterThan(20);
  expect(cell.peak).toBeGreaterThan(4 * 16 * 16 * 4);
  expect(gpu.bytes).toBe(0);
});
