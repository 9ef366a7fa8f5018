import { expect, test } from 'vitest';
import type { Edit } from '../../src/app/document/edits';
import { packMask } from '../../src/app/document/runs';
import { apply } from '../../src/app/document/timeline';
import { coloursOf, syncLabels } from '../../src/app/labelSync';
import type { ArgsOf } from '../../src/app/protocol';
import type { EngineClient } from '../../src/app/rpc';
import { shownCase, withCase } from '../../src/app/state';
import { makeStore } from '../../src/app/store';
import { stateWith, volumeInfo } from './cases';

const soon = () => new Promise((r) => setTimeout(r, 1));
const mask = packMask(Uint8Array.from({ length: 12 }, (_, i) => (i < 3 ? 1 : 0)));

test('the engine is sent the slices that changed, and colours; nothing when nothing changed', async () => {
  const sent: ArgsOf<'labels'>[] = [];
  const store = makeStore(stateWith(volumeInfo()));
  const client = { call: async (_: string, args: ArgsOf<'labels'>) => void sent.push(args) } as unknown as EngineClient;
  syncLabels(store, client, () => {});
  const edit = async (e: Edit) => {
    const { info, timeline } = shownCase(store.get())!;
    store.set(withCase(store.get(), info.id, { timeline: apply(timeline, e) }));
    await soon();
  };
  await edit({ type: 'setMasks', masks: new Map([[3, mask]]) });
  expect(sent.map((a) => a.slices.map((s) => s.z))).toEqual([[3]]);
  expect([...sent[0].slices[0].data]).toEqual([1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
  await edit({ type: 'recolour', object: 1, colour: [9, 8, 7] });
  expect(sent[1].slices).toEqual([]);
  expect([...sent[1].colours.slice(4, 8)]).toEqual([9, 8, 7, 255]);
  await edit({ type: 'activate', object: 1 });
  store.set({ pen: 0 });
  await soon();
  expect(sent).toHaveLength(2);
});

test('hidden objects have no alpha', () => {
  let t = apply(shownCase(stateWith(volumeInfo()))!.timeline, { type: 'setMasks', masks: new Map([[0, mask]]) });
  t = apply(t, { type: 'hide', object: 1, hidden: true });
  expect(coloursOf(t.now)[7]).toBe(0);
});
