import { expect, test } from 'vitest';
import {
  axesOf,
  FIRST_CAMERA,
  lettersOf,
  panBy,
  type Side,
  STANDARD_VIEWS,
  turn,
  zoomBy,
} from '../../../src/app/document/camera';

const round = (v: readonly number[]) => v.map((x) => Math.round(x * 1e6) / 1e6 + 0);

test('the standard views look as in a viewing room: near side, right and up by the letter', () => {
  const sides = Object.keys(STANDARD_VIEWS) as Side[];
  const seen = sides.map((side) => {
    const { right, up, near } = axesOf(STANDARD_VIEWS[side]);
    return [side, lettersOf(near), lettersOf(right), lettersOf(up)].join(' ');
  });
  // From the front and from below the patient's left is on the right, from behind and above it is on the left.
  expect(seen).toEqual(['A A L S', 'P P R S', 'L L P S', 'R R A S', 'S S R A', 'I I L A']);
});

test('right, up and near are orthonormal and right-handed from anywhere', () => {
  for (const [azimuth, elevation] of [
    [0, 0],
    [33, 61],
    [200, -90],
    [359, 90],
  ]) {
    const { right, up, near } = axesOf({ azimuth, elevation });
    const dot = (a: readonly number[], b: readonly number[]) => a.reduce((s, v, i) => s + v * b[i], 0);
    expect(round([dot(right, up), dot(up, near), dot(right, near)])).toEqual([0, 0, 0]);
    expect(round([dot(right, right), dot(up, up), dot(near, near)])).toEqual([1, 1, 1]);
    const cross = [
      right[1] * up[2] - right[2] * up[1],
      right[2] * up[0] - right[0] * up[2],
      right[0] * up[1] - right[1] * up[0],
    ];
    expect(round(cross)).toEqual(round(near));
  }
});

test('dragging turns the near side along: to the right it goes to the right, downwards more of the head is seen', () => {
  const front = { ...FIRST_CAMERA, ...STANDARD_VIEWS.A };
  const { right } = axesOf(front);
  const turned = axesOf(turn(front, 30, 0));
  // What was nearest (anterior) has moved to the right of the screen.
  const anterior = [0, 1, 0];
  expect(anterior.reduce((s, v, i) => s + v * turned.right[i], 0)).toBeCloseTo(0.5, 9);
  expect(anterior.reduce((s, v, i) => s + v * right[i], 0)).toBeCloseTo(0, 9);
  expect(axesOf(turn(front, 0, 30)).near[2]).toBeCloseTo(0.5, 9);
  expect(turn(front, 0, 500).elevation).toBe(90);
  expect(turn(front, 30, 0).azimuth).toBe(330);
});

test('zoom and pan are held within bounds; panning moves what is seen along', () => {
  expect(zoomBy(FIRST_CAMERA, 1e9).zoom).toBe(20);
  expect(zoomBy(FIRST_CAMERA, 1e-9).zoom).toBe(0.25);
  const front = { ...FIRST_CAMERA, ...STANDARD_VIEWS.A };
  // 10 mm to the right: the middle is now what was 10 mm to the left, on the patient's right.
  expect(round(panBy(front, 10, 0).focus)).toEqual([10, 0, 0]);
  expect(round(panBy(front, 0, 10).focus)).toEqual([0, 0, 10]);
  expect(panBy(front, 1000, 0, 50).focus[0]).toBe(50);
});

test('a direction between two axes has both letters, the clearest first', () => {
  expect(lettersOf([-0.9, 0.43, 0])).toBe('LA');
  expect(lettersOf([-0.95, 0.3, 0])).toBe('L');
  expect(lettersOf([0.5, 0.6, -0.62])).toBe('IAR');
});
