import { expect, test } from 'vitest';
import { cocoOf } from '../../src/app/coco';
import { packMask } from '../../src/app/document/runs';
import { apply, startTimeline } from '../../src/app/document/timeline';
import { imageInfo, volumeInfo } from './cases';

test('one annotation an object and slice; objects of one name share a category', () => {
  // 4 × 3 voxels a slice.
  const pixels = (...on: number[]) => packMask(Array.from({ length: 12 }, (_, i) => Number(on.includes(i))));
  const info = volumeInfo('v', { source: { ...imageInfo().source, dims: [4, 3, 5] } });
  const { now } = apply(startTimeline(), {
    type: 'addObjects',
    objects: [
      {
        name: 'nodule',
        masks: new Map([
          [2, pixels(5, 6, 9)],
          [4, pixels(0)],
        ]),
      },
      { name: 'lung', masks: new Map([[2, pixels(0, 1, 2, 3)]]), score: 0.75 },
      { name: 'nodule', masks: new Map([[2, pixels(11)]]) },
      { name: 'nothing', masks: new Map() },
    ],
  });
  const file = cocoOf(now, info);
  expect(file.categories).toEqual([
    { id: 1, name: 'nodule', supercategory: '' },
    { id: 2, name: 'lung', supercategory: '' },
  ]);
  expect(file.images).toEqual([
    { id: 1, file_name: 'v.png#2', width: 4, height: 3, slice: 2 },
    { id: 2, file_name: 'v.png#4', width: 4, height: 3, slice: 4 },
  ]);
  expect(file.annotations.map((a) => [a.image_id, a.category_id, a.area, a.bbox, a.score])).toEqual([
    [1, 1, 3, [1, 1, 2, 2], undefined],
    [2, 1, 1, [0, 0, 1, 1], undefined],
    [1, 2, 4, [0, 0, 4, 1], 0.75],
    [1, 1, 1, [3, 2, 1, 1], undefined],
  ]);
  // Down the columns 4, 2, 1, 1, 4; the last two as −1 and 3, differences to the run two before.
  expect(file.annotations[0].segmentation).toEqual({ size: [3, 4], counts: '421O3' });
});

test('an image is one image', () => {
  const mask = packMask([1, ...Array(15).fill(0)]);
  const { now } = apply(startTimeline(), { type: 'setMasks', masks: new Map([[0, mask]]) });
  expect(cocoOf(now, imageInfo()).images).toEqual([{ id: 1, file_name: 'a.png', width: 4, height: 4 }]);
});
