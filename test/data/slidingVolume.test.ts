import { expect, test } from 'vitest';
import { gaussianWeights, type PredictWindow, slideVolume, unseenLogit } from '../../src/data/slidingVolume';
import { logitsToSource, prepareVolume } from '../../src/data/volumePrepare';
import { volumeOf } from './toldVolume';

const volume = volumeOf([24, 20, 13], (x, y, z) => (x + y + z) % 50);
const prepared = prepareVolume('v', volume, { side: 32, window: [0, 50] });
const filled = (depth: number, side: number, f: (d: number, y: number, x: number) => number) => ({
  side,
  data: Float32Array.from({ length: depth * side * side }, (_, i) =>
    f(Math.floor(i / side ** 2), Math.floor(i / side) % side, i % side),
  ),
});

test.each([
  [{ depth: 4, overlap: 0.5 }],
  [{ depth: 5, overlap: 0 }],
  [{ depth: 13, overlap: 0 }],
  [{ depth: 20, overlap: 0.5 }],
  [{ depth: 1, overlap: 0 }],
  [{ depth: 4, overlap: 0.5, tile: 10 }],
  [{ depth: 3, overlap: 0.25, tile: 16, tileOverlap: 0.75 }],
  [{ depth: 4, overlap: 0, tile: 64 }],
])('the weights are a partition of unity: constant logits stay constant with %j', async (spec) => {
  for (const side of [8, 32]) {
    const out = await slideVolume(prepared, spec, () => filled(spec.depth, side, () => 3.25));
    for (const v of out) expect(Math.abs(v - 3.25)).toBeLessThan(1e-5);
  }
});

test('logits that depend on the slice come back on their slice', async () => {
  const out = await slideVolume(prepared, { depth: 4, overlap: 0.5 }, ({ slices }) =>
    filled(4, 8, (d) => slices[d] - 6),
  );
  for (const [i, v] of out.entries()) expect(v).toBeCloseTo(Math.floor(i / 480) - 6, 4);
});

test('logits that depend on the place come back at their place, whole or in tiles, and with repeated edges', async () => {
  for (const spec of [
    { depth: 4, overlap: 0.5 },
    { depth: 4, overlap: 0.5, tile: 12 },
    { depth: 32, overlap: 0 },
  ]) {
    const predict: PredictWindow = ({ tile, frames }) =>
      filled(spec.depth, 32, (d, y, x) => {
        const [h, w] = frames[d].inputSize;
        const px = tile.x + ((x + 0.5) * tile.w) / w - 0.5; // a ramp over the frame
        const py = tile.y + ((y + 0.5) * tile.h) / h - 0.5;
        return px - 2 * py;
      });
    const out = await slideVolume(prepared, spec, predict);
    let worst = 0;
    for (const [i, v] of out.entries()) {
      const [x, y] = [i % 24, Math.floor(i / 24) % 20];
      if (x < 1 || y < 1 || x > 22 || y > 18) continue; // the resizing filter is cut at borders
      worst = Math.max(worst, Math.abs(v - (x - 2 * y)));
    }
    expect(worst).toBeLessThan(spec.tile ? 0.6 : 1e-4); // tiles have borders inside, at small weight
  }
});

test('where windows disagree the middle of a window counts most', async () => {
  const out = await slideVolume(prepared, { depth: 8, overlap: 0.5 }, ({ index }) =>
    filled(8, 8, () => (index === 0 ? 1 : -1)),
  );
  const along = Array.from({ length: 13 }, (_, z) => out[z * 480 + 100]);
  expect(along[0]).toBeCloseTo(1, 5);
  expect(along[12]).toBeCloseTo(-1, 5);
  for (let z = 1; z < 13; z++) expect(along[z]).toBeLessThanOrEqual(along[z - 1] + 1e-6);
});

test('the model sees the prepared frames; windows without an answer do not count', async () => {
  const told: number[][] = [];
  const out = await slideVolume(
    prepared,
    { depth: 4, overlap: 0.5 },
    ({ frames, slices, index, count }) => {
      expect(count).toBe(6);
      for (const [d, z] of slices.entries()) expect(frames[d]).toBe(prepared.frame(z));
      return index === 0 ? null : filled(4, 8, () => 2);
    },
    (done, total) => told.push([done, total]),
  );
  expect(told).toHaveLength(6);
  expect(told[5]).toEqual([6, 6]);
  expect(out[0]).toBe(unseenLogit); // slices 0 and 1 lie in the first window alone
  expect(out[2 * 480]).toBeCloseTo(2, 6);
});

test('a mask by windows is the mask on the source grid', async () => {
  const ball = volumeOf([24, 20, 13], (x, y, z) => (Math.hypot(x - 12, y - 9, (z - 6) * 1.5) < 7 ? 1 : 0));
  const p = prepareVolume('ball', ball, { side: 48, plane: 'coronal', window: [0, 1] });
  const logits = await slideVolume(p, { depth: 6, overlap: 0.5 }, ({ frames }) =>
    filled(6, 48, (d, y, x) => frames[d].image[(y * 48 + x) * 3] / 127.5 - 1),
  );
  const mask = logitsToSource(p, logits).map((v) => (v > 0 ? 1 : 0));
  const wrong = mask.reduce((n, v, i) => n + (v === ball.data[i] ? 0 : 1), 0);
  expect(wrong).toBe(0);
});

test('weights, and answers of a wrong length', async () => {
  expect(gaussianWeights(5)[2]).toBe(1);
  expect([...gaussianWeights(9)]).toEqual([...gaussianWeights(9)].reverse());
  expect(Math.min(...gaussianWeights(64))).toBeGreaterThan(0);
  const bad = slideVolume(prepared, { depth: 4, overlap: 0 }, () => ({ data: new Float32Array(5), side: 8 }));
  await expect(bad).rejects.toThrow('v: the model gave 5 logits, expected 4 × 8 × 8');
  await expect(slideVolume(prepared, { depth: 4, overlap: 0, tile: 1 }, () => null)).rejects.toThrow(
    /tiles of 1 pixels/,
  );
  await expect(slideVolume(prepared, { depth: 4, overlap: 1 }, () => null)).rejects.toThrow(/0 ≤ overlap < 1/);
});
