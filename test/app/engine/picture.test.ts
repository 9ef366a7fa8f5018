import { expect, test } from 'vitest';
import { makeCases } from '../../../src/app/engine/cases';
import { makePictures, pictureAt, sliceRgb } from '../../../src/app/engine/picture';
import { sampleCase } from '../../../src/app/engine/samples';
import type { ModelPlace } from '../../../src/app/protocol';
import { volumeInfo } from '../cases';

const volume = {
  info: volumeInfo('v', { range: [0, 59], window: [0, 59] }),
  values: Float32Array.from({ length: 60 }, (_, i) => i),
  labels: null,
};
const at = (change: Partial<ModelPlace> = {}): ModelPlace => ({
  case: 'v',
  plane: 'axial',
  slice: 0,
  window: [0, 59],
  ...change,
});

test('a sample comes in the size of the model', () => {
  const cases = makeCases();
  const { id } = cases.add('x', sampleCase({ modality: 'fundus', index: 0 }));
  const picture = pictureAt(cases.get(id), { case: id, plane: 'axial', slice: 0, window: [0, 255] }, 64);
  expect([picture.input.width, picture.input.height, picture.input.data.length]).toEqual([64, 64, 64 * 64 * 3]);
  expect(picture.original).toEqual([512, 512]);
});

test('a slice is grey through its window, in every plane', () => {
  const axial = sliceRgb(volume, at({ slice: 1, window: [12, 23] }));
  expect([axial.width, axial.height]).toEqual([4, 3]);
  expect([...axial.data.slice(0, 6)]).toEqual([0, 0, 0, 23, 23, 23]);
  expect(axial.data.at(-1)).toBe(255);
  const coronal = sliceRgb(volume, at({ plane: 'coronal' }));
  expect([coronal.width, coronal.height]).toEqual([4, 5]);
  expect(() => sliceRgb(volume, at({ slice: 5 }))).toThrow(/slices 0 to 4/);
});

test('a longer side becomes the model’s', () => {
  expect(pictureAt(volume, at(), 64).input).toMatchObject({ width: 64, height: 48 });
});

test('pictures are made once, and forgotten with their case', () => {
  const pictures = makePictures();
  const one = pictures.at(volume, at(), 16);
  expect(pictures.at(volume, at(), 16)).toBe(one);
  expect(pictures.at(volume, at({ window: [0, 9] }), 16)).not.toBe(one);
  one.embeddings.set('adapted', { version: 1, data: new Float32Array(1) });
  pictures.dropAdapted();
  expect(one.embeddings.size).toBe(0);
  pictures.remove('v');
  expect(pictures.at(volume, at(), 16)).not.toBe(one);
});
