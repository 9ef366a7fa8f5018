import { expect, test } from 'vitest';
import type { App } from '../../src/app/app';
import { placeKey } from '../../src/app/document/caseInfo';
import { planeOf } from '../../src/app/document/planes';
import { packMask, type Runs } from '../../src/app/document/runs';
import { makeEditControl } from '../../src/app/editControl';
import { canPropagate, propagate, seeds, setSlice, wordsOfPropagated } from '../../src/app/propagate';
import type { ArgsOf } from '../../src/app/protocol';
import { pictureKey, predictionKey, shownCase, withCase, withPrediction } from '../../src/app/state';
import { makeStore } from '../../src/app/store';
import type { Carried } from '../../src/app/volumeProtocol';
import { prediction, stateWith, volumeInfo } from './cases';

/** The first n pixels of 4 × 3. */
const mask = (n: number): Runs => packMask(Uint8Array.from({ length: 12 }, (_, i) => (i < n ? 1 : 0)));
const carried = (n: number, score = 0.9, overlap = 0.8): Carried => ({ mask: mask(n), score, overlap });

const info = volumeInfo('v', { dims: [4, 3, 5] });

/** The page with a volume, in slice 2 of 5, whose engine carries by `answer`. */
function page(answer: (a: ArgsOf<'carry'>) => Carried | null) {
  const store = makeStore(stateWith(info));
  const calls: ArgsOf<'carry'>[] = [];
  const client = {
    async call(_: string, a: ArgsOf<'carry'>) {
      calls.push(a);
      return answer(a);
    },
  };
  const control = { ...makeEditControl(store), report: (e: unknown) => expect(e).toBeUndefined() };
  return { app: { store, control, client } as unknown as App, calls, store, control };
}

const everywhere = { from: 0, to: 4, minScore: 0.5, keep: true, by: 'auto' } as const;

test('an object is carried both ways, in one step to undo; slices are embedded by it', async () => {
  const { app, calls, store, control } = page((a) => carried(a.at.slice === 4 ? 2 : 8));
  control.edit({ type: 'setMasks', masks: new Map([[2, mask(8)]]) });
  expect(canPropagate(store.get())).toBe(true);
  const found = await propagate(app, everywhere, null);
  expect(found).toMatchObject({ masks: 3, up: { slice: 3, why: 'vanished' }, down: { slice: 0, why: 'range' } });
  expect(calls.map((c) => c.at.slice)).toEqual([3, 4, 1, 0]);
  const open = shownCase(store.get())!;
  expect([...open.timeline.now.objects[0].masks.keys()].toSorted()).toEqual([0, 1, 2, 3]);
  expect(store.get().embedded.has(pictureKey(calls[0].at))).toBe(true);
  expect(store.get().work).toBeNull();
  control.undo();
  expect([...shownCase(store.get())!.timeline.now.objects[0].masks.keys()]).toEqual([2]);
  expect(wordsOfPropagated(found!)).toBe(
    '3 slices added: now 1 to 4. Below: the end of the range; above: the mask vanished.',
  );
});

test('a stop keeps what was found', async () => {
  const { app, store, control } = page((a) => {
    if (a.at.slice === 4) store.get().stopWork?.();
    return carried(8);
  });
  control.edit({ type: 'setMasks', masks: new Map([[2, mask(8)]]) });
  const found = (await propagate(app, everywhere, null))!;
  expect(found.down.why).toBe('stopped');
  expect(shownCase(store.get())!.timeline.now.objects[0].masks.has(3)).toBe(true);
  expect(wordsOfPropagated(found)).toMatch(/^Stopped; 2 slices kept/);
});

test('a proposal is accepted first; prompts of other slices are asked there', async () => {
  const { app, calls, store, control } = page(() => carried(8));
  const at = (slice: number) => placeKey({ plane: 'axial', slice });
  const point = { x: 1, y: 1, label: 1 } as const;
  control.edit({ type: 'addPoint', at: at(3), point });
  control.edit({ type: 'addPoint', at: at(2), point });
  const key = predictionKey(store.get())!;
  store.set(withPrediction(store.get(), key, { ...prediction(0.7), height: 3, masks: [mask(8)] }));
  const found = await propagate(app, { ...everywhere, from: 1, to: 3 }, null);
  expect(found).toMatchObject({ object: 1, masks: 2 });
  expect(calls.map((c) => [c.at.slice, c.own?.points.length ?? 0])).toEqual([
    [3, 1],
    [1, 0],
  ]);
});

test('nothing to carry, nothing done; the active object is meant first', async () => {
  const { app, store, control } = page(() => carried(8));
  expect(canPropagate(store.get())).toBe(false);
  expect(await propagate(app, everywhere, null)).toBeNull();
  const masks = new Map([[2, mask(8)]]);
  control.edit({ type: 'addObjects', objects: [{ masks }, { masks }, { masks: new Map([[1, mask(8)]]) }] });
  const ids = () => seeds(shownCase(store.get())!).map((o) => o.id);
  expect(ids()).toEqual([2, 1]);
  control.edit({ type: 'activate', object: 1 });
  expect(ids()).toEqual([1, 2]);
  const open = shownCase(store.get())!;
  store.set(withCase(store.get(), 'v', { look: { ...open.look, plane: 'coronal' } }));
  expect(ids()).toEqual([1, 3, 2]);
});

test('an object that was locked meanwhile keeps its masks, and that is said', () => {
  const { store, control } = page(() => carried(8));
  control.edit({ type: 'setMasks', masks: new Map([[2, mask(8)]]) });
  control.edit({ type: 'lock', object: 1, locked: true });
  const task = { g: planeOf(info, 'axial'), slice: 3, mask: mask(8), row: 'propagation 9' };
  expect(setSlice(store, info, 1, task)).toBe(false);
  expect([...shownCase(store.get())!.timeline.now.objects[0].masks.keys()]).toEqual([2]);
  expect(store.get().notice?.title).toBe('Object 1 is locked');
});
