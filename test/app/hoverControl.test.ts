import { expect, test } from 'vitest';
import { makeHoverControl } from '../../src/app/hoverControl';
import type { EngineClient } from '../../src/app/rpc';
import { type AppState, pictureKey, placeNow } from '../../src/app/state';
import { makeStore } from '../../src/app/store';
import { imageInfo, stateWith } from './cases';

const soon = () => new Promise((r) => setTimeout(r, 1));
const start = stateWith(imageInfo());
const place = pictureKey(placeNow(start)!);
const spot = (x: number) => ({ plane: 'axial', slice: 0, x, y: 1 }) as const;

/** A preview whose engine answers when `answer` is called, and then has taken `ms`. */
function setUp(change: Partial<AppState> = {}) {
  const store = makeStore<AppState>({ ...start, embedded: new Set([place]), ...change });
  const asked: number[] = [];
  const keys: string[] = [];
  let done = (_: number) => {};
  const client = {
    call: (_: string, { point, key }: { point: { x: number }; key: string }) => {
      asked.push(point.x);
      keys.push(key);
      return new Promise((resolve) => (done = (ms) => resolve({ iou: 1, ms })));
    },
    fail() {},
  } as unknown as EngineClient;
  const said: unknown[] = [];
  const { hover } = makeHoverControl(store, client, (e) => said.push(e));
  const answer = async (ms: number) => {
    done(ms);
    await soon();
  };
  return { store, asked, keys, hover, answer, said };
}

test('one decode at a time, and of those that wait only the newest', async () => {
  const t = setUp();
  for (const x of [1, 2, 3, 4]) t.hover(spot(x));
  expect(t.asked).toEqual([1]);
  await t.answer(5);
  expect(t.asked).toEqual([1, 4]);
  await t.answer(5);
  expect(t.asked).toEqual([1, 4]);
  expect(t.store.get().hover).toEqual({ key: t.keys[1], place });
  // What is shown is never written over.
  expect(t.keys[0]).not.toBe(t.keys[1]);
});

test('a pointer that left shows nothing, also when the answer comes later', async () => {
  const t = setUp();
  t.hover(spot(1));
  t.hover(null);
  await t.answer(5);
  expect(t.store.get().hover).toBeNull();
});

test('none while there is a prompt, while training, without an embedding, when it is switched off', () => {
  const run = { running: true };
  for (const change of [run, { embedded: new Set<string>() }, { view: { ...start.view, hover: false } }]) {
    const t = setUp(change);
    t.hover(spot(1));
    expect(t.asked).toEqual([]);
  }
});

test('it goes off where three in a row are slow, and says how slow; switching it on asks again', async () => {
  const t = setUp();
  const move = async (ms: number) => {
    t.hover(spot(1));
    await t.answer(ms);
  };
  for (const ms of [500, 400, 20, 400, 300]) await move(ms);
  expect(t.store.get().slowHover).toBeNull();
  await move(280);
  expect(t.store.get().slowHover).toBe(280);
  const before = t.asked.length;
  await move(1);
  expect(t.asked.length).toBe(before);
  t.store.set({ view: { ...t.store.get().view, hover: false } });
  await soon();
  t.store.set({ view: { ...t.store.get().view, hover: true } });
  await soon();
  expect(t.store.get().slowHover).toBeNull();
  // Far too slow: once is enough.
  await move(900);
  expect(t.store.get().slowHover).toBe(900);
});
