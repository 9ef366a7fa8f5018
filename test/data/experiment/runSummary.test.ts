import { expect, test } from 'vitest';
import { parseRunSummary } from '../../../src/data/experiment/runSummary';

const good = {
  arm: 'Med-SA',
  dataset: 'fundus',
  seed: 1,
  cases: [{ id: 'a', className: 'disc', dice: 0.5, iou: 0.3, empty: 'no' }],
  parameters: { trained: 10, total: 100, percent: 11.1 },
  steps: 0,
  msPerStep: null,
  seconds: 3,
  peakBytes: null,
  device: 'test',
  curve: [{ step: 1, loss: 0.5 }],
};

test('a summary survives JSON, with defaults for what is optional', () => {
  expect(parseRunSummary(JSON.parse(JSON.stringify(good)), 'x')).toEqual({
    ...good,
    unit: 'px',
    tolerance: null,
    overlays: [],
  });
});

test.each([
  [null, /runs\/a\/summary.json: no summary of a run/],
  [{ ...good, cases: [{ ...good.cases[0], dice: 1.2 }] }, /cases\.0\.dice/],
  [{ ...good, seed: -1 }, /seed/],
  [{ ...good, arm: '' }, /arm/],
  [
    { ...good, overlays: [{ file: '../x.png', id: 'a', className: 'b', dice: 0 }] },
    /overlays\.0\.file: expected a file name/,
  ],
])('what is no summary is refused with its place', (json, message) => {
  expect(() => parseRunSummary(json, 'runs/a/summary.json')).toThrow(message);
});
