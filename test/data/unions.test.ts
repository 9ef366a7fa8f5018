import { expect, test } from 'vitest';
import { unionMaps } from '../../src/data/unions';

const classes = [
  { name: 'rim', value: 1 },
  { name: 'cup', value: 7 },
];

test('a union is a map of its own; the classes stay', () => {
  const labels = Uint16Array.of(0, 1, 7, 300, 1);
  const [own, disc, ...none] = unionMaps({ labels, classes }, { disc: ['rim', 'cup'], nothing: ['macula'] });
  expect(own).toEqual({ labels, classes });
  expect(disc).toEqual({ labels: Uint8Array.of(0, 1, 1, 0, 1), classes: [{ name: 'disc', value: 1 }] });
  expect(none).toEqual([]);
});

test('without labels there is nothing to unite', () => {
  expect(unionMaps({ labels: null, classes }, { disc: ['rim'] })).toEqual([{ labels: null, classes }]);
});
