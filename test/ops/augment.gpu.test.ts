import { expect, test } from 'vitest';
import { openGpu } from '../../src/gpu/device';
import { augment, warp } from '../../src/ops/augment';
import { readAll } from '../../src/plan/read';
import { constant } from '../../src/tensor/tensor';
import { noise } from '../harness/array64';

const gpu = await openGpu();
const SIDE = 13;
const PLANE = SIDE * SIDE;
const [H, W] = [11, 13];
const MEAN = [120, 110, 100];
const image = Float32Array.from(noise(2 * 3 * PLANE, 4, 0, 256), Math.floor);
const target = Float32Array.from(noise(2 * PLANE, 5), (v, i) =>
  Math.floor(i / SIDE) % SIDE >= H ? -1 : v > 0 ? 1 : 0,
);
const IDENTITY = [1, 0, 0, 0, 1, 0, H, W, 1, 0, 0, 0];
const TURNED = [0.83, 0.41, -1.37, -0.45, 0.91, 2.13, H, W, 1.2, -9, 0, 0];

function run(rows: readonly number[][], keys = [1, 2]) {
  const got = augment(
    constant(image, [2, 3, SIDE, SIDE]),
    constant(target, [2, 1, SIDE, SIDE]),
    constant(rows.flat(), [2, 12]),
    constant(Uint32Array.from(keys), [2]),
    MEAN,
  );
  expect([got.image.shape, got.target.shape]).toEqual([
    [2, 3, SIDE, SIDE],
    [2, 1, SIDE, SIDE],
  ]);
  return readAll(gpu, [got.image, got.target]);
}

/** The definition in float64; null where a rounding could go either way. */
function reference(row: number, c: number, x: number, y: number, how: readonly number[]): number | null {
  const [u, v] = [how[0] * x + how[1] * y + how[2], how[3] * x + how[4] * y + how[5]];
  const near = (n: number) => Math.abs(n - Math.floor(n) - 0.5) < 1e-4;
  if (near(u) || near(v)) return null;
  if (x >= W || y >= H || u < -0.5 || v < -0.5 || u > W - 0.5 || v > H - 0.5) return c === 3 ? -1 : MEAN[c];
  const [p, q] = [Math.min(Math.max(u, 0), W - 1), Math.min(Math.max(v, 0), H - 1)];
  if (c === 3) return target[row * PLANE + Math.floor(q + 0.5) * SIDE + Math.floor(p + 0.5)];
  const at = (i: number, j: number) => image[(row * 3 + c) * PLANE + Math.min(j, H - 1) * SIDE + Math.min(i, W - 1)];
  const [i, j] = [Math.floor(p), Math.floor(q)];
  const mixed = (k: number) => at(i, k) + (p - i) * (at(i + 1, k) - at(i, k));
  const value = (mixed(j) + (q - j) * (mixed(j + 1) - mixed(j)) - 127.5) * how[8] + 127.5 + how[9];
  return Math.min(255, Math.max(0, value));
}

test('image, target and their borders against float64; nothing asked for changes nothing', async () => {
  const [pixels, labels] = await run([TURNED, IDENTITY]);
  let checked = 0;
  for (let row = 0; row < 2; row++) {
    for (let o = 0; o < PLANE; o++) {
      for (let c = 0; c < 4; c++) {
        const got = c === 3 ? labels[row * PLANE + o] : pixels[(row * 3 + c) * PLANE + o];
        const want = reference(row, c, o % SIDE, Math.floor(o / SIDE), row ? IDENTITY : TURNED);
        if (want === null) continue;
        checked++;
        if (row || c === 3) expect(got).toBe(want);
        else expect(Math.abs(got - want)).toBeLessThan(2e-3);
      }
    }
  }
  expect(checked).toBeGreaterThan(8 * PLANE - 40);
  // The turned row shows object, ground and places without an image.
  for (const v of [-1, 0, 1]) expect(labels.slice(0, PLANE)).toContain(v);
});

test('noise has the asked-for deviation, follows from the key alone and leaves the target as it is', async () => {
  const grey = [1, 0, 0, 0, 1, 0, H, W, 0, 0, 8, 0];
  const [pixels, labels] = await run([grey, grey], [5, 6]);
  const [again] = await run([grey, grey], [5, 6]);
  expect(again).toEqual(pixels);
  expect(labels).toEqual(target);
  const inside = (row: number) =>
    [0, 1, 2].flatMap((c) => [...pixels.slice((row * 3 + c) * PLANE, (row * 3 + c) * PLANE + H * SIDE)]);
  const [a, b] = [inside(0), inside(1)].map((v) => v.map((x) => (x - 127.5) / 8));
  for (const v of [a, b]) {
    const mean = v.reduce((s, x) => s + x, 0) / v.length;
    const deviation = Math.sqrt(v.reduce((s, x) => s + (x - mean) ** 2, 0) / v.length);
    expect(Math.abs(mean)).toBeLessThan(0.15);
    expect(Math.abs(deviation - 1)).toBeLessThan(0.1);
    expect(v.filter((x) => Math.abs(x) > 2).length / v.length).toBeLessThan(0.08);
  }
  expect(Math.abs(a.reduce((s, x, i) => s + x * b[i], 0)) / a.length).toBeLessThan(0.15);
});

test('rows that share an image get its target moved alike; the image is that of one row of its own', async () => {
  const [pixels, labels] = await run([TURNED, IDENTITY]);
  const shared = augment(
    constant(image, [2, 3, SIDE, SIDE]),
    constant(
      [0, 1, 1, 0].flatMap((k) => [...target.slice(k * PLANE, (k + 1) * PLANE)]),
      [4, 1, SIDE, SIDE],
    ),
    constant([TURNED, TURNED, IDENTITY, IDENTITY].flat(), [4, 12]),
    constant(Uint32Array.of(1, 1, 2, 2), [4]),
    MEAN,
  );
  const [both, four] = await readAll(gpu, [shared.image, shared.target]);
  expect(both).toEqual(pixels);
  expect(four.slice(0, PLANE)).toEqual(labels.slice(0, PLANE));
  expect(four.slice(2 * PLANE, 3 * PLANE)).toEqual(labels.slice(PLANE));
});

test('a map of the input moves with it', async () => {
  const m = Float32Array.from(noise(2 * 16, 8));
  // 4 × 4 elements of an input of 8 × 8: mirrored, and shifted by two pixels, one element.
  const mirrored = [-1, 0, 7, 0, 1, 0, 8, 8, 1, 0, 0, 0];
  const shifted = [1, 0, 0, 0, 1, 2, 8, 8, 1, 0, 0, 0];
  const [got] = await readAll(gpu, [
    warp(constant(m, [2, 1, 4, 4]), constant([...mirrored, ...shifted], [2, 12]), 2, -9),
  ]);
  got.forEach((v, i) => {
    const [row, y, x] = [Math.floor(i / 16), Math.floor(i / 4) % 4, i % 4];
    const want = row === 0 ? m[y * 4 + 3 - x] : y < 3 ? m[16 + (y + 1) * 4 + x] : -9;
    expect(v).toBeCloseTo(want, 5);
  });
});

test('wrong shapes are refused', () => {
  const x = constant(new Float32Array(12), [1, 3, 2, 2]);
  const t = constant(new Float32Array(4), [1, 1, 2, 2]);
  const keys = constant(new Uint32Array(1), [1]);
  expect(() => augment(x, x, t, keys, MEAN)).toThrow('images [I,3,S,S] and targets [R,1,S,S]');
  expect(() => augment(x, t, t, keys, MEAN)).toThrow('expected how [1,12], got [1,1,2,2]');
  expect(() => warp(x, t, 2, 0)).toThrow('expected a map [R,1,m,m]');
});
