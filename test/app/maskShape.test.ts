import { expect, test } from 'vitest';
import { diceOf, maskEdges, objectMask, squareAround, truthMatches } from '../../src/app/maskShape';

/** Length of all segments. */
const length = (edges: number[]) => {
  let sum = 0;
  for (let i = 0; i < edges.length; i += 4)
    sum += Math.abs(edges[i + 2] - edges[i]) + Math.abs(edges[i + 3] - edges[i + 1]);
  return sum;
};

test('the border of a rectangle is four joined segments', () => {
  // 4 × 3, two pixels wide and one high at (1, 1)
  const mask = [0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0];
  const edges = maskEdges(mask, 4, 3);
  expect(edges).toHaveLength(16);
  expect(edges).toEqual([1, 1, 3, 1, 1, 2, 3, 2, 1, 1, 1, 2, 3, 1, 3, 2]);
});

test('a mask that fills the image has the image’s border', () => {
  expect(length(maskEdges(new Uint8Array(6).fill(1), 3, 2))).toBe(10);
  expect(maskEdges(new Uint8Array(6), 3, 2)).toEqual([]);
});

test('a hole has a border of its own', () => {
  const mask = [1, 1, 1, 1, 0, 1, 1, 1, 1];
  expect(length(maskEdges(mask, 3, 3))).toBe(12 + 4);
});

test('Dice of masks', () => {
  expect(diceOf([1, 1, 0, 0], [1, 0, 1, 0])).toBe(0.5);
  expect(diceOf([0, 0], [0, 0])).toBe(1);
  expect(diceOf([1, 0], [0, 0])).toBe(0);
});

test('a mask is compared with every true object, nested ones included', () => {
  const labels = Uint8Array.from([0, 1, 2, 2, 1, 0]);
  const objects = [
    { name: 'disc', values: [1, 2] },
    { name: 'cup', values: [2] },
  ];
  expect(truthMatches(labels, objects, [0, 0, 1, 1, 0, 0])).toEqual([
    { name: 'disc', dice: 4 / 6 },
    { name: 'cup', dice: 1 },
  ]);
  expect([...objectMask(labels, [2])]).toEqual([0, 0, 1, 1, 0, 0]);
});

test('the square around masks has room, and is no larger than the picture', () => {
  const at = (...pixels: number[]) => Uint8Array.from({ length: 200 }, (_, i) => (pixels.includes(i) ? 1 : 0));
  // 20 × 10: columns 4 to 7, rows 2 to 3.
  expect(squareAround([at(44), at(67)], 20, 10)).toEqual({ x: 3.5, y: 0.5, side: 5 });
  expect(squareAround([at(0, 199)], 20, 10)).toEqual({ x: 0, y: -5, side: 20 });
  expect(squareAround([at()], 20, 10)).toEqual({ x: 0, y: -5, side: 20 });
});
