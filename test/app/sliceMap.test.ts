import { expect, test } from 'vitest';
import { COLOURS, newObject } from '../../src/app/document/document';
import { planeOf } from '../../src/app/document/planes';
import { packMask } from '../../src/app/document/runs';
import { sliceMarks } from '../../src/app/sliceMap';
import { pictureKey } from '../../src/app/state';
import { opened, volumeInfo } from './cases';

const info = volumeInfo();
const runs = packMask(new Uint8Array(12).fill(1));
const withObject = (change: Partial<ReturnType<typeof newObject>>) => {
  const open = opened(info);
  const object = { ...newObject(1), ...change };
  return { ...open, timeline: { ...open.timeline, now: { objects: [object], active: 1 } } };
};

test('embedded slices are those of this plane, seen through the model’s window', () => {
  const open = opened(info);
  const key = (slice: number, window = open.look.modelWindow) =>
    pictureKey({ case: 'v', plane: 'axial', slice, window });
  const embedded = new Set([key(1), key(3, [0, 1])]);
  const marks = sliceMarks(embedded, open, planeOf(info, 'axial'));
  expect(marks).toEqual([{ slice: 1, embedded: true, mask: null, prompted: false }]);
  expect(sliceMarks(embedded, open, planeOf(info, 'coronal'))).toEqual([]);
});

test('masks and prompts of objects that are shown', () => {
  const point = { x: 1, y: 1, label: 1 } as const;
  const prompts = new Map([['axial:4', { points: [point], box: null, choice: null }]] as const);
  const open = withObject({ masks: new Map([[2, runs]]), prompts });
  expect(sliceMarks(new Set(), open, planeOf(info, 'axial'))).toEqual([
    { slice: 2, embedded: false, mask: `rgb(${COLOURS[0].join(' ')})`, prompted: false },
    { slice: 4, embedded: false, mask: null, prompted: true },
  ]);
  const hidden = withObject({ masks: new Map([[2, runs]]), hidden: true });
  expect(sliceMarks(new Set(), hidden, planeOf(info, 'axial'))).toEqual([]);
});
