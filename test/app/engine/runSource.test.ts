import { expect, test } from 'vitest';
import { folderHoldsVolumes } from '../../../src/app/engine/runSource';

const holds = (...paths: string[]) => folderHoldsVolumes(paths.map((path) => ({ path, blob: new Blob(['x']) })));

test('a chosen folder is known as volumes or images before it is read, its own name put aside', async () => {
  expect(await holds('study/images/a.nii.gz', 'study/labels/a.nii.gz')).toBe(true);
  expect(await holds('study/a.nii', 'study/a_seg.nii')).toBe(true);
  expect(await holds('study/images/a.png', 'study/masks/a.png', 'study/source.nii')).toBe(false);
  expect(await holds('images/a.jpg', 'masks/a.png')).toBe(false);
  const index = { path: 'study/index.json', blob: new Blob(['[{"id":"a","images":{"mr":"a.nii"}}]']) };
  expect(await folderHoldsVolumes([index, { path: 'study/a.nii', blob: new Blob() }])).toBe(true);
});
