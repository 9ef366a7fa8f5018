import { expect, test } from 'vitest';
import { makeController } from '../../src/app/controller';
import type { Addition } from '../../src/app/importFiles';
import type { EngineApi, EngineInfo, Method } from '../../src/app/protocol';
import { type EngineClient, EngineError } from '../../src/app/rpc';
import { type AppState, pictureKey, placeNow, promptOf, shownCase } from '../../src/app/state';
import { makeStore } from '../../src/app/store';
import { prediction as answer, imageInfo, runInfo, stateWith, volumeInfo } from './cases';

const base = { name: 'b', imgSize: 32, patchSize: 8, parameters: 10, trained: true };
const info: EngineInfo = { device: 'd', software: false, features: [], limits: {}, base };
const plan = { trained: 1, base: 10, percent: 10 };
const prediction = answer(0.5);
const start = stateWith(imageInfo());
const embedded = new Set([pictureKey(placeNow(start)!)]);
const soon = () => new Promise((r) => setTimeout(r, 5));

type Answers = { [M in Method]?: (args: Parameters<EngineApi[M]>[0]) => unknown };

/** A controller whose engine answers as told; `calls` lists what it was asked. */
function setUp(answers: Answers, change: Partial<AppState> = {}) {
  const store = makeStore<AppState>({ ...start, embedded, plan, ...change });
  const calls: string[] = [];
  const client = {
    async call(method: Method, args: never) {
      const aside: Answers = {
        labels: () => null,
        close: () => null,
        plan: () => plan,
        runs: () => [],
        estimate: () => null,
      };
      if (!answers[method] && aside[method]) return aside[method](args);
      calls.push(method);
      const answer = answers[method];
      if (!answer) throw new EngineError({ kind: 'other', message: `${method} was not expected` });
      return answer(args);
    },
    fail() {},
  } as EngineClient;
  return { store, calls, control: makeController(store, client) };
}

test('a point is decoded; after undo and redo the engine is asked for what it holds', async () => {
  const { store, calls, control } = setUp({ predict: () => prediction });
  control.addPoint({ x: 1, y: 1, label: 1 });
  await soon();
  expect(store.get().predictions.size).toBe(1);
  control.undo();
  await soon();
  control.redo();
  await soon();
  expect(calls).toEqual(['predict', 'predict']);
  expect(store.get().predictions.size).toBe(1);
});

test('points that come while a decode runs are decoded once, together', async () => {
  const seen: number[] = [];
  let release = () => {};
  const { control, store } = setUp({
    predict: ({ prompt }) => {
      seen.push(prompt.points.length);
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
  let done = (_: { ms: number; cached: boolean }) => {};
  const embed = () => new Promise((resolve) => (done = resolve));
  const { control, store, calls } = setUp({ predict: () => prediction, embed }, { embedded: new Set() });
  control.addPoint({ x: 1, y: 1, label: 1 });
  await soon();
  expect(calls).toEqual(['embed']);
  done({ ms: 1, cached: false });
  await soon();
  expect(calls).toEqual(['embed', 'predict']);
  expect(store.get().work).toBeNull();
});

test('an embedding that fails is said once and not tried for ever', async () => {
  const embed = () => {
    throw new EngineError({ kind: 'memory', message: 'no room' });
  };
  const { control, calls, store } = setUp({ embed }, { embedded: new Set() });
  control.flipPen();
  await soon();
  control.flipPen();
  await soon();
  expect(calls).toEqual(['embed']);
  expect(store.get().notice?.title).toMatch(/memory/);
});

test('who scrolls through a volume embeds the slice where they rest, not those on the way', async () => {
  const places: number[] = [];
  const embed = ({ at }: { at: { slice: number } }) => {
    places.push(at.slice);
    return { ms: 1, cached: false };
  };
  const { control } = setUp({ embed }, stateWith(volumeInfo()));
  for (const slice of [0, 1, 2, 3]) {
    control.setSlice('axial', slice);
    await soon();
  }
  expect(places).toEqual([]);
  await new Promise((r) => setTimeout(r, 450));
  expect(places).toEqual([3]);
});

test('accepting a proposal gives the object its mask; undo brings the prompt back', async () => {
  const { control, store } = setUp({ predict: () => answer(0.2, 0.9, 0.4) });
  expect(control.commit()).toBe(false);
  control.addPoint({ x: 1, y: 1, label: 1 });
  await soon();
  control.pick(2);
  expect(control.commit()).toBe(true);
  const doc = () => shownCase(store.get())!.timeline.now;
  expect(doc().objects[0].score).toBeCloseTo(0.4, 6);
  expect([...doc().objects[0].masks.keys()]).toEqual([0]);
  expect(promptOf(store.get()).points).toEqual([]);
  control.undo();
  expect(promptOf(store.get())).toMatchObject({ choice: 2, points: [{ x: 1 }] });
});

test('cases are opened, shown and closed; what was made of one stays while another is shown', async () => {
  const opens = {
    files: () => ({
      ...{ cases: [imageInfo('b'), volumeInfo()], additions: [], warnings: [] },
      refused: [{ name: 'x', message: 'x: empty' }],
    }),
  };
  const { control, store } = setUp({ ...opens, embed: () => ({ ms: 1, cached: true }) });
  control.edit({ type: 'setMasks', masks: new Map([[0, prediction.masks[0]]]) });
  await control.openFiles([new File([], 'x')]);
  expect([...store.get().cases.keys()]).toEqual(['a', 'b', 'v']);
  expect(store.get()).toMatchObject({ shown: 'b', notice: { text: ['x: empty'] } });
  control.showCase('a');
  expect(shownCase(store.get())?.timeline.now.objects).toHaveLength(1);
  control.closeCase('a');
  expect(store.get()).toMatchObject({ shown: 'v' });
  expect(store.get().cases.has('a')).toBe(false);
});

test('a mask and a session are put onto their case, as one step each that can be undone', async () => {
  const masks = new Map([[0, prediction.masks[0]]]);
  let additions: readonly Addition[] = [{ case: 'a', name: 'm.png', objects: [{ id: 7, name: 'disc', masks }] }];
  let asked: unknown;
  const { control, store } = setUp({
    files: (args) => {
      asked = args;
      return { cases: [], additions, refused: [], warnings: [] };
    },
  });
  const doc = () => shownCase(store.get())!.timeline.now;
  await control.openFiles([new File([], 'm.png')]);
  expect(asked).toMatchObject({ open: ['a'], shown: 'a' });
  expect(doc().objects.map((o) => [o.id, o.name, o.committed])).toEqual([[7, 'disc', true]]);
  expect(store.get().notice).toMatchObject({ tone: 'info', text: ['m.png: 1 object added to a.png'] });
  const before = doc();
  additions = [{ case: 'a', name: 's.json', doc: { objects: [], active: null }, look: { smooth: false } }];
  await control.openFiles([new File([], 's.json')]);
  expect(doc().objects).toEqual([]);
  expect(shownCase(store.get())?.look.smooth).toBe(false);
  control.undo();
  expect(doc()).toBe(before);
  control.undo();
  expect(doc().objects).toEqual([]);
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
  expect(promptOf(store.get()).points).toHaveLength(1);
});

test('a run: adapt, pause, resume, and the adapted model is shown at the end', async () => {
  const { control, store, calls } = setUp({
    adapt: () => runInfo('paused', 10),
    resume: ({ finish }) => runInfo(finish ? 'stopped' : 'done', 20),
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
        return runInfo('stopped', 10);
      },
    },
    { run: runInfo('paused', 10) },
  );
  await control.stop();
  expect(asked).toEqual([true]);
  expect(store.get().run?.phase).toBe('stopped');
});

test('a run whose device is lost keeps its place', async () => {
  const { control, store } = setUp({
    adapt: () => {
      store.set({ run: runInfo('training', 10) });
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
  control.setRun({ experiment: { train: { steps: 0 } } });
  expect(store.get().plan).toBeNull();
  expect(store.get().notice?.text[0]).toMatch(/steps/);
  control.setRun({ experiment: { train: { steps: 20 } } });
  await soon();
  expect(store.get()).toMatchObject({ plan, config: { experiment: { train: { steps: 20 } } } });
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
  const xs = () => promptOf(store.get()).points.map((p) => p.x);
  expect(xs()).toEqual([1, 3]);
  control.clearPoints();
  expect(xs()).toEqual([]);
  control.undo();
  control.undo();
  expect(xs()).toEqual([1, 2, 3]);
});

test('one step: of the paused run, else the first of a new one', async () => {
  const asked: unknown[] = [];
  const answers: Answers = {
    adapt: ({ only }) => {
      asked.push(only);
      return runInfo('paused', 1);
    },
    resume: ({ run, only }) => {
      asked.push([run, only]);
      return runInfo('paused', 2);
    },
  };
  const { control, store } = setUp(answers);
  await control.step();
  await control.step();
  expect(asked).toEqual([1, ['r', 1]]);
  control.reset();
  expect(store.get()).toMatchObject({ run: null, curve: [], which: 'base' });
});

test('labels of open cases go with a run that trains on them', async () => {
  const sources: unknown[] = [];
  const { control } = setUp({
    adapt: ({ source }) => {
      sources.push(source);
      return runInfo('done', 1);
    },
  });
  control.setRun({ experiment: { data: { source: 'labels' } } });
  await soon();
  await control.adapt();
  expect(sources).toEqual([]);
  control.edit({ type: 'setMasks', masks: new Map([[0, prediction.masks[0]]]) });
  await control.adapt();
  expect(sources).toMatchObject([
    {
      kind: 'labels',
      volumes: false,
      cases: [{ case: 'a', objects: [{ name: 'Object 1', masks: [[0, prediction.masks[0]]] }] }],
    },
  ]);
});

test('an unfinished run of an earlier visit is shown, with its curves', async () => {
  const last = runInfo('paused', 10, { base: { name: 'b', fingerprint: null } });
  const { control, store } = setUp({
    open: () => info,
    runs: () => [last],
    useRun: () => ({ run: last, curve: [{ step: 10, loss: 0.5 }] }),
  });
  await control.start();
  expect(store.get()).toMatchObject({ run: { id: 'r', step: 10 }, curve: [{ step: 10 }], which: 'base' });
});

test('a run on another base takes its base along', async () => {
  const other = runInfo('done', 10, { base: { name: 'other', fingerprint: null } });
  const { control, store, calls } = setUp(
    {
      useBase: () => ({ ...info, base: { ...base, name: 'other' } }),
      useRun: () => ({ run: other, curve: [] }),
      embed: () => ({ ms: 1, cached: true }),
    },
    { info, runs: [other] },
  );
  await control.useRun('r');
  expect(calls.filter((c) => c !== 'embed')).toEqual(['useBase', 'useRun']);
  expect(store.get()).toMatchObject({ info: { base: { name: 'other' } }, run: { id: 'r' } });
});

test('a chosen folder is known as volumes before anything is read, and estimated as such', async () => {
  const asked: unknown[] = [];
  const { control, store } = setUp({
    holdsVolumes: () => true,
    estimate: ({ volumes }) => {
      asked.push(volumes);
      return null;
    },
  });
  control.setRun({ experiment: { data: { source: 'folder' } } });
  await control.useFolder('study', [{ path: 'study/a.nii', blob: new Blob() }]);
  expect(store.get().folder).toMatchObject({ name: 'study', volumes: true });
  await new Promise((r) => setTimeout(r, 400));
  expect(asked).toEqual([true]);
});

test('a click while a run is prepared waits for its adapter', async () => {
  const run = runInfo('preparing', 4);
  const { control, store, calls } = setUp(
    { predict: () => prediction, embed: () => ({ ms: 1, cached: true }) },
    { run },
  );
  store.set({ which: 'adapted' });
  control.addPoint({ x: 1, y: 1, label: 1 });
  await soon();
  expect(calls).toEqual([]);
  store.set({ run: { ...run, phase: 'training' } });
  await soon();
  expect(calls).toEqual(['embed', 'predict']);
});
