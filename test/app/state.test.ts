import { expect, test } from 'vitest';
import { record } from '../../src/app/history';
import type { PredictionInfo, RunInfo, RunPhase } from '../../src/app/protocol';
import {
  type AppState,
  candidateOf,
  controlsNow,
  hasAdapter,
  historyOf,
  initialState,
  predictionKey,
  predictionOf,
  promptOf,
  type ShownImage,
  withHistory,
  withoutAdapted,
  withPrediction,
} from '../../src/app/state';

const image = {
  id: 'a',
  name: 'a',
  width: 4,
  height: 4,
  fileWidth: 4,
  fileHeight: 4,
  truth: null,
  bitmap: null,
} as unknown as ShownImage;
const plan = { trained: 1, base: 10, percent: 10 };

const prediction = (iou: number[]): PredictionInfo => ({
  ...{ n: iou.length, width: 4, height: 4, ms: 1 },
  ...{ masks: new Uint8Array(16 * iou.length), iou: Float32Array.from(iou) },
});

/** A state in which `run` is in `phase` at `step`. */
const during = (phase: RunPhase, step: number, running: boolean): AppState => {
  const start = initialState();
  const run: RunInfo = { phase, config: start.config, plan, step, rows: [], seconds: 1 };
  return { ...start, engine: 'ready', image, plan, run, running };
};

const clicked = (s: AppState): AppState => ({
  ...s,
  ...withHistory(s, record(historyOf(s), [{ x: 1, y: 2, label: 1 }])),
});

test('every image has a prompt of its own, which stays when another is shown', () => {
  const s = clicked({ ...initialState(), image });
  expect(promptOf(s)).toHaveLength(1);
  const other = { ...s, image: { ...image, id: 'b' } };
  expect(promptOf(other)).toEqual([]);
  expect(promptOf({ ...other, image })).toHaveLength(1);
});

test('a prediction belongs to image, prompt, model and the state of its parameters', () => {
  const base = clicked(during('done', 10, false));
  const keys = [
    predictionKey(base),
    predictionKey({ ...base, which: 'adapted' }),
    predictionKey({ ...base, which: 'adapted', run: { ...base.run!, step: 20 } }),
    predictionKey({ ...base, view: { ...base.view, masks: 'three' } }),
    predictionKey(clicked(base)),
    predictionKey(clicked({ ...base, image: { ...image, id: 'b' } })),
  ];
  // The same click twice replaces nothing: both histories end in an equal prompt.
  expect(keys[4]).toBe(keys[0]);
  expect(new Set(keys).size).toBe(5);
  expect(predictionKey({ ...base, run: null })).toBe(keys[0]);
  expect(predictionKey({ ...base, prompts: new Map() })).toBeNull();
});

test('predictions are found by their key, and the oldest go first', () => {
  let s = clicked({ ...initialState(), image });
  const key = predictionKey(s)!;
  s = { ...s, ...withPrediction(s, key, prediction([0.5])) };
  expect(predictionOf(s)?.iou[0]).toBe(0.5);
  for (let i = 0; i < 24; i++)
    s = { ...s, ...withPrediction(s, JSON.stringify(['other', 'base', i]), prediction([0])) };
  expect(predictionOf(s)).toBeNull();
  expect(s.predictions.size).toBe(24);
});

test('predictions of an adapter go, those of the base stay', () => {
  let s = clicked(during('done', 10, false));
  s = { ...s, ...withPrediction(s, predictionKey(s)!, prediction([0.5])) };
  s = { ...s, ...withPrediction(s, predictionKey(s, 'adapted')!, prediction([0.6])) };
  const left = { ...s, ...withoutAdapted(s) };
  expect(predictionOf(left)?.iou[0]).toBe(0.5);
  expect(predictionOf(left, 'adapted')).toBeNull();
});

test('the best candidate is shown until another is chosen', () => {
  const p = prediction([0.2, 0.9, 0.4]);
  expect(candidateOf(p, null)).toBe(1);
  expect(candidateOf(p, 2)).toBe(2);
  expect(candidateOf(prediction([0.3]), 2)).toBe(0);
});

test('there is an adapter once a step was trained', () => {
  expect(hasAdapter(initialState())).toBe(false);
  expect(hasAdapter(during('training', 0, true))).toBe(false);
  expect(hasAdapter(during('training', 10, true))).toBe(true);
  expect(hasAdapter(during('lost', 10, false))).toBe(false);
});

test.each([
  ['preparing', true, { start: false, pause: false, resume: false, stop: true, download: false }],
  ['training', true, { start: false, pause: true, resume: false, stop: true, download: false }],
  ['measuring again', true, { start: false, pause: false, resume: false, stop: false, download: false }],
  ['paused', false, { start: true, pause: false, resume: true, stop: true, download: true }],
  ['lost', false, { start: true, pause: false, resume: true, stop: true, download: false }],
  ['done', false, { start: true, pause: false, resume: false, stop: false, download: true }],
] as const)('buttons while %s', (phase, running, expected) => {
  expect(controlsNow(during(phase, 10, running))).toEqual(expected);
});

test('nothing can be started without a device', () => {
  const s = { ...during('paused', 10, false), engine: 'lost' as const };
  expect(controlsNow(s)).toEqual({ start: false, pause: false, resume: false, stop: false, download: false });
});
