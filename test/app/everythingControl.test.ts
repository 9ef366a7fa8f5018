import { expect, test } from 'vitest';
import { packMask } from '../../src/app/document/runs';
import { makeEverythingControl } from '../../src/app/everythingControl';
import { type EngineClient, EngineError } from '../../src/app/rpc';
import type { FoundMask } from '../../src/app/segmentProtocol';
import { type AppState, shownCase } from '../../src/app/state';
import { makeStore } from '../../src/app/store';
import { imageInfo, stateWith } from './cases';

const found = (iou: number, ...mask: number[]): FoundMask => ({
  ...{ mask: packMask(Uint8Array.from({ length: 16 }, (_, i) => (mask.includes(i) ? 1 : 0))), iou, stability: 1 },
  area: mask.length,
});

function setUp(answer: () => Promise<readonly FoundMask[]>) {
  const store = makeStore<AppState>(stateWith(imageInfo('a'), imageInfo('b')));
  const said: unknown[] = [];
  const client = { call: answer, fail() {} } as unknown as EngineClient;
  const control = makeEverythingControl(store, client, (e) => said.push(e));
  return { store, said, control, objects: () => store.get().cases.get('a')!.timeline.now.objects };
}

test('all that is found becomes objects in one step, of the case that was asked about', async () => {
  const { store, control, objects } = setUp(async () => [found(0.9, 0, 1, 2), found(0.95, 1)]);
  const running = control.everything();
  expect(store.get().everything.busy).toBe(true);
  store.set({ shown: 'b' });
  await running;
  expect(store.get().everything).toMatchObject({ busy: false, found: { added: 2, left: 0 } });
  expect(objects().map((o) => [o.id, o.score, o.committed])).toEqual([
    [1, 0.9, true],
    [2, 0.95, true],
  ]);
  expect(store.get().cases.get('a')!.timeline.past).toHaveLength(1);
  expect(shownCase(store.get())?.timeline.now.objects).toEqual([]);
});

test('of more than there are ids the surest are kept, in their order', async () => {
  const many = Array.from({ length: 300 }, (_, i) => found((i * 7919) % 300, i % 16));
  const { store, control, objects } = setUp(async () => many);
  await control.everything();
  expect(store.get().everything.found).toMatchObject({ added: 255, left: 45 });
  const scores = objects().map((o) => o.score!);
  expect(Math.min(...scores)).toBe(45);
  expect(scores).toEqual(many.map((f) => f.iou).filter((s) => s >= 45));
});

test('what goes wrong is said, and it can be tried again; options that make no sense are refused', async () => {
  const { store, control, said } = setUp(() => Promise.reject(new EngineError({ kind: 'memory', message: 'no room' })));
  await control.everything();
  expect(said).toHaveLength(1);
  expect(store.get().everything.busy).toBe(false);
  control.setEverything({ pointsPerSide: 4 });
  control.setEverything({ boxNmsThresh: 3 });
  expect(said).toHaveLength(2);
  expect(store.get().everything.options).toMatchObject({ pointsPerSide: 4, boxNmsThresh: 0.7 });
});
