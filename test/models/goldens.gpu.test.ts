import { expect, test } from 'vitest';
import { caseNames, goldenFiles } from '../../src/cli/goldenFiles';
import { openGpu } from '../../src/gpu/device';
import { KINDS } from '../../src/train/goldens/kinds';
import { runGoldenCase } from '../../src/train/goldens/runGoldenCase';
import { showResult } from '../../src/train/goldens/showResult';
import { listShared, needShared, readShared, sharedAvailable } from '../harness/shared';

/** Every case whose kind is known, found in the folder, with the code of `npm run goldens`. */
const folder = {
  list: (path: string) => listShared('goldens', path),
  read: (path: string) => readShared('goldens', path),
};
const names = (await sharedAvailable('goldens')) ? await caseNames(folder) : [];
const gpu = await openGpu();

test('the reference numbers lie beside the checkout', async (context) => {
  await needShared(context, 'goldens');
  expect(names.length).toBeGreaterThan(0);
});

for (const name of names) {
  const info = JSON.parse(await goldenFiles(folder, name).text('case.json'));
  if (!KINDS.some((k) => k.matches(info))) continue;
  test(`golden case ${name}`, async () => {
    const result = await runGoldenCase(gpu, goldenFiles(folder, name));
    // An op without a row is a known gap, told by the command; whatever is computed must be right.
    const failed = result.error !== null || result.checks.some((c) => !(c.ratio <= 1));
    expect(failed, showResult(result)).toBe(false);
    expect(result.checks.length).toBeGreaterThan(0);
  }, 600_000); // Hundreds of pipelines; a software adapter on a busy machine compiles them slowly.
}
