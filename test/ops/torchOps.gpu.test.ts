import { expect, test } from 'vitest';
import { openSafetensors } from '../../src/data/safetensors';
import type { Stats } from '../../src/train/goldens/check';
import { type GoldenArray, goldenArray } from '../../src/train/goldens/files';
import { runTorchOps, type TorchOp } from '../../src/train/goldens/torchOps';
import { testGpu } from '../harness/opTest';
import { needShared, readShared } from '../harness/shared';

interface Case {
  readonly ops: readonly TorchOp[];
  readonly stats: Stats;
  readonly arrays: ReadonlyMap<string, GoldenArray>;
}

async function readCase(): Promise<Case> {
  const info = JSON.parse(new TextDecoder().decode(await readShared('goldens', 'torch-ops/case.json')));
  const file = await openSafetensors(
    new Blob([await readShared('goldens', 'torch-ops/io.safetensors')]),
    'io.safetensors',
  );
  const arrays = new Map<string, GoldenArray>();
  for (const [name, entry] of file.entries) arrays.set(name, await goldenArray(entry));
  return { ops: info.ops, stats: info.stats, arrays };
}

let read: Promise<Case> | undefined;

/** Families by what their ops are called; what none of them names is the last one's. */
const families: readonly (readonly [string, RegExp])[] = [
  ['matrix products', /^(matmul|linear)$/],
  ['attention and relative positions', /attention|rel_pos/],
  ['convolutions', /^conv/],
  ['resizing', /^interpolate/],
  ['normalisations and softmax', /norm|softmax/i],
  ['losses', /loss|entropy|dice/i],
];
const rest = (op: string) => !families.some(([, pattern]) => pattern.test(op));

for (const [family, belongs] of [
  ...families.map(([name, p]) => [name, (op: string) => p.test(op)] as const),
  ['all other ops', rest] as const,
]) {
  test(`single-op references, forward and gradients: ${family}`, async (context) => {
    await needShared(context, 'goldens');
    read ??= readCase();
    const { ops, stats, arrays } = await read;
    const chosen = ops.filter((o) => belongs(o.op));
    // Tiled products of many odd sizes take minutes to compile on the software adapter; matmul.gpu.test.ts has those.
    const options = { variants: { matmul: 'naive' } };
    const result = await runTorchOps(testGpu(), chosen, (name) => arrays.get(name) ?? null, stats, options);
    expect(result.unknown).toEqual([]);
    const failed = result.checks.filter((c) => !(c.ratio <= 1));
    expect(failed.map((c) => `${c.name}: error ${c.error}, tolerance ${c.tolerance}`)).toEqual([]);
    // Every op gave something to compare.
    expect(new Set(result.checks.map((c) => c.name.replace(/\.(out|grad)\.\w+$/, ''))).size).toBe(chosen.length);
    expect(chosen.length).toBeGreaterThan(0);
  });
}
