import { expect, test } from 'vitest';
import { affineOf, type Triple } from '../../src/data/affine';
import { makeVolume } from '../../src/data/volume';
import { checkSlicesOf, spreadOver } from '../../src/data/volumeSparse';

const image = makeVolume([3, 2, 5], new Int16Array(30), affineOf([-1, 0, 0], [0, -1, 0], [0, 0, 2], [10, 20, 30]));
const label = (origin: Triple, z: Triple = [0, 0, 2], dims: Triple = [3, 2, 2]) =>
  makeVolume(
    dims,
    Uint16Array.from({ length: dims[0] * dims[1] * dims[2] }, (_, i) => i + 1),
    affineOf([-1, 0, 0], [0, -1, 0], z, origin),
  );

test('slices go to their place, in either direction; the others are empty', () => {
  const out = spreadOver(image, label([10, 20, 34]), 'i', 'l');
  expect([...out.data]).toEqual([...Array(12).fill(0), 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, ...Array(6).fill(0)]);
  const turned = spreadOver(image, label([10, 20, 32], [0, 0, -2]), 'i', 'l');
  expect([...turned.data.slice(0, 12)]).toEqual([7, 8, 9, 10, 11, 12, 1, 2, 3, 4, 5, 6]);
});

test('a single slice may be thinner than the image’s', () => {
  const out = spreadOver(image, label([10, 20, 36], [0, 0, 1.25], [3, 2, 1]), 'i', 'l');
  expect([...out.data.slice(18)]).toEqual([1, 2, 3, 4, 5, 6, ...Array(6).fill(0)]);
});

test.each<[string, ReturnType<typeof label>]>([
  ['between slices', label([10, 20, 33])],
  ['another spacing', label([10, 20, 30], [0, 0, 3])],
  ['beyond the image', label([10, 20, 38])],
  ['shifted in the plane', label([10.5, 20, 30])],
])('%s: refused', (_, other) => {
  expect(() => checkSlicesOf(image, other, 'ct', 'seg')).toThrow(
    /seg: its frames do not lie on the slices of ct .*another series/,
  );
});
