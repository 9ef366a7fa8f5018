import { expect, test } from 'vitest';
import { goldenFiles } from '../../../src/cli/goldenFiles';
import { openGpu } from '../../../src/gpu/device';
import { unequal } from '../../../src/train/goldens/kinds';
import { runGoldenCase } from '../../../src/train/goldens/runGoldenCase';
import { showResult } from '../../../src/train/goldens/showResult';
import { fixedVariants, kernelVariant, kernelVariants } from '../../../src/train/goldens/variants';
import { listShared, needShared, readShared } from '../../harness/shared';

/** A small case with windows, relative positions, adapters and gradients. All cases: `npm run goldens -- --variants all`. */
const CASE = 'paper-encoder-2d';

const folder = {
  list: (path: string) => listShared('goldens', path),
  read: (path: string) => readShared('goldens', path),
};
const gpu = await openGpu();
const watch = kernelVariants();
const forms = fixedVariants(gpu.caps).filter((v) => ['gpu', 'unfused', 'recomputed', 'flash'].includes(v.name));
const kernels = ['naive', 'tile8', 'vec4', 'wide', 'serial'].map((name) => kernelVariant(name));

for (const variant of [...forms, ...kernels]) {
  test(`a golden case with ${variant.name}; two runs are bit-equal`, async (context) => {
    await needShared(context, 'goldens');
    const how = { ...watch.watch(variant.how), twice: true };
    const result = await runGoldenCase(gpu, goldenFiles(folder, CASE), how);
    expect(result.state, showResult(result)).toBe('passed');
    expect(result.checks.length).toBeGreaterThan(20);
  }, 600_000);
}

test('the kernels above are those that its ops offer, and more are seen', async (context) => {
  await needShared(context, 'goldens');
  const seen = watch.found().map((v) => v.name);
  for (const v of kernels) expect(seen).toContain(v.name);
});

test('a variant that is taken changes what is computed; one bit of difference is told', () => {
  const a = new Map([['grad.w', Float32Array.of(0, 1)]]);
  expect(unequal(a, null)).toEqual([]);
  expect(unequal(a, new Map([['grad.w', Float32Array.of(0, 1)]]))).toEqual([]);
  expect(unequal(a, new Map([['grad.w', Float32Array.of(-0, 1)]])).map((c) => [c.part, c.ratio])).toEqual([
    ['gradient', Number.POSITIVE_INFINITY],
  ]);
  const { prefer } = kernelVariant('wide').how.plan!;
  expect([prefer!('sum', ['serial', 'wide']), prefer!('sum', ['serial'])]).toEqual(['wide', undefined]);
});
