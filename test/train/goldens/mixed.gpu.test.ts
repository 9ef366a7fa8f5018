import { expect, test } from 'vitest';
import { goldenFiles } from '../../../src/cli/goldenFiles';
import { openGpu } from '../../../src/gpu/device';
import { runGoldenCase } from '../../../src/train/goldens/runGoldenCase';
import { showResult } from '../../../src/train/goldens/showResult';
import { listShared, needShared, readShared } from '../../harness/shared';

const folder = {
  list: (path: string) => listShared('goldens', path),
  read: (path: string) => readShared('goldens', path),
};
const gpu = await openGpu();

test('a whole step with kept values and gradients in 16 bits: forward as in f32, gradients and steps within their roundings', async (context) => {
  await needShared(context, 'goldens');
  const files = goldenFiles(folder, 'paper-full-step');
  const result = await runGoldenCase(gpu, files, { precision: 'packed16' });
  expect(result.state, showResult(result)).toBe('passed');
  expect(result.stored).toBeGreaterThan(20);
  // It is another computation than that in 32 bits: beyond its tolerances.
  const { stats } = JSON.parse(await files.text('case.json'));
  const gradients = result.checks.filter((c) => c.part === 'gradient');
  expect(gradients.some((c) => c.error > stats[c.name].suggested_atol)).toBe(true);
}, 600_000);
