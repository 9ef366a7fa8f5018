import { expect, test } from 'vitest';
import { grad } from '../../src/autograd/grad';
import { openGpu } from '../../src/gpu/device';
import { sum } from '../../src/ops/reduce';
import { readAll } from '../../src/plan/read';
import { constant } from '../../src/tensor/tensor';
import { hardIoU, iouLoss, LOSSES, type LossName, maskLoss, maskLosses } from '../../src/train/losses';

const gpu = await openGpu();
const SIDE = 5;
const PLANE = SIDE * SIDE;
const MASKS = 3;
const x = Float32Array.from({ length: 2 * MASKS * PLANE }, (_, i) => 3 * Math.sin(1.7 * i));
// The second row has padding in its last two rows of pixels.
const target = Float32Array.from({ length: 2 * PLANE }, (_, i) =>
  i >= 2 * PLANE - 2 * SIDE ? -1 : i % 3 === 0 ? 1 : 0,
);
const logits = () => constant(x, [2, MASKS, SIDE, SIDE]);
const truth = () => constant(target, [2, 1, SIDE, SIDE]);

/** The definitions in float64: loss of mask n of row b. */
function reference(name: LossName, v: ArrayLike<number>, b: number, n: number, posWeight: number): number {
  let [bce, focal, count, both, sizes] = [0, 0, 0, 0, 0];
  for (let i = 0; i < PLANE; i++) {
    const t = target[b * PLANE + i];
    if (t < 0) continue;
    const p = 1 / (1 + Math.exp(-v[(b * MASKS + n) * PLANE + i]));
    bce -= posWeight * t * Math.log(p) + (1 - t) * Math.log(1 - p);
    const pt = t ? p : 1 - p;
    focal -= (t ? 0.25 : 0.75) * (1 - pt) ** 2 * Math.log(pt);
    count++;
    both += p * t;
    sizes += p + t;
  }
  const dice = 1 - (2 * both + 1) / (sizes + 1);
  return {
    bce: bce / count,
    dice,
    'bce+dice': bce / count + dice,
    focal: focal / count,
    'focal+dice': (20 * focal) / count + dice,
  }[name];
}

for (const name of LOSSES) {
  test(`${name}: each mask's value and gradient against float64, padding left out`, async () => {
    const l = logits();
    const losses = maskLosses(name, l, truth(), 2.5);
    expect(losses.shape).toEqual([2, MASKS]);
    const [values, g] = await readAll(gpu, [losses, ...grad(sum(losses), [l])]);
    values.forEach((v, k) => {
      expect(v).toBeCloseTo(reference(name, x, Math.floor(k / MASKS), k % MASKS, 2.5), 5);
    });
    const eps = 1e-5;
    for (let i = 0; i < x.length; i += 2) {
      const [b, n] = [Math.floor(i / MASKS / PLANE), Math.floor(i / PLANE) % MASKS];
      const at = (d: number) => {
        const moved = Float64Array.from(x);
        moved[i] += d;
        return reference(name, moved, b, n, 2.5);
      };
      expect(Math.abs(g[i] - (at(eps) - at(-eps)) / (2 * eps))).toBeLessThan(2e-6);
      if (target[b * PLANE + (i % PLANE)] < 0) expect(g[i]).toBe(0);
    }
  });
}

test('of several masks the best of each row counts, and only it gets a gradient', async () => {
  const l = logits();
  const loss = maskLoss('bce+dice', l, truth());
  expect(loss.shape).toEqual([]);
  const [[value], g] = await readAll(gpu, [loss, ...grad(loss, [l])]);
  const all = [0, 1].map((b) => [0, 1, 2].map((n) => reference('bce+dice', x, b, n, 1)));
  expect(value).toBeCloseTo((Math.min(...all[0]) + Math.min(...all[1])) / 2, 5);
  all.forEach((row, b) => {
    row.forEach((v, n) => {
      const part = g.slice((b * MASKS + n) * PLANE, (b * MASKS + n + 1) * PLANE);
      expect(part.some((d) => d !== 0)).toBe(v === Math.min(...row));
    });
  });
});

test('the IoU head learns the overlap of thresholded masks; two empty masks agree', async () => {
  const given = [0.5, 0.25, 1, 0.1, 0.9, 0];
  const iou = constant(given, [2, MASKS]);
  const loss = iouLoss(iou, logits(), truth());
  const nothing = constant(new Float32Array(PLANE).fill(-1), [1, 1, SIDE, SIDE]);
  const empty = hardIoU(nothing, constant(new Float32Array(PLANE), [1, 1, SIDE, SIDE]));
  const [got, [value], g, [agreed]] = await readAll(gpu, [
    hardIoU(logits(), truth()),
    loss,
    ...grad(loss, [iou]),
    empty,
  ]);
  const want = given.map((_, k) => {
    let [both, either] = [0, 0];
    for (let i = 0; i < PLANE; i++) {
      const t = target[Math.floor(k / MASKS) * PLANE + i];
      const p = x[k * PLANE + i] > 0;
      if (t < 0) continue;
      both += p && t ? 1 : 0;
      either += p || t ? 1 : 0;
    }
    return both / either;
  });
  want.forEach((v, k) => {
    expect(got[k]).toBeCloseTo(v, 6);
    expect(g[k]).toBeCloseTo((2 * (given[k] - v)) / 6, 6);
  });
  expect(value).toBeCloseTo(want.reduce((s, v, k) => s + (v - given[k]) ** 2, 0) / 6, 6);
  expect(agreed).toBe(1);
});
