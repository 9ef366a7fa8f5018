import { expect, test } from 'vitest';
import { parseRun } from '../../../src/app/configs';
import { untrainedBase } from '../../../src/app/engine/base';
import { buildRun, paddedPrompt, planOf } from '../../../src/app/engine/model';
import { samConfig } from '../../../src/models/sam/config';

const config = samConfig('tiny');
const base = untrainedBase(config);

test('prompts are filled to 2, 4, 8 … tokens with points that say nothing', () => {
  const points = (n: number) => ({
    points: Array.from({ length: n }, (_, i) => ({ x: i + 1, y: 5, label: 1 as const })),
    box: null,
  });
  const filled = [1, 2, 3, 4, 7, 8].map((n) => paddedPrompt(points(n)).labels?.length);
  // SAM adds a padding point of its own.
  expect(filled).toEqual([1, 3, 3, 7, 7, 15]);
  const { points: xy, labels } = paddedPrompt({
    points: [
      { x: 3, y: 4, label: 0 },
      { x: 5, y: 6, label: 1 },
    ],
    box: null,
  });
  expect(xy).toEqual([
    [3, 4],
    [5, 6],
    [0, 0],
  ]);
  expect(labels).toEqual([0, 1, -1]);
  // A box is two tokens of its own, and takes the padding point's place.
  expect(paddedPrompt({ points: [], box: [1, 2, 3, 4] })).toEqual({ points: [], labels: [], box: [1, 2, 3, 4] });
  expect(paddedPrompt({ ...points(1), box: [1, 2, 3, 4] }).labels).toEqual([1, -1]);
});

test('what would train is counted from the options, without a device', () => {
  const width = 16;
  const r = 4;
  const bottleneck = width * r + r + r * width + width;
  const both = planOf(buildRun(base, parseRun()));
  expect(both.trained).toBe(2 * 2 * bottleneck);
  const one = planOf(buildRun(base, parseRun({ experiment: { adapters: [{ name: 'medsa', mlp: false }] } })));
  expect(one.trained).toBe(2 * bottleneck);
  expect(one.base).toBe(both.base);
  expect(both.percent).toBeCloseTo((100 * both.trained) / both.base, 10);
});
