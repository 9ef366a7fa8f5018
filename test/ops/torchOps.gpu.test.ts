import { expect, test } from 'vitest';
import { openSafetensors } from '../../src/data/safetensors';
import type { Stats } from '../../src/train/goldens/check';
import { type GoldenArray, goldenArray } from '../../src/train/goldens/files';
import { type Lookup, runTorchOps, type TorchOp } from '../../src/train/goldens/torchOps';
import { testGpu } from '../harness/opTest';
import { needShared, readShared } from '../harness/shared';

interface Case {
  readonly ops: readonly TorchOp[];
  readonly stats: Stats;
}

test('every single op of the reference, forward and gradients, within its stated tolerance', async (context) => {
  await needShared(context, 'goldens');
  const info = JSON.parse(new TextDecoder().decode(await readShared('goldens', 'torch-ops/case.json'))) as Case;
  const file = await openSafetensors(
    new Blob([await readShared('goldens', 'torch-ops/io.safetensors')]),
    'io.safetensors',
  );
  const arrays = new Map<string, GoldenArray>();
  for (const [name, entry] of file.entries) arrays.set(name, await goldenArray(entry));
  const lookup: Lookup = (name) => arrays.get(name) ?? null;
  const result = await runTorchOps(testGpu(), info.ops, lookup, info.stats);
  expect(result.unknown).toEqual([]);
  const failed = result.checks
    .filter((c) => !(c.ratio <= 1))
    .map((c) => `${c.name}: error ${c.error}, tolerance ${c.tolerance}`);
  expect(failed).toEqual([]);
  // Every op of the case gave something to compare.
  expect(new Set(result.checks.map((c) => c.name.replace(/\.(out|grad)\.\w+$/, ''))).size).toBe(info.ops.length);
});
