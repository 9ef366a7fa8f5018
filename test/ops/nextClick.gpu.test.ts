import { expect, test } from 'vitest';
import { openGpu } from '../../src/gpu/device';
import { nextClick } from '../../src/ops/nextClick';
import { readAll } from '../../src/plan/read';
import { constant } from '../../src/tensor/tensor';
import { grid } from '../../src/train/metrics/grid';
import { nextClick as reference } from '../../src/train/metrics/nextClick';
import { noise } from '../harness/array64';

const gpu = await openGpu();
const SIDE = 19;
const PLANE = SIDE * SIDE;

/** Blobs of every size from smoothed noise, a comb that winds, a lone pixel, an empty and a full picture. */
function pictures(): { logits: Float32Array; target: Float32Array; rows: number } {
  const smooth = (seed: number) => {
    const n = noise(PLANE, seed);
    return n.map((_, p) => n[p] + (n[p - 1] ?? 0) + (n[p - SIDE] ?? 0) + (n[p + 1] ?? 0) + (n[p + SIDE] ?? 0));
  };
  const blobs = Array.from({ length: 8 }, (_, k) => [smooth(3 * k + 1), smooth(3 * k + 2).map((v) => (v > 0 ? 1 : 0))]);
  // One component that winds through the whole picture: labels must travel far.
  const comb = Array.from({ length: PLANE }, (_, p) => {
    const [x, y] = [p % SIDE, Math.floor(p / SIDE)];
    return y % 2 === 0 || x === (y % 4 === 1 ? SIDE - 1 : 0) ? 1 : 0;
  });
  const zeros = Array(PLANE).fill(0);
  const ones = Array(PLANE).fill(1);
  const lone = zeros.map((_, p) => (p === 77 ? 1 : 0));
  const minus = ones.map((v) => -v);
  // Two pixels each, missed and wrong: the missed one comes first although it is later in raster order.
  const tied = [zeros.map((_, p) => (p < 2 ? 1 : -1)), zeros.map((_, p) => (p > PLANE - 3 ? 1 : 0))];
  const rows = [...blobs, [minus, comb], [lone, zeros], [minus, zeros], [minus, ones], tied];
  return {
    logits: Float32Array.from(rows.flatMap((r) => [...r[0]])),
    target: Float32Array.from(rows.flatMap((r) => [...r[1]])),
    rows: rows.length,
  };
}

test('equal to the reference on every picture, ties included; -1 where there is no error', async () => {
  const { logits, target, rows } = pictures();
  const shape = [rows, SIDE, SIDE];
  const { points, labels } = nextClick(constant(logits, shape), constant(target, shape));
  expect([points.shape, labels.shape]).toEqual([
    [rows, 1, 2],
    [rows, 1],
  ]);
  const [p, l] = await readAll(gpu, [points, labels]);
  for (let r = 0; r < rows; r++) {
    const part = (a: Float32Array) => a.slice(r * PLANE, (r + 1) * PLANE);
    const pred = Uint8Array.from(part(logits), (v) => (v > 0 ? 1 : 0));
    const want = reference(pred, part(target), grid([SIDE, SIDE]));
    const got = l[r] < 0 ? null : { x: p[2 * r], y: p[2 * r + 1], label: l[r] };
    expect(got, `row ${r}`).toEqual(want && { x: want.x, y: want.y, label: want.label });
  }
});

test('pixels that do not count are outside', async () => {
  const shape = [1, 7, 7];
  // Missed everywhere, but the right half does not count: the innermost pixel of the left half.
  const target = Float32Array.from({ length: 49 }, (_, p) => (p % 7 < 3 ? 1 : -1));
  const { points, labels } = nextClick(constant(new Float32Array(49).fill(-1), shape), constant(target, shape));
  const [p, l] = await readAll(gpu, [points, labels]);
  expect([...p, ...l]).toEqual([1, 1, 1]);
  const wrong = nextClick(
    constant(new Float32Array(49).fill(1), shape),
    constant(new Float32Array(49).fill(-1), shape),
  );
  expect([...(await readAll(gpu, [wrong.labels]))[0]]).toEqual([-1]);
});

test('a random click lies in the largest error, depends on the key alone and reaches all of it', async () => {
  const keys = Uint32Array.from({ length: 64 }, (_, i) => 1000 + i);
  const target = Float32Array.from({ length: 64 * 25 }, (_, i) => ([6, 7, 8, 24].includes(i % 25) ? 1 : 0));
  const shape = [64, 5, 5];
  const { points } = nextClick(
    constant(new Float32Array(64 * 25).fill(-1), shape),
    constant(target, shape),
    constant(keys, [64]),
  );
  const [p] = await readAll(gpu, [points]);
  const at = Array.from({ length: 64 }, (_, r) => p[2 * r] + 5 * p[2 * r + 1]);
  for (const k of [6, 7, 8]) expect(at.filter((v) => v === k).length).toBeGreaterThan(10);
  expect(at.every((v) => [6, 7, 8].includes(v))).toBe(true);
});

test('wrong shapes are refused', () => {
  const x = constant(new Float32Array(12), [1, 3, 4]);
  expect(() => nextClick(x, x)).toThrow('expected logits and target [R,S,S], got [1,3,4]');
  const y = constant(new Float32Array(9), [1, 3, 3]);
  expect(() => nextClick(y, y, constant([1], [1]))).toThrow('expected keys u32 [1], got f32 [1]');
});
