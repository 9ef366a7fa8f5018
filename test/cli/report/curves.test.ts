import { expect, test } from 'vitest';
import { curveLines } from '../../../src/cli/report/curves';
import { fakeRun } from './fixture';

const run = (arm: string, seed: number, curve: { step: number; loss?: number; dice?: number }[]) => ({
  ...fakeRun(arm, 'data', seed, 0.5, { cases: 2 }),
  curve,
});
const colours = new Map([['b', 1]]);

test('seeds are averaged step by step, with their range', () => {
  const lines = curveLines(
    [
      run('b', 1, [
        { step: 1, loss: 1 },
        { step: 2, loss: 0.5, dice: 0.2 },
      ]),
      run('b', 2, [
        { step: 1, loss: 2 },
        { step: 2, loss: 1.5, dice: 0.4 },
        { step: 3, loss: 0 },
      ]),
    ],
    'loss',
    colours,
  );
  expect(lines).toEqual([
    {
      ...{ name: 'b', colour: 1 },
      points: [
        { x: 1, y: 1.5, low: 1, high: 2 },
        { x: 2, y: 1, low: 0.5, high: 1.5 },
      ],
    },
  ]);
});

test('only the points that have the value; seeds without common steps give the longest curve', () => {
  const runs = [
    run('b', 1, [
      { step: 5, dice: 0.3 },
      { step: 9, dice: 0.4 },
    ]),
    run('b', 2, [{ step: 6, dice: 0.9 }]),
  ];
  expect(curveLines(runs, 'dice', colours)[0].points.map((p) => p.x)).toEqual([5, 9]);
  expect(curveLines([run('b', 1, [{ step: 1, loss: 1 }])], 'dice', colours)[0].points).toEqual([]);
});

test('a long curve is averaged in pieces that keep its mean', () => {
  const curve = Array.from({ length: 1200 }, (_, i) => ({ step: i + 1, loss: i % 2 }));
  const [{ points }] = curveLines([run('b', 1, curve)], 'loss', colours);
  expect(points).toHaveLength(120);
  expect(points.every((p) => p.y === 0.5)).toBe(true);
  expect([points[0].x, points[119].x]).toEqual([5.5, 1195.5]);
});
