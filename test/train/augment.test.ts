import { expect, test } from 'vitest';
import { jitterBox } from '../../src/data/promptsBox';
import { rng } from '../../src/data/rng';
import { mapPoint } from '../../src/train/affine';
import { augmentBatch, drawChange } from '../../src/train/augment';
import { objectBox } from '../../src/train/augmentBox';
import type { AugmentConfig } from '../../src/train/augmentConfig';
import { mix } from '../../src/train/clickKeys';
import { boxIoU } from '../../src/train/metrics/box';
import { TRAIN_DEFAULTS } from '../../src/train/trainConfig';
import { type BatchShape, batchArrays, fillBatch, type TrainItem } from '../../src/train/trainItem';
import { SIDE, tinyItem } from './tiny';

const off = TRAIN_DEFAULTS.augment;
const strong: AugmentConfig = {
  ...off,
  flipX: 0.5,
  flipY: 0.5,
  rotate: 180,
  scale: 1,
  shift: 0.5,
  contrast: 0.3,
  brightness: 20,
  noise: 5,
};
const shape: BatchShape = { batch: 2, depth: 1, side: SIDE, points: 2, maskSide: 0 };
const size = [24, 32] as const;

function changed(config: AugmentConfig, items: readonly TrainItem[], batch = 3, of = shape) {
  const arrays = batchArrays(of);
  fillBatch(arrays, items, of, [1, 2, 3]);
  const inputs = augmentBatch(config, 7, batch, items, of, arrays);
  return { ...inputs, points: arrays.points, labels: arrays.labels };
}

test('turned off, nothing moves', () => {
  const items = [tinyItem(0), tinyItem(1)];
  const { augment, points, labels } = changed(off, items);
  expect([...augment.slice(0, 12)].map((v) => v + 0)).toEqual([1, 0, 0, 0, 1, 0, 24, 32, 1, 0, 0, 0]);
  expect([...points]).toEqual(items.flatMap((i) => [...i.points]));
  expect([...labels]).toEqual([1, -1, 1, -1]);
});

test('the draw follows from seed, batch and row; every number stays within its bounds', () => {
  const items = [tinyItem(0), tinyItem(1)];
  expect(changed(strong, items)).toEqual(changed(strong, items));
  expect(changed(strong, items, 4).augment).not.toEqual(changed(strong, items, 3).augment);
  const flips = { x: 0, y: 0 };
  for (let n = 0; n < 200; n++) {
    const c = drawChange(strong, (i) => mix(n, i) / 2 ** 32, size, [10, 5, 14, 9]);
    expect(Math.abs(c.contrast - 1)).toBeLessThanOrEqual(0.3);
    expect(Math.abs(c.brightness)).toBeLessThanOrEqual(20);
    expect(c.noise >= 0 && c.noise <= 5).toBe(true);
    const [a, b, , d, e] = c.forward;
    const factor = Math.sqrt(Math.abs(a * e - b * d));
    expect(factor).toBeGreaterThan(0.499);
    expect(factor).toBeLessThan(2.001);
    expect(Math.sign(a * e - b * d)).toBe(c.flipX === c.flipY ? 1 : -1);
    flips.x += c.flipX ? 1 : 0;
    flips.y += c.flipY ? 1 : 0;
    for (const corner of [0, 1, 2, 3]) {
      const [x, y] = mapPoint(c.forward, corner & 1 ? 14 : 10, corner & 2 ? 9 : 5);
      expect(x > -1e-9 && x < 31 + 1e-9 && y > -1e-9 && y < 23 + 1e-9).toBe(true);
    }
  }
  for (const n of [flips.x, flips.y]) expect(n > 70 && n < 130).toBe(true);
});

test('the whole image as object is turned smaller, so that it stays inside', () => {
  const c = drawChange({ ...off, rotate: 90 }, () => 0.75, size, [0, 0, 31, 23]);
  for (const corner of [0, 1, 2, 3]) {
    const [x, y] = mapPoint(c.forward, corner & 1 ? 31 : 0, corner & 2 ? 23 : 0);
    expect(x > -1e-9 && x < 31 + 1e-9 && y > -1e-9 && y < 23 + 1e-9).toBe(true);
  }
});

/** The mask as the shader moves it. */
function movedMask(item: TrainItem, how: Float32Array, side = SIDE): Uint8Array {
  const out = new Uint8Array(side * side);
  const [h, w] = item.inputSize;
  for (let y = 0; y < h; y++) {
    for (let x = 0; x < w; x++) {
      const [u, v] = mapPoint([how[0], how[1], how[2], how[3], how[4], how[5]], x, y).map((c) => Math.floor(c + 0.5));
      if (u >= 0 && v >= 0 && u < w && v < h) out[y * side + x] = item.mask[v * side + u];
    }
  }
  return out;
}

test('clicks stay on the object', () => {
  for (let k = 0; k < 40; k++) {
    const item = tinyItem(k);
    const { augment, points, labels } = changed({ ...strong, scale: 0.3 }, [item], k);
    expect([...labels.slice(0, 2)]).toEqual([1, -1]);
    expect(movedMask(item, augment)[Math.round(points[1]) * SIDE + Math.round(points[0])]).toBe(1);
  }
});

test('the IoU of a box with the tight box stays what it was', () => {
  const side = 200;
  const mask = Uint8Array.from({ length: side * side }, (_, p) => {
    const [x, y] = [(p % side) - 90, Math.floor(p / side) - 60];
    return (x / 45) ** 2 + ((y - 0.2 * x) / 25) ** 2 < 1 ? 1 : 0;
  });
  const plain = { ...tinyItem(0), mask, image: new Uint8Array(3 * side * side), inputSize: [150, side] as const };
  const tight = objectBox(plain, side)!;
  const of: BatchShape = { ...shape, batch: 1, side };
  for (let k = 0; k < 30; k++) {
    const box = jitterBox(tight, 0.75, side, 150, rng(k));
    const item = { ...plain, points: Float32Array.from(box), labels: Float32Array.of(2, 3) };
    const { augment, points } = changed({ ...strong, scale: 0.3, shift: 0.1 }, [item], k, of);
    const after = objectBox({ ...plain, mask: movedMask(item, augment, side) }, side)!;
    const [x0, y0, x1, y1] = points;
    expect(x0 >= 0 && y0 >= 0 && x1 <= side - 1 && y1 <= 149).toBe(true);
    // A pixel more or less on each side, by the nearest pixel; and a side that the frame cuts off.
    const cut = x0 === 0 || y0 === 0 || x1 === side - 1 || y1 === 149;
    if (!cut) expect(Math.abs(boxIoU(after, [x0, y0, x1, y1]) - 0.75)).toBeLessThan(0.05);
  }
});

test('a mirrored box is exact, its looser side mirrored with it', () => {
  const plain = tinyItem(2);
  const [x0, y0, x1, y1] = objectBox(plain, SIDE)!;
  const item = { ...plain, points: Float32Array.of(x0 - 2, y0, x1, y1 + 1), labels: Float32Array.of(2, 3) };
  const { points } = changed({ ...off, flipX: 1 }, [item]);
  [31 - x1, y0, 31 - (x0 - 2), y1 + 1].forEach((v, i) => {
    expect(points[i]).toBeCloseTo(v, 4);
  });
});

test('background points that leave the image become padding; slices of a volume move alike', () => {
  const corner = { ...tinyItem(0), points: Float32Array.of(0, 0, 4, 4), labels: Float32Array.of(0, 1) };
  const { labels } = changed({ ...off, scale: 4, rotate: 180 }, [corner], 5);
  expect(labels[0]).toBe(-1);
  expect(labels[1]).toBe(1);
  const slab: BatchShape = { ...shape, batch: 1, depth: 2 };
  const { augment, augmentKeys } = changed(strong, [tinyItem(0), tinyItem(1)], 3, slab);
  expect(augment.slice(0, 12)).toEqual(augment.slice(12));
  expect(augmentKeys[0]).not.toBe(augmentKeys[1]);
});

test('rows of one image move alike, and all their objects stay in the frame', () => {
  const shared: BatchShape = { ...shape, batch: 2, prompts: 2 };
  const images = [0, 1, 2].map((k) => tinyItem(k).image);
  const { augment } = changed(
    strong,
    [0, 0, 2, 2].map((k, i) => ({ ...tinyItem(i), image: images[k] })),
    3,
    shared,
  );
  const row = (b: number) => augment.slice(12 * b, 12 * (b + 1));
  expect([row(0), row(2)]).toEqual([row(1), row(3)]);
  expect(row(0)).not.toEqual(row(2));
});
