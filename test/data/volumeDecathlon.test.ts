import { expect, test } from 'vitest';
import { decathlonOf } from '../../src/data/volumeDecathlon';

const files = new Map([['a', ['imagesTr/a.nii.gz']]]);
const read = (json: unknown) =>
  decathlonOf(files, typeof json === 'string' ? json : JSON.stringify(json), 'set/dataset.json');

test('labels either way round, in the order of their values; none without dataset.json', () => {
  expect(read({ labels: { background: 0, b: 2, a: 1 } }).classes).toEqual([
    { value: 1, name: 'a' },
    { value: 2, name: 'b' },
  ]);
  expect(read({ labels: { 0: 'background', 1: 'a' } }).classes).toEqual([{ value: 1, name: 'a' }]);
  expect(decathlonOf(files, null, 'x')).toEqual({
    images: new Map([['a', { image: ['imagesTr/a.nii.gz'] }]]),
    classes: null,
  });
});

test('channels without names are numbered', () => {
  const two = new Map([
    ['a_0000', ['x']],
    ['a_0001', ['y']],
  ]);
  expect(decathlonOf(two, null, 'x').images.get('a')).toEqual({ 'channel 0': ['x'], 'channel 1': ['y'] });
});

test.each<[unknown, RegExp]>([
  ['{', /dataset\.json: it is no JSON/],
  [{ labels: { region: [1, 2] } }, /region of several values/],
  [{ labels: { a: 'b' } }, /whole numbers/],
  [{ labels: { a: -1 } }, /whole numbers/],
  [{ labels: 3 }, /field labels/],
])('%j', (json, message) => {
  expect(() => read(json)).toThrow(message);
});
