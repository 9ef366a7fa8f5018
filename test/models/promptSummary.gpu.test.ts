// The summary of a prompt: the mean of the real sparse tokens of each row, computed here again from the tokens.
import { expect, test } from 'vitest';
import { openGpu } from '../../src/gpu/device';
import { samConfig } from '../../src/models/sam/config';
import { PromptEncoder, type Prompts } from '../../src/models/sam/promptEncoder';
import { makeParams } from '../../src/nn/params';
import { uploadParams } from '../../src/nn/paramsIo';
import { readAll } from '../../src/plan/read';
import { constant } from '../../src/tensor/tensor';

const encoder = new PromptEncoder({ params: makeParams(7), path: 'prompt_encoder' }, samConfig('tiny').promptEncoder);
const points = constant([10, 20, 30, 5, 60, 33, 1, 2, 3, 4, 5, 6], [2, 3, 2]);
const labels = (...l: number[]) => constant(l, [2, 3]);
const boxes = constant([2, 3, 40, 50, 10, 10, 20, 20], [2, 4]);
const masks = constant(new Float32Array(2 * 16 * 16).fill(1), [2, 1, 16, 16]);

/** Prompts, and which of the sparse tokens of each row are real. */
const cases: readonly (readonly [string, Prompts, readonly (readonly number[])[]])[] = [
  [
    'points, a negative one among them',
    { points, labels: labels(1, 0, 1, 1, 1, 1) },
    [
      [1, 1, 1, 0],
      [1, 1, 1, 0],
    ],
  ],
  [
    'rows with fewer points',
    { points, labels: labels(1, -1, -1, 0, 1, -1) },
    [
      [1, 0, 0, 0],
      [1, 1, 0, 0],
    ],
  ],
  [
    'a row without any',
    { points, labels: labels(-1, -1, -1, 1, -1, -1) },
    [
      [0, 0, 0, 0],
      [1, 0, 0, 0],
    ],
  ],
  [
    'boxes',
    { boxes },
    [
      [1, 1],
      [1, 1],
    ],
  ],
  [
    'points and boxes',
    { points, labels: labels(1, 1, -1, 0, 0, 0), boxes },
    [
      [1, 1, 0, 1, 1],
      [1, 1, 1, 1, 1],
    ],
  ],
  ['a mask alone', { masks }, [[], []]],
  ['nothing', {}, [[]]],
];

test('the summary is the mean of the real tokens, zeros without any', async () => {
  const gpu = await openGpu();
  await uploadParams(encoder.params, gpu);
  const results = cases.map(([, prompts]) => encoder.call(prompts));
  const values = await readAll(
    gpu,
    results.map((r) => r.summary),
  );
  const tokens = await readAll(
    gpu,
    results.flatMap((r) => r.sparse ?? []),
  );
  for (const [i, [name, , real]] of cases.entries()) {
    const sparse = results[i].sparse ? tokens.shift()! : new Float32Array(0);
    const want = real.flatMap((row, b) => {
      const kept = row.flatMap((r, n) =>
        r ? [sparse.subarray((b * row.length + n) * 16, (b * row.length + n + 1) * 16)] : [],
      );
      return Array.from({ length: 16 }, (_, c) => kept.reduce((s, t) => s + t[c], 0) / Math.max(1, kept.length));
    });
    expect(results[i].summary.shape, name).toEqual([real.length, 16]);
    expect(Math.max(...want.map((v, j) => Math.abs(v - values[i][j]))), name).toBeLessThan(1e-6);
  }
});
