import { expect, test } from 'vitest';
import { fieldOf, insideEllipsoid, type Plane } from '../../src/data/phantomPlane';
import { scanCt } from '../../src/data/phantomScanCt';

const plane: Plane = { nx: 64, ny: 64, sx: 6, sy: 6, z: 0 };
const scan = { soft: 0.01, noise: 20, streaks: 1, key: 7 };

/** Water in the shape of a body, scanned. */
function scanned(wide: number, streaks: number, slice = 1) {
  const inside = fieldOf(plane, (x, y) => insideEllipsoid(x, y, 0, wide, 90, 1e4));
  const value = inside.map((d) => (d > 0 ? 0 : -1000));
  scanCt(value, plane, { ...scan, streaks }, slice);
  return { value, core: (i: number) => inside[i] > 20 };
}

/** Spread of the differences between neighbours `step` apart within the body. */
function roughness({ value, core }: ReturnType<typeof scanned>, step: number): number {
  let [n, sum] = [0, 0];
  for (let i = 0; i < value.length - step; i++) {
    if (!core(i) || !core(i + step)) continue;
    n++;
    sum += (value[i] - value[i + step]) ** 2;
  }
  return Math.sqrt(sum / n);
}

test('noise has the wanted spread in the body, and a mean of about nothing', () => {
  const { value, core } = scanned(150, 1);
  const body = [...value].filter((_, i) => core(i));
  const mean = body.reduce((a, v) => a + v, 0) / body.length;
  expect(Math.abs(mean)).toBeLessThan(4);
  expect(Math.sqrt(body.reduce((a, v) => a + v * v, 0) / body.length)).toBeGreaterThan(12);
  expect(Math.sqrt(body.reduce((a, v) => a + v * v, 0) / body.length)).toBeLessThan(32);
});

test('streaks lie along the long way through the body: neighbours along it are more alike than across', () => {
  const wide = scanned(180, 1);
  expect(roughness(wide, 64)).toBeGreaterThan(1.3 * roughness(wide, 1));
  const even = scanned(180, 0);
  expect(roughness(even, 64)).toBeLessThan(1.15 * roughness(even, 1));
});

test('the same slice has the same noise, another its own', () => {
  expect(scanned(150, 1).value).toEqual(scanned(150, 1).value);
  expect(scanned(150, 1, 2).value).not.toEqual(scanned(150, 1).value);
});
