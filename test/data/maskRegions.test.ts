import { expect, test } from 'vitest';
import { filled, largestPart, withoutSmallRegions } from '../../src/data/maskRegions';

const picture = (...lines: string[]) => Uint8Array.from(lines.join(''), (c) => (c === '#' ? 1 : 0));

test('holes are what the border is not connected with; a diagonal line holds', () => {
  const mask = picture('.###.', '##.##', '#..#.', '.##..');
  expect([...filled(mask, [4, 5])]).toEqual([...picture('.###.', '#####', '####.', '.##..')]);
  expect([...filled(picture('##', '##'), [2, 2])]).toEqual([1, 1, 1, 1]);
  expect([...filled(picture('...', '...'), [2, 3])]).toEqual([0, 0, 0, 0, 0, 0]);
});

test('the largest part; nothing of nothing', () => {
  expect([...largestPart(picture('#.##', '..#.'), [2, 4])]).toEqual([...picture('..##', '..#.')]);
  expect([...largestPart(picture('....'), [1, 4])]).toEqual([0, 0, 0, 0]);
});

test('small holes are filled, small islands go, and the largest stays whatever its size', () => {
  const mask = picture('####...', '#.##..#', '####...', '.......');
  expect([...withoutSmallRegions(mask, [4, 7], 2)]).toEqual([...picture('####...', '####...', '####...', '.......')]);
  expect([...withoutSmallRegions(mask, [4, 7], 1)]).toEqual([...mask]);
  expect([...withoutSmallRegions(picture('#..', '...', '.##'), [3, 3], 5)]).toEqual([...picture('...', '...', '.##')]);
});
