import { expect, test } from 'vitest';
import { goldenFiles } from '../../../src/cli/goldenFiles';
import { openGpu } from '../../../src/gpu/device';
import { runGoldenCase } from '../../../src/train/goldens/runGoldenCase';
import { listShared, needShared, readShared } from '../../harness/shared';

/**
 * Of a gradient, beside the bound for f32: what the backward reads is off by at most 2⁻¹¹ of itself, and eight such values
 * stand between the loss and a parameter (four blocks, the neck, the decoder's blocks; errors have either sign).
 */
const TOLERANCE = 8 * 2 ** -11;

const folder = {
  list: (path: string) => listShared('goldens', path),
  read: (path: string) => readShared('goldens', path),
};
const gpu = await openGpu();

test('a whole step with values kept in 16 bits: forward and losses as in f32, gradients within a few roundings', async (context) => {
  await needShared(context, 'goldens');
  const files = goldenFiles(folder, 'paper-full-step');
  const { stats } = JSON.parse(await files.text('case.json'));
  const { checks, error } = await runGoldenCase(gpu, files, 'mixed');
  expect(error).toBe(null);
  // Deltas are left out: Adam's first steps have the size of the rate whatever the gradient's, so those near zero flip.
  for (const c of checks) {
    if (/^delta/.test(c.name)) continue;
    const bound = c.tolerance + (c.part === 'gradient' ? TOLERANCE * stats[c.name].max_abs : 0);
    expect(c.error, c.name).toBeLessThanOrEqual(bound);
  }
  expect(checks.some((c) => c.part === 'gradient' && c.ratio > 1)).toBe(true);
}, 600_000);
