import { expect, test } from 'vitest';
import { makeController } from '../../src/app/controller';
import type { EngineApi, EngineInfo, Method, PredictionInfo, RunInfo } from '../../src/app/protocol';
import { type EngineClient, EngineError } from '../../src/app/rpc';
import { type AppState, initialState, type ShownImage } from '../../src/app/state';
import { makeStore } from '../../src/app/store';

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
const base = { name: 'b', imgSize: 32, patchSize: 8, parameters: 10, trained: true };
const info: EngineInfo = { device: 'd', software: false, features: [], limits: {}, base };
const plan = { trained: 1, base: 10, percent: 10 };
const prediction: PredictionInfo = {
  n: 1,
  width: 4,
  height: 4,
  masks: new Uint8Array(16),
  iou: new Float32Array([0.5]),
  ms: 1,
};
const soon = () => new Promise((r) => setTimeout(r, 5));

type Answers = { [M in Method]?: (args: Parameters<EngineApi[M]>[0]) => unknown };

/** A controller whose engine answers as told; `calls` lists what it was asked. */
function setUp(answers: Answers, change: Partial<AppState> = {}) {
  const store = makeStore<AppState>({
    ...initialState(),
    engine: 'ready',
    image,
    embedded: new Set(['a']),
    plan,
    ...change,
  });
  const calls: string[] = [];
  const client = {
    async call(method: Method, args: never) {
      calls.push(method);
      const answer = answers[method];
      if (!answer) throw new EngineError({ kind: 'other', message: `${method} was not expected` });
      return answer(args);
    },
    fail() {},
  } as EngineClient;
  return { store, calls, control: makeController(store, client) };
}

const run = (phase: RunInfo['phase'], step: number): RunInfo => ({
  phase,
  config: initialState().config,
  plan,
  step,
  rows: [],
  seconds: 1,
});

test('a point is decoded, undone without a decode, and redone from memory', async () => {
  const { store, calls, control } = setUp({ predict: () => prediction });
  control.addPoint({ x: 1, y: 1, label: 1 });
  await soon();
  expect(store.get().predictions.size).toBe(1);
  control.undo();
  await soon();
  control.redo();
  await soon();
  expect(calls).toEqual(['predict']);
});

test('points that come while a decode runs are decoded once, together', async () => {
  const seen: number[] = [];
  let release = () => {};
  const { control, store } = setUp({
    predict: ({ points }) => {
      seen.push(points.length);
      return new Promise((done) => {
        release = () => done(prediction);
      });
    },
  });
  for (let x = 0; x < 4; x++) {
    control.addPoint({ x, y: 0, label: 1 });
    await soon();
  }
  release();
  await soon();
  release();
  await soon();
  expect(seen).toEqual([1, 4]);
  expect(store.get().decoding).toBe(false);
});

test('points set before the embedding is there are decoded when it is', async () => {
  const { control, store, calls } = setUp({ predict: () => prediction }, { embedded: new Set() });
  control.addPoint({ x: 1, y: 1, label: 1 });
  await soon();
  expect(calls).toEqual([]);
  store.set({ embedded: new Set(['a']) });
  await soon();
  expect(calls).toEqual(['predict']);
});

test('a failed decode becomes words, and the page goes on', async () => {
  const { control, store } = setUp({
    predict: () => {
      throw new EngineError({ kind: 'limit', message: 'needs one buffer of 2 GiB' });
    },
  });
  control.addPoint({ x: 1, y: 1, label: 1 });
  await soon();
  expect(store.get().notice).toMatchObject({ title: 'This GPU is too small for that', blocking: false });
  expect(store.get().decoding).toBe(false);
});

test('a lost device offers to restore; then the prompt is decoded again', async () => {
  let lost = true;
  const { control, store, calls } = setUp({
    predict: () => {
      if (lost) throw new EngineError({ kind: 'lost', message: 'the device was lost' });
      return prediction;
    },
    restore: () => info,
    embed: () => ({ ms: 0, cached: true }),
  });
  control.addPoint({ x: 1, y: 1, label: 1 });
  await soon();
  expect(store.get()).toMatchObject({ engine: 'lost', notice: { action: { does: 'restore' } } });
  lost = false;
  await control.restore();
  await soon();
  expect(store.get()).toMatchObject({ engine: 'ready', notice: null });
  expect(store.get().predictions.size).toBe(1);
  expect(calls).toEqual(['predict', 'restore', 'embed', 'predict']);
});

test('a run: adapt, pause, resume, and the adapted model is shown at the end', async () => {
  const { control, store, calls } = setUp({
    adapt: () => run('paused', 10),
    resume: ({ finish }) => run(finish ? 'stopped' : 'done', 20),
    halt: () => null,
  });
  await control.adapt();
  expect(store.get()).toMatchObject({ running: false, which: 'base', run: { phase: 'paused' } });
  control.look('adapted');
  expect(store.get().which).toBe('adapted');
  await control.resume();
  expect(store.get()).toMatchObject({ which: 'adapted', run: { phase: 'done', step: 20 } });
  expect(calls).toEqual(['adapt', 'resume']);
});

test('a paused run that is stopped is measured where it stands', async () => {
  const asked: boolean[] = [];
  const { control, store } = setUp(
    {
      resume: ({ finish }) => {
        asked.push(finish);
        return run('stopped', 10);
      },
    },
    { run: run('paused', 10) },
  );
  await control.stop();
  expect(asked).toEqual([true]);
  expect(store.get().run?.phase).toBe('stopped');
});

test('a run whose device is lost keeps its place', async () => {
  const { control, store } = setUp({
    adapt: () => {
      store.set({ run: run('training', 10) });
      throw new EngineError({ kind: 'lost', message: 'gone' });
    },
  });
  await control.adapt();
  expect(store.get()).toMatchObject({
    engine: 'lost',
    running: false,
    which: 'base',
    run: { phase: 'lost', step: 10 },
  });
});

test('options that make no sense are said, and nothing can be started with them', async () => {
  const { control, store } = setUp({ plan: () => plan });
  control.setRun({ steps: 0 });
  expect(store.get().plan).toBeNull();
  expect(store.get().notice?.text[0]).toMatch(/steps/);
  control.setRun({ steps: 20 });
  await soon();
  expect(store.get()).toMatchObject({ plan, config: { steps: 20 } });
});

test('the adapted model cannot be looked at before there is one', () => {
  const { control, store } = setUp({});
  control.look('adapted');
  expect(store.get().which).toBe('base');
});

test('the pen flips, points can be removed one by one or all at once, each undoably', () => {
  const { control, store } = setUp({}, { engine: 'starting' });
  control.flipPen();
  expect(store.get().pen).toBe(0);
  for (const x of [1, 2, 3]) control.addPoint({ x, y: 0, label: 1 });
  control.removePoint(1);
  const xs = () =>
    store
      .get()
      .prompts.get('a')
      ?.now.map((p) => p.x);
  expect(xs()).toEqual([1, 3]);
  control.clearPoints();
  expect(xs()).toEqual([]);
  control.undo();
  control.undo();
  expect(xs()).toEqual([1, 2, 3]);
});
