import { expect, test } from 'vitest';
import { packMask } from '../../src/app/document/runs';
import { hasMask, labelsOnFile, objectOnFile, stemOf } from '../../src/app/fileLabels';
import { volumeCase } from '../../src/app/importers/volume';
import { affineOf } from '../../src/data/affine';
import { makeVolume } from '../../src/data/volume';
import { after, imageInfo } from './cases';

// Sagittal slices 5 mm apart, in a file whose axes are RAS: the case's grid is turned.
const affine = affineOf([5, 0, 0], [0, 1, 0], [0, 0, 1], [0, 0, 0]);
const values = Int16Array.from({ length: 24 }, (_, i) => i);
const made = volumeCase('a.nii', 'h', makeVolume([2, 3, 4], values, affine));
const info = { ...made.info, id: 'a' };

test('labels come back to the voxels of the file whose values they were drawn on', () => {
  // Every voxel of slice 1 with an even value.
  const area = info.dims[0] * info.dims[1];
  const slice = Array.from(made.values.slice(area, 2 * area), (v) => (v % 4 === 0 ? 1 : 0));
  const { now } = after({ type: 'setMasks', masks: new Map([[1, packMask(slice)]]) });
  const marked = new Set<number>();
  for (const [i, v] of slice.entries()) if (v) marked.add(made.values[area + i]);
  expect([...labelsOnFile(now, info)]).toEqual(Array.from(values, (v) => (marked.has(v) ? 1 : 0)));
  expect(marked.size).toBeGreaterThan(0);
  const sparse = objectOnFile(now.objects[0], info);
  const whole = new Uint8Array(24);
  for (const [k, data] of sparse) whole.set(data, k * 6);
  expect([...whole]).toEqual([...labelsOnFile(now, info)]);
  expect([...sparse.keys()]).toEqual([...sparse.keys()].toSorted((a, b) => a - b));
});

test('hidden objects are saved, later ones over earlier ones', () => {
  const mask = (...pixels: number[]) =>
    new Map([[0, packMask(Array.from({ length: 16 }, (_, i) => +pixels.includes(i)))]]);
  const t = after(
    { type: 'addObjects', objects: [{ masks: mask(0, 1) }, { masks: mask(1, 2) }] },
    { type: 'hide', object: 2, hidden: true },
  );
  expect([...labelsOnFile(t.now, imageInfo()).slice(0, 4)]).toEqual([1, 2, 2, 0]);
  expect(hasMask(t.now)).toBe(true);
  expect(hasMask(after().now)).toBe(false);
});

test('an image that is shown smaller: masks in the size of the file', () => {
  const small = imageInfo('a', { source: { ...imageInfo().source, dims: [8, 8, 1] } });
  const masks = new Map([[0, packMask([0, 1, ...Array(14).fill(0)])]]);
  const { now } = after({ type: 'setMasks', masks });
  const labels = labelsOnFile(now, small);
  const inside = [...labels.keys()].filter((i) => labels[i]);
  expect(inside).toEqual([2, 3, 10, 11]);
  expect(objectOnFile(now.objects[0], small).get(0)).toEqual(labels);
});

test('names without their endings', () => {
  expect(['a.nii.gz', 'b.PNG', 'brain_002.dcm and 18 more', 'c', '.png'].map(stemOf)).toEqual([
    'a',
    'b',
    'brain_002',
    'c',
    'case',
  ]);
});
