import { expect, test } from 'vitest';
import { readVolumeIndex } from '../../src/data/volumeIndex';

const files = ['a.nii', 'l.nii', 's/1.dcm', 's/2.dcm', 'with space.nii'];
const read = (index: unknown) =>
  readVolumeIndex(typeof index === 'string' ? index : JSON.stringify(index), files, 'set');

test('one path, several words, a list, a name with a space', () => {
  const cases = read([
    {
      id: 1,
      images: { t1: 'a.nii', ct: 's/1.dcm s/2.dcm' },
      label: 'l.nii',
      values: { 0: 'background', 5: 'liver' },
      source: 'x',
    },
    { id: 'b', images: { t1: ['s/1.dcm', 's/2.dcm'] }, label: null },
    { id: 'c', images: { t1: 'with space.nii' } },
  ]);
  expect(cases[0]).toEqual({
    id: '1',
    image: 'a.nii',
    images: { t1: ['a.nii'], ct: ['s/1.dcm', 's/2.dcm'] },
    mask: 'l.nii',
    classes: [{ value: 5, name: 'liver' }],
    background: new Set([0]),
    meta: { source: 'x' },
  });
  expect(cases[1]).toMatchObject({ images: { t1: ['s/1.dcm', 's/2.dcm'] }, mask: null, classes: null });
  expect(cases[2].images).toEqual({ t1: ['with space.nii'] });
});

test.each<[string, unknown, RegExp]>([
  ['broken JSON', '[{', /it is no JSON/],
  ['an empty list', [], /an empty one/],
  ['no id', [{ images: { t1: 'a.nii' } }], /case 0, field id/],
  ['no images', [{ id: 'a', images: {} }], /names no image/],
  ['an empty path', [{ id: 'a', images: { t1: '' } }], /field images\.t1/],
  ['a picture among volumes', [{ id: 'a', image: 'a.png' }], /describes a picture/],
  ['a value that is none', [{ id: 'a', images: { t1: 'a.nii' }, values: { x: 'y' } }], /"values" names "x"/],
  [
    'double ids',
    [
      { id: 1, images: { t1: 'a.nii' } },
      { id: '1', images: { t1: 'a.nii' } },
    ],
    /two cases have the id "1"/,
  ],
  [
    'missing files',
    [{ id: 'a', images: { t1: 'x.nii' }, label: 'y.nii' }],
    /names 2 files that are not there: x\.nii, y\.nii/,
  ],
  ['paths that leave the folder', [{ id: 'a', images: { t1: '../a.nii' } }], /leads outside the folder/],
])('%s', (_, index, message) => {
  expect(() => read(index)).toThrow(message);
});
