import { expect, test } from 'vitest';
import { readIndex, safePath, stemOf } from '../../src/data/datasetIndex';

const files = ['images/a.png', 'masks/a.png', 'images/b.png'];
const read = (index: unknown) => readIndex(typeof index === 'string' ? index : JSON.stringify(index), files, 'set');

test('cases with everything, and with next to nothing', () => {
  const [full, bare] = read([
    {
      id: 'A',
      image: 'images/a.png',
      mask: 'masks/a.png',
      width: 3,
      height: 2,
      values: { 0: 'background', 7: 'Background', 255: 'lesion' },
      patient: 5,
      mode: 'L',
    },
    { image: 'images/b.png', mask: null },
  ]);
  expect(full).toEqual({
    id: 'A',
    image: 'images/a.png',
    mask: 'masks/a.png',
    size: [3, 2],
    classes: [{ value: 255, name: 'lesion' }],
    background: new Set([0, 7]),
    meta: { patient: 5, mode: 'L' },
  });
  expect(bare).toMatchObject({ id: 'b', mask: null, classes: null, meta: {} });
});

test.each([
  ['broken JSON', '[{', /set\/index\.json: it is no JSON/],
  ['an object', {}, /expected a list of cases, got object/],
  ['an empty list', [], /an empty one/],
  ['no image', [{ id: 'a' }], /case 0, field image/],
  ['an image that is no text', [{ id: 'a', image: 3 }], /field image/],
  ['an empty id', [{ id: '', image: 'images/a.png' }], /field id/],
  ['a size that is none', [{ id: 'a', image: 'images/a.png', width: 1.5 }], /field width/],
  ['names that are no text', [{ id: 'a', image: 'images/a.png', values: { 1: 2 } }], /field values\.1/],
  ['a value that is none', [{ id: 'a', image: 'images/a.png', values: { lesion: '1' } }], /"values" names "lesion"/],
  [
    'a value beyond 16 bits',
    [{ id: 'a', image: 'images/a.png', values: { 70000: 'x' } }],
    /whole numbers from 0 to 65535/,
  ],
  ['a volume', [{ id: 'a', images: { mr: 'a.nii.gz' }, label: 'b.nii.gz' }], /describes a volume/],
  [
    'double ids',
    [
      { id: 'a', image: 'images/a.png' },
      { id: 'a', image: 'images/b.png' },
    ],
    /two cases have the id "a"/,
  ],
  [
    'missing files',
    [{ id: 'a', image: 'images/x.png', mask: 'masks/x.png' }],
    /names 2 files that are not there: images\/x\.png, masks\/x\.png/,
  ],
  ['a path upwards', [{ id: 'a', image: '../secret.png' }], /"\.\.\/secret\.png" leads outside the folder/],
  ['a mask upwards', [{ id: 'a', image: 'images/a.png', mask: 'masks/../../x.png' }], /leads outside/],
])('refuses %s', (_what, index, words) => {
  expect(() => read(index)).toThrow(words);
});

test.each(['/etc/passwd', 'a/../b', '..', './a', 'a//b', '', 'C:/x.png', 'a\\b.png', 'https://x/y.png', 'a\0b', 'a/'])(
  '%j is no path below the folder',
  (path) => {
    expect(() => safePath(path, 'here')).toThrow(/here: the path .* leads outside/);
  },
);

test('harmless paths pass', () => {
  expect(safePath('images/a..b/c.png', 'x')).toBe('images/a..b/c.png');
  expect(stemOf('images/x.y/a.b.png')).toBe('a.b');
});
