import { expect, test } from 'vitest';
import { bent, fieldOf, insideEllipsoid, noiseOn, type Plane, paintOver, shareOf } from '../../src/data/phantomPlane';

const plane: Plane = { nx: 40, ny: 30, sx: 2, sy: 2, z: 7 };

test('a field is in mm about the middle', () => {
  const x = fieldOf(plane, (v) => v);
  expect([x[0], x[39], x[40]]).toEqual([-39, 39, -39]);
  expect(fieldOf(plane, (_, y) => y)[29 * 40]).toBe(29);
});

test('noise is a function of the place: another resolution, field and plane agree where they meet', () => {
  const noise = noiseOn(plane, 11, 3, 0.6, 5);
  const finer = noiseOn({ nx: 79, ny: 59, sx: 1, sy: 1, z: 7 }, 11, 3, 0.6, 5);
  for (const [x, y] of [
    [0, 0],
    [13, 7],
    [39, 29],
  ])
    expect(finer[2 * y * 79 + 2 * x]).toBeCloseTo(noise[y * 40 + x], 6);
  const next = noiseOn({ ...plane, z: 7.001 }, 11, 3, 0.6, 5);
  expect(Math.max(...next.map((v, i) => Math.abs(v - noise[i])))).toBeLessThan(1e-3);
  expect(noiseOn(plane, 11, 3, 0.6, 6)).not.toEqual(noise);
  const [low, high] = [Math.min(...noise), Math.max(...noise)];
  expect([low > -1, low < -0.2, high > 0.2, high < 1]).toEqual([true, true, true, true]);
});

test('depth in an ellipsoid is a distance along its axes; shares go over a pixel', () => {
  expect(insideEllipsoid(8, 0, 0, 10, 20, 30)).toBeCloseTo(2);
  expect(insideEllipsoid(0, 22, 0, 10, 20, 30)).toBeCloseTo(-2);
  expect(insideEllipsoid(0, 0, 0, 10, 20, 30)).toBe(10);
  expect([-1, 0, 0.5, 1].map((d) => shareOf(d, 2))).toEqual([0, 0.5, 0.75, 1]);
});

test('bending by nothing keeps a field; painting moves a value by its cover', () => {
  const noise = noiseOn(plane, 11, 1, 1, 5);
  const none = noise.map(() => 0);
  const same = bent(noise, plane, none, none, 10);
  expect(same[14 * 40 + 9]).toBe(noise[14 * 40 + 9]);
  const one = bent(
    noise,
    plane,
    none.map(() => 1),
    none,
    4,
  );
  expect(one[14 * 40 + 9]).toBeCloseTo(noise[14 * 40 + 11], 6);
  const value = new Float32Array([10, 10, 10]);
  paintOver(value, new Float32Array([0, 0.5, 1]), (i) => 20 + i);
  expect([...value]).toEqual([10, 15.5, 22]);
});
