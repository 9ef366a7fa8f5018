import { expect, test } from 'vitest';
import { packMask } from '../../src/app/document/runs';
import { apply } from '../../src/app/document/timeline';
import { type AppState, shownCase, withCase } from '../../src/app/state';
import { makeStore } from '../../src/app/store';
import { changeVolume, volumeLookOf, volumeState } from '../../src/app/volumeState';
import { imageInfo, stateWith, volumeInfo } from './cases';

const size = { width: 100, height: 50 };

/** With one object that has a mask. */
const masked = (s: AppState): AppState => {
  const { timeline, info } = shownCase(s)!;
  const masks = new Map([[1, packMask(new Uint8Array(12).fill(1))]]);
  return { ...s, ...withCase(s, info.id, { timeline: apply(timeline, { type: 'commit', masks, score: null }) }) };
};

test('only volumes have the view, and it is drawn where the layout shows it; sizes are in device pixels', () => {
  expect(volumeState(stateWith(), size, 1, false)).toBeNull();
  expect(volumeState(stateWith(imageInfo()), size, 1, false)).toBeNull();
  expect(volumeState({ ...stateWith(volumeInfo()), layout: 'axial' }, size, 1, false)).toBeNull();
  expect(volumeState(stateWith(volumeInfo()), size, 2, true)).toMatchObject({
    ...{ case: 'v', width: 200, height: 100, mode: 'shaded', moving: true, opacities: [] },
    clip: [
      [0, 0, 0],
      [4, 3, 5],
    ],
  });
});

test('objects with masks are seen unless colours are hidden, each with its own opacity', () => {
  const s = masked(stateWith(volumeInfo()));
  expect(volumeState(s, size, 1, false)?.opacities).toEqual([[1, 1]]);
  expect(volumeState({ ...s, hidden: true }, size, 1, false)?.opacities).toEqual([]);
  const store = makeStore(s);
  changeVolume(store, () => ({ opacities: new Map([[1, 0.25]]) }));
  expect(volumeState(store.get(), size, 1, false)?.opacities).toEqual([[1, 0.25]]);
});

test('looks belong to cases', () => {
  const store = makeStore(stateWith(volumeInfo('a'), volumeInfo('b')));
  changeVolume(store, () => ({ mode: 'mip' }));
  expect([volumeLookOf(store.get(), 'a').mode, volumeLookOf(store.get(), 'b').mode]).toEqual(['mip', 'shaded']);
});

test('processors get small pictures in small pieces', () => {
  const s = stateWith(volumeInfo());
  const detail = (software: boolean) => volumeState({ ...s, info: { ...s.info!, software } }, size, 1, false)!.detail;
  expect(detail(true).quick.side).toBeLessThanOrEqual(160);
  expect(detail(true).rays).toBeLessThan(detail(false).rays);
});
