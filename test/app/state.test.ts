import { expect, test } from 'vitest';
import { apply } from '../../src/app/document/timeline';
import type { RunPhase } from '../../src/app/runProtocol';
import {
  type AppState,
  candidateOf,
  controlsNow,
  hasAdapter,
  initialState,
  placeNow,
  predictionKey,
  predictionOf,
  promptOf,
  shownCase,
  withCase,
  withoutAdapted,
  withPrediction,
} from '../../src/app/state';
import { imageInfo, prediction, runInfo, stateWith, volumeInfo } from './cases';

const plan = { trained: 1, base: 10, percent: 10 };

/** A state in which `run` is in `phase` at `step`. */
const during = (phase: RunPhase, step: number, running: boolean): AppState => {
  const start = stateWith(imageInfo('a'), imageInfo('b'));
  return { ...start, plan, run: runInfo(phase, step), running };
};

const clicked = (s: AppState, x = 1): AppState => {
  const { timeline, info } = shownCase(s)!;
  const edit = { type: 'addPoint', at: 'axial:0', point: { x, y: 2, label: 1 } } as const;
  return { ...s, ...withCase(s, info.id, { timeline: apply(timeline, edit) }) };
};

test('every case has a prompt of its own, which stays when another is shown', () => {
  const s = clicked(stateWith(imageInfo('a'), imageInfo('b')));
  expect(promptOf(s).points).toHaveLength(1);
  const other = { ...s, shown: 'b' };
  expect(promptOf(other).points).toEqual([]);
  expect(promptOf({ ...other, shown: 'a' }).points).toHaveLength(1);
  expect(promptOf({ ...s, shown: null }).points).toEqual([]);
});

test('the slice that is worked on is where the crosshair lies in the plane that has the focus', () => {
  const s = stateWith(volumeInfo());
  expect(placeNow(s)).toEqual({ case: 'v', plane: 'axial', slice: 2, window: [0, 255] });
  const look = { ...shownCase(s)!.look, plane: 'coronal' as const };
  expect(placeNow({ ...s, ...withCase(s, 'v', { look }) })).toMatchObject({ plane: 'coronal', slice: 1 });
  expect(placeNow(initialState())).toBeNull();
});

test('a prediction belongs to slice, prompt, model and the state of its parameters', () => {
  const base = clicked(during('done', 10, false));
  const keys = [
    predictionKey(base),
    predictionKey({ ...base, which: 'adapted' }),
    predictionKey({ ...base, which: 'adapted', run: { ...base.run!, step: 20 } }),
    predictionKey({ ...base, which: 'adapted', run: { ...base.run!, id: 'other' } }),
    predictionKey({ ...base, view: { ...base.view, masks: 'three' } }),
    predictionKey(clicked(base, 3)),
    predictionKey(clicked({ ...base, shown: 'b' })),
  ];
  expect(new Set(keys).size).toBe(7);
  expect(predictionKey({ ...base, run: null })).toBe(keys[0]);
  expect(predictionKey({ ...base, shown: 'b' })).toBeNull();
});

test('predictions are found by their key, and the oldest go first', () => {
  let s = clicked(stateWith(imageInfo()));
  const key = predictionKey(s)!;
  s = { ...s, ...withPrediction(s, key, prediction(0.5)) };
  expect(predictionOf(s)?.iou[0]).toBe(0.5);
  for (let i = 0; i < 24; i++) s = { ...s, ...withPrediction(s, JSON.stringify(['other', 'base', i]), prediction(0)) };
  expect(predictionOf(s)).toBeNull();
  expect(s.predictions.size).toBe(24);
});

test('predictions of an adapter go, those of the base stay', () => {
  let s = clicked(during('done', 10, false));
  s = { ...s, ...withPrediction(s, predictionKey(s)!, prediction(0.5)) };
  s = { ...s, ...withPrediction(s, predictionKey(s, 'adapted')!, prediction(0.6)) };
  const left = { ...s, ...withoutAdapted(s) };
  expect(predictionOf(left)?.iou[0]).toBe(0.5);
  expect(predictionOf(left, 'adapted')).toBeNull();
});

test('the best candidate is shown until another is chosen', () => {
  const p = prediction(0.2, 0.9, 0.4);
  expect(candidateOf(p, null)).toBe(1);
  expect(candidateOf(p, 2)).toBe(2);
  expect(candidateOf(prediction(0.3), 2)).toBe(0);
});

test('there is an adapter once a step was trained', () => {
  expect(hasAdapter(initialState())).toBe(false);
  expect(hasAdapter(during('training', 0, true))).toBe(false);
  expect(hasAdapter(during('training', 10, true))).toBe(true);
  expect(hasAdapter(during('lost', 10, false))).toBe(false);
});

test.each([
  ['preparing', true, { start: false, pause: false, resume: false, stop: true, reset: false, download: false }],
  ['training', true, { start: false, pause: true, resume: false, stop: true, reset: false, download: false }],
  ['measuring again', true, { start: false, pause: false, resume: false, stop: false, reset: false, download: false }],
  ['paused', false, { start: true, pause: false, resume: true, stop: true, reset: true, download: true }],
  ['lost', false, { start: true, pause: false, resume: true, stop: true, reset: true, download: false }],
  ['done', false, { start: true, pause: false, resume: false, stop: false, reset: true, download: true }],
] as const)('buttons while %s', (phase, running, expected) => {
  expect(controlsNow(during(phase, 10, running))).toEqual(expected);
});

test('nothing can be started without a device', () => {
  const s = { ...during('paused', 10, false), engine: 'lost' as const };
  expect(controlsNow(s)).toEqual({
    start: false,
    pause: false,
    resume: false,
    stop: false,
    reset: true,
    download: false,
  });
});

test('what is trained on must be there', () => {
  const s = { ...stateWith(imageInfo()), plan };
  const { config } = s;
  const on = (source: string) => ({
    ...s,
    config: { ...config, experiment: { ...config.experiment, data: { ...config.experiment.data, source } } },
  });
  expect(controlsNow(s).start).toBe(true);
  expect(controlsNow(on('labels')).start).toBe(false);
  expect(controlsNow(on('folder')).start).toBe(false);
  expect(controlsNow({ ...on('folder'), folder: { name: 'f', files: [], volumes: false } }).start).toBe(true);
});
