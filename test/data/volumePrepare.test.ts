import { expect, test } from 'vitest';
import { affineOf } from '../../src/data/affine';
import { decodeBytes } from '../../src/data/image';
import { openVolumeFolder } from '../../src/data/volumeFolder';
import { labelsFromLogits, logitsToSource, prepareLabels, prepareVolume } from '../../src/data/volumePrepare';
import { needShared, readShared } from '../harness/shared';
import { sharedDataFolder } from './sharedDataFolder';
import { volumeOf } from './toldVolume';

// Stored S, R, P with the coarse axis first: slices are cut across x.
const stored = affineOf([0, 0, 4], [1, 0, 0], [0, -1, 0], [0, 0, 0]);
const volume = volumeOf([5, 8, 6], (x, y, z) => 40 * x + 2 * y + z, stored);

test('slices lie across the coarsest axis, upright, grey in three channels, framed', () => {
  const p = prepareVolume('v', volume, { side: 16, window: [0, 255] });
  expect(p).toMatchObject({
    plane: 'axial',
    dims: [8, 6, 5],
    viewDims: [8, 6, 5],
    spacing: [1, 1, 4],
    range: [0, 255],
  });
  expect(p.grey[0]).toBe(14); // L from R: the last column first
  expect(p.grey[8 * 6 * 2 + 8 * 3 + 1]).toBe(40 * 2 + 2 * 6 + 3);
  const { image, inputSize } = p.frame(2);
  expect(inputSize).toEqual([12, 16]);
  expect([image[0], image[1], image[2]]).toEqual([94, 94, 94]);
  expect(image[12 * 16 * 3]).toBe(0); // below the image
  expect(p.frame(2)).toBe(p.frame(2));
});

test.each([
  ['axial', [8, 6, 5]],
  ['coronal', [8, 5, 6]],
  ['sagittal', [6, 5, 8]],
] as const)('%s', (plane, dims) => {
  const p = prepareVolume('v', volume, { side: 8, plane });
  expect(p.dims).toEqual(dims);
  const logits = Float32Array.from(p.grey);
  const way = prepareVolume('v', volume, { side: 8, plane, window: [0, 255] });
  expect(logitsToSource(p, logits)).toHaveLength(240);
  expect([...logitsToSource(way, Float32Array.from(way.grey))]).toEqual([...volume.data]);
});

test('labels follow the image, and logits come back through resampling', () => {
  const p = prepareVolume('v', volume, { side: 8, window: [0, 255], spacing: [0.5, 0.5, 2] });
  expect(p.dims).toEqual([16, 12, 10]);
  const labels = Uint8Array.from(volume.data, (v) => (v > 90 ? 3 : 0));
  const view = prepareLabels(p, labels);
  expect(view).toHaveLength(16 * 12 * 10);
  expect(new Set(view)).toEqual(new Set([0, 3]));
  const back = logitsToSource(
    p,
    Float32Array.from(view, (v) => (v ? 1 : -1)),
  );
  expect(Uint8Array.from(back, (v) => (v > 0 ? 3 : 0))).toEqual(labels);
  expect(() => prepareLabels(p, new Uint8Array(7))).toThrow(/7 labels do not fill 5 × 8 × 6 voxels/);
  expect(() => logitsToSource(p, new Float32Array(7))).toThrow(/7 logits for 16 × 12 × 10/);
});

test('several objects: the largest logit above 0', () => {
  const at = (value: number, ...logits: number[]) => ({ value, logits: Float32Array.from(logits) });
  expect([...labelsFromLogits([at(1, -1, 2, 3, 0), at(300, -2, 4, 1, 0)])]).toEqual([0, 300, 1, 0]);
  expect(labelsFromLogits([])).toHaveLength(0);
  expect(() => labelsFromLogits([at(1, 1), at(2, 1, 2)])).toThrow(/one grid/);
});

test('planes, spacings and sides that are none', () => {
  expect(() => prepareVolume('v', volume, { side: 0 })).toThrow(/side of 0/);
  expect(() => prepareVolume('v', volume, { side: 8, plane: 'oblique' as 'axial' })).toThrow(
    /there are axial, coronal, sagittal, auto/,
  );
  expect(() => prepareVolume('v', volume, { side: 8, spacing: [0, 1, 1] })).toThrow(/spacing along x is 0/);
});

test('the axial view of a real volume is the way its slices are shown: the same label map as the 2-D set', async (context) => {
  await needShared(context, 'data');
  const set = await openVolumeFolder(sharedDataFolder('volumes-brain-tumour-mri'));
  const { id, image, labels } = await set.load('brats_2013_pat0005_1', { image: 'flair' });
  const p = prepareVolume(id, image, { side: 240, plane: 'axial', window: 'mri' });
  const view = prepareLabels(p, labels ?? new Uint8Array(0));
  const folder = 'mri-brain-tumour-2d';
  const png = await decodeBytes(await readShared('data', `${folder}/masks/brats13_0005_z085_flair.png`));
  expect(view.subarray(85 * 240 * 240, 86 * 240 * 240)).toEqual(png.data);
  const picture = await decodeBytes(await readShared('data', `${folder}/images/brats13_0005_z085_flair.png`));
  const grey = p.grey.subarray(85 * 240 * 240, 86 * 240 * 240);
  let worst = 0;
  for (let i = 0; i < grey.length; i++) worst = Math.max(worst, Math.abs(grey[i] - picture.data[i]));
  expect(worst).toBeLessThan(40); // another percentile at the bright end
});
