import { expect, test } from 'vitest';
import { planeOf } from '../../src/app/document/planes';
import { packMask, unpackMask } from '../../src/app/document/runs';
import { predictionKey, withPrediction } from '../../src/app/state';
import { objectAt, reshapeActive, strokeEdit } from '../../src/app/strokes';
import { imageInfo, opened, prediction, volumeInfo } from './cases';
import { toolWorld } from './toolWorld';

const dot = (...at: number[]) => Uint8Array.from({ length: 16 }, (_, i) => (at.includes(i) ? 1 : 0));
const stroke = (mask: Uint8Array, how: 'or' | 'minus' = 'or', from = { x: 0.5, y: 0.5 }) =>
  ({ plane: 'axial', slice: 0, from, mask, how }) as const;
const pixels = (w: ReturnType<typeof toolWorld>, object = 0) => [...unpackMask(w.doc().objects[object].masks.get(0)!)];

test('a stroke on a proposal corrects it: the result is the object’s mask, the prompt is done with, in one step', () => {
  const w = toolWorld(imageInfo());
  w.app.control.addPoint({ x: 1, y: 1, label: 1 });
  const s = w.store.get();
  w.store.set(withPrediction(s, predictionKey(s)!, prediction(0.2, 0.9)));
  w.app.control.edit(strokeEdit(w.store.get(), stroke(dot(0, 3), 'minus'))!);
  expect(pixels(w)).toEqual([0, 1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0]);
  expect(w.prompt().points).toEqual([]);
  w.app.control.undo();
  expect(w.prompt().points).toHaveLength(1);
});

test('without an active object it is the topmost under the beginning, else a new one; locked ones are left alone', () => {
  const w = toolWorld(imageInfo());
  const { control } = w.app;
  control.edit({ type: 'addObjects', objects: [{ masks: new Map([[0, packMask(dot(0, 1))]]) }] });
  control.edit({ type: 'addObjects', objects: [{ masks: new Map([[0, packMask(dot(0))]]) }] });
  const target = () => strokeEdit(w.store.get(), stroke(dot(5))) as { object: number | null } | null;
  expect(target()?.object).toBe(2);
  control.edit({ type: 'hide', object: 2, hidden: true });
  expect(target()?.object).toBe(1);
  control.edit({ type: 'lock', object: 1, locked: true });
  const before = w.doc();
  control.edit(strokeEdit(w.store.get(), stroke(dot(5)))!);
  expect(w.doc()).toBe(before);
  expect(w.store.get().notice).toMatchObject({ tone: 'info', title: 'Object 1 is locked' });
  expect(strokeEdit(w.store.get(), stroke(dot(5), 'or', { x: 3.5, y: 3.5 }))).toMatchObject({ object: null });
  expect(strokeEdit(w.store.get(), stroke(dot(5), 'minus', { x: 3.5, y: 3.5 }))).toBeNull();
});

test('objects are found on every plane of a volume, by the voxel that is seen there', () => {
  const open = opened(volumeInfo());
  const w = toolWorld(volumeInfo());
  // Voxel (2, 1, 3).
  const mask = Uint8Array.from({ length: 12 }, (_, i) => (i === 6 ? 1 : 0));
  w.app.control.edit({ type: 'addObjects', objects: [{ masks: new Map([[3, packMask(mask)]]) }] });
  const now = { ...open, timeline: { ...open.timeline, now: w.doc() } };
  const hits: string[] = [];
  for (const plane of ['axial', 'coronal', 'sagittal'] as const)
    for (let slice = 0; slice < 5; slice++)
      for (let y = 0; y < 5; y++)
        for (let x = 0; x < 5; x++)
          if (objectAt(now, plane, slice, { x: x + 0.5, y: y + 0.5 })) hits.push(`${plane} ${slice}`);
  expect(hits).toEqual(['axial 3', 'coronal 1', 'sagittal 2']);
});

test('holes are filled and islands taken away from the active object alone', () => {
  const w = toolWorld(imageInfo());
  expect(reshapeActive(w.store.get(), 'fill')).toBeNull();
  const ring = dot(0, 1, 2, 4, 6, 8, 9, 10, 15);
  w.app.control.edit({ type: 'setMasks', masks: new Map([[0, packMask(ring)]]) });
  w.app.control.edit(reshapeActive(w.store.get(), 'fill')!);
  expect(pixels(w)).toEqual([...dot(0, 1, 2, 4, 5, 6, 8, 9, 10, 15)]);
  expect(reshapeActive(w.store.get(), 'fill')).toBeNull();
  // 15 touches 10 at a corner.
  expect(reshapeActive(w.store.get(), 'largest')).toBeNull();
});

test('a stroke on another plane goes through the slices it crosses, and leaves the rest of them as it was', () => {
  const w = toolWorld(volumeInfo());
  const corner = Uint8Array.from({ length: 12 }, (_, i) => (i === 0 ? 1 : 0));
  w.app.control.edit({ type: 'setMasks', masks: new Map([[2, packMask(corner)]]) });
  const info = volumeInfo();
  const g = planeOf(info, 'coronal');
  // All of the coronal slice 1: one row (y = 1) of every slice along z.
  const mask = new Uint8Array(g.columns * g.rows).fill(1);
  const made = strokeEdit(w.store.get(), { plane: 'coronal', slice: 1, from: { x: 0.5, y: 0.5 }, mask, how: 'or' });
  w.app.control.edit(made!);
  const { masks } = w.doc().objects[0];
  expect([...masks.keys()].toSorted()).toEqual([0, 1, 2, 3, 4]);
  expect([...unpackMask(masks.get(0)!)]).toEqual([0, 0, 0, 0, 1, 1, 1, 1, 0, 0, 0, 0]);
  expect([...unpackMask(masks.get(2)!)]).toEqual([1, 0, 0, 0, 1, 1, 1, 1, 0, 0, 0, 0]);
});
