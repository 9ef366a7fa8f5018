import { expect, test } from 'vitest';
import { apply } from '../../src/app/document/timeline';
import { planeState } from '../../src/app/planeState';
import { pictureKey, placeNow, predictionKey, shownCase, withCase, withPrediction } from '../../src/app/state';
import { imageInfo, prediction, stateWith, volumeInfo } from './cases';

const view = { scale: 2, x: 3, y: 4 };
const size = { width: 100, height: 50 };
const of = (s: ReturnType<typeof stateWith>, plane: 'axial' | 'coronal' = 'axial') =>
  planeState(s, plane, view, size, 2);

const clicked = (s: ReturnType<typeof stateWith>, x: number) => {
  const { timeline, info } = shownCase(s)!;
  const edit = { type: 'addPoint', at: 'axial:0', point: { x, y: 1, label: 1 } } as const;
  return { ...s, ...withCase(s, info.id, { timeline: apply(timeline, edit) }) };
};

test('sizes and places are in device pixels', () => {
  expect(of(stateWith(imageInfo()))).toMatchObject({
    width: 200,
    height: 100,
    scale: 4,
    x: 6,
    y: 8,
    line: 3.5,
    slice: 0,
  });
});

test('nothing is drawn where nothing is to be seen', () => {
  expect(of(stateWith())).toBeNull();
  expect(of(stateWith(imageInfo()), 'coronal')).toBeNull();
  expect(of({ ...stateWith(volumeInfo()), layout: 'coronal' })).toBeNull();
  expect(of(stateWith(volumeInfo()), 'coronal')).toMatchObject({ plane: 'coronal', slice: 1 });
});

test('the proposal is that of the present prompt; until it is there, the last one for the slice is drawn', () => {
  const one = clicked(stateWith(imageInfo()), 1);
  const key = predictionKey(one)!;
  expect(of(one)?.proposal).toMatchObject({ key, fallback: null, mask: null });
  const answered = { ...one, ...withPrediction(one, key, prediction(0.5)) };
  const two = clicked(answered, 2);
  expect(of(two)?.proposal).toMatchObject({ key: predictionKey(two), fallback: key });
  expect(of({ ...two, which: 'adapted' })?.proposal?.fallback).toBeNull();
});

test('the hide key takes all colours away', () => {
  expect(of({ ...clicked(stateWith(imageInfo()), 1), hidden: true })).toMatchObject({ labels: false, proposal: null });
});

test('the preview is drawn faintly where there is no prompt, on the slice it is of, with the click tool', () => {
  const s = stateWith(imageInfo());
  const hovering = { ...s, hover: { key: 'h', place: pictureKey(placeNow(s)!) } };
  expect(of(hovering)?.proposal).toMatchObject({ key: 'h', faint: true });
  expect(of({ ...hovering, hover: { key: 'h', place: 'another slice' } })?.proposal).toBeNull();
  expect(of({ ...hovering, tool: 'brush' })?.proposal).toBeNull();
  const one = clicked(hovering, 1);
  expect(of(one)?.proposal).toMatchObject({ key: predictionKey(one) });
});
