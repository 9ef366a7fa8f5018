import { expect, test } from 'vitest';
import { dicePoints, smooth, thinned } from '../../../src/app/panels/results';
import { runInfo, scored } from '../cases';

test('the trend is the mean over a window of earlier points', () => {
  const curve = [4, 2, 6, 8].map((y, i) => ({ step: i + 1, y }));
  expect(smooth(curve, 2).map((p) => p.y)).toEqual([4, 3, 4, 7]);
  expect(smooth(curve, 2).map((p) => p.step)).toEqual([1, 2, 3, 4]);
  expect(smooth([])).toEqual([]);
});

test('a long curve is thinned to means of equal stretches', () => {
  const curve = Array.from({ length: 7 }, (_, i) => ({ step: i + 1, y: i }));
  expect(thinned(curve, 10)).toEqual(curve);
  expect(thinned(curve, 3)).toEqual([
    { step: 3, y: 1 },
    { step: 6, y: 4 },
    { step: 7, y: 6 },
  ]);
});

test('Dice begins where the run does; the last measurement of a step counts', () => {
  const run = runInfo('training', 20, { objects: [scored('a', 'x', 0.2, null), scored('b', 'x', 0.4, null)] });
  const curve = [
    { step: 1, loss: 1 },
    { step: 20, dice: 0.5 },
    { step: 10, dice: 0.4 },
    { step: 20, dice: 0.6 },
  ];
  const points = dicePoints({ curve, run });
  expect(points.map((p) => p.step)).toEqual([0, 10, 20]);
  expect(points[0].y).toBeCloseTo(0.3);
  expect(points[2].y).toBe(0.6);
  expect(dicePoints({ curve: [], run: null })).toEqual([]);
});
