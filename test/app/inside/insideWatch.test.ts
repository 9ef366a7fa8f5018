import { expect, test } from 'vitest';
import type { App } from '../../../src/app/app';
import { setInside, watchInside } from '../../../src/app/inside/insideWatch';
import type { Method } from '../../../src/app/protocol';
import { makeStore } from '../../../src/app/store';
import { imageInfo, stateWith } from '../cases';

const soon = () => new Promise((r) => setTimeout(r, 5));

/** A page on the tab whose engine answers when the test says so. */
function setUp() {
  const store = makeStore({ ...stateWith(imageInfo()), tab: 'inside' });
  const calls: { method: Method; args: { x?: number } }[] = [];
  const waiting: (() => void)[] = [];
  const parts = [{ path: 'image_encoder.blocks.0', heads: 2, window: 8 }];
  const client = {
    async call(method: Method, args: object) {
      calls.push({ method, args });
      if (method === 'insideParts') return parts;
      if (method === 'attention') await new Promise<void>((r) => waiting.push(r));
      return method === 'weights' ? { trained: false, matrices: [] } : { method };
    },
  };
  const app = { store, client, control: { report: () => {} } } as unknown as App;
  watchInside(app);
  const point = (x: number) => setInside(app, { point: { case: 'a', plane: 'axial', slice: 0, x, y: 1, label: 1 } });
  return { store, calls, waiting, point };
}

test('a moving pointer asks for one attention at a time, and then for the newest place only', async () => {
  const { store, calls, waiting, point } = setUp();
  for (const x of [1, 2, 3]) {
    point(x);
    await soon();
  }
  const asked = () => calls.filter((c) => c.method === 'attention').map((c) => c.args.x);
  expect(asked()).toEqual([1]);
  waiting[0]();
  await soon();
  expect(asked()).toEqual([1, 3]);
  expect(store.get().inside.attention?.place).toEqual({ case: 'a', plane: 'axial', slice: 0 });
  // Parts and weights were asked for once: nothing that they depend on has changed.
  expect(calls.filter((c) => c.method === 'insideParts')).toHaveLength(1);
  expect(calls.filter((c) => c.method === 'weights')).toHaveLength(1);
  expect(calls.filter((c) => c.method === 'activations')).toHaveLength(0);
});

test('on other tabs nothing is asked', async () => {
  const { store, calls, point } = setUp();
  store.set({ tab: 'segment' });
  await soon();
  calls.length = 0;
  point(2);
  await soon();
  expect(calls).toEqual([]);
});
