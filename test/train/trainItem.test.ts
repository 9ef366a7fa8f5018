import { expect, test } from 'vitest';
import {
  type BatchShape,
  batchArrays,
  fillBatch,
  imagesOf,
  rowsOf,
  singly,
  type TrainItem,
} from '../../src/train/trainItem';

const shape: BatchShape = { batch: 3, depth: 1, side: 4, points: 1, maskSide: 0 };
const mean = [10, 20, 30];

/** 2 × 3 pixels of a 4 × 4 input, channel c of pixel p holding 100·c + p. */
function item(changes: Partial<TrainItem> = {}): TrainItem {
  return {
    id: 'a',
    className: 'thing',
    image: Uint8Array.from({ length: 48 }, (_, i) => 100 * (i % 3) + Math.floor(i / 3)),
    inputSize: [2, 3],
    mask: Uint8Array.from({ length: 16 }, (_, p) => (p === 5 ? 1 : 0)),
    points: Float32Array.of(1, 1),
    labels: Float32Array.of(1),
    ...changes,
  };
}

test('planes of channels; the pixel mean and -1 where there is no image; rows repeat when items are few', () => {
  const out = batchArrays(shape);
  fillBatch(out, [item(), item({ points: Float32Array.of(2, 0) })], shape, mean);
  const plane = (b: number, c: number) => [...out.image.slice((3 * b + c) * 16, (3 * b + c + 1) * 16)];
  expect(plane(0, 1)).toEqual([100, 101, 102, 20, 104, 105, 106, 20, ...Array(8).fill(20)]);
  expect([...out.target.slice(0, 16)]).toEqual([0, 0, 0, -1, 0, 1, 0, -1, ...Array(8).fill(-1)]);
  expect([...out.points]).toEqual([1, 1, 2, 0, 1, 1]);
  expect(plane(2, 2)).toEqual(plane(0, 2));
  // Nothing is left from a batch before.
  const again = batchArrays(shape);
  again.image.fill(7);
  again.target.fill(7);
  fillBatch(again, [item(), item({ points: Float32Array.of(2, 0) })], shape, mean);
  expect(again).toEqual(out);
});

test('what does not fit is refused with the name of the item', () => {
  const out = batchArrays(shape);
  const fill = (...items: TrainItem[]) => fillBatch(out, items, shape, mean);
  expect(() => fill()).toThrow('0 items for 3 rows');
  expect(() => fill(item(), item(), item(), item())).toThrow('4 items for 3 rows');
  expect(() => fill(item({ image: new Uint8Array(3) }))).toThrow('a (thing): image has 3 values, expected 48');
  expect(() => fill(item({ labels: Float32Array.of(1, 1) }))).toThrow('labels has 2 values, expected 1');
  expect(() => fill(item({ inputSize: [5, 3] }))).toThrow('input of 3 × 5 pixels, expected at most 4²');
  expect(() => fill(item({ mask: new Uint8Array(16) }))).toThrow('the mask is empty at this size');
  expect(() => fill(item({ points: Float32Array.of(1, 3) }))).toThrow('point 0 (1, 3) lies outside the input of 3 × 2');
  expect(() => fill(item({ points: Float32Array.of(Number.NaN, 1) }))).toThrow('lies outside');
  fill(item({ points: Float32Array.of(9, 9), labels: Float32Array.of(-1) }));
});

test('a mask only where there is no image counts as empty', () => {
  const mask = Uint8Array.from({ length: 16 }, (_, p) => (p === 15 ? 1 : 0));
  expect(() => fillBatch(batchArrays(shape), [item({ mask })], shape, mean)).toThrow('the mask is empty');
});

test('slices of volumes come in whole slabs and may be without the object', () => {
  const slab: BatchShape = { ...shape, batch: 2, depth: 2 };
  const empty = item({ id: 'b', mask: new Uint8Array(16), labels: Float32Array.of(-1) });
  const out = batchArrays(slab);
  fillBatch(out, [item(), empty], slab, mean);
  expect([...out.labels]).toEqual([1, -1, 1, -1]);
  expect([...out.target.slice(16, 22)]).toEqual([0, 0, 0, -1, 0, 0]);
  expect(() => fillBatch(out, [item()], slab, mean)).toThrow('1 items are no whole slabs of 2 slices');
  expect(() => fillBatch(out, [item(), item({ mask: new Uint8Array(16) })], slab, mean)).toThrow(
    'a slice without the object has a point on the object',
  );
});

test('mask prompts go where they belong, and only where the step has room for them', () => {
  const with2: BatchShape = { ...shape, maskSide: 2 };
  const out = batchArrays(with2);
  out.mask.fill(9);
  fillBatch(out, [item({ maskInput: Float32Array.of(1, 2, 3, 4) }), item()], with2, mean);
  expect([...out.mask]).toEqual([1, 2, 3, 4, 0, 0, 0, 0, 1, 2, 3, 4]);
  expect([...out.masked]).toEqual([1, 0, 1]);
  const long = item({ maskInput: new Float32Array(5) });
  expect(() => fillBatch(out, [long], with2, mean)).toThrow('mask prompt has 5 values, expected 4');
  expect(() => fillBatch(batchArrays(shape), [long], shape, mean)).toThrow('the step was made without');
});

test('rows that share an image bring their own target and prompt; another image is refused', () => {
  const shared: BatchShape = { ...shape, batch: 2, prompts: 2 };
  const first = item();
  const other = { ...first, mask: first.mask.map((_, p) => (p === 0 ? 1 : 0)), points: Float32Array.of(0, 0) };
  const last = item({ id: 'b' });
  const out = batchArrays(shared);
  fillBatch(out, [first, other, last, last], shared, mean);
  expect([rowsOf(shared), imagesOf(shared), out.image.length]).toEqual([4, 2, 2 * 48]);
  expect([0, 1, 2, 3].map((b) => out.target.slice(16 * b, 16 * (b + 1)).indexOf(1))).toEqual([5, 0, 5, 5]);
  expect([...out.points]).toEqual([1, 1, 0, 0, 1, 1, 1, 1]);
  const alone = batchArrays({ ...shape, batch: 2 });
  fillBatch(alone, [first, last], { ...shape, batch: 2 }, mean);
  expect(out.image).toEqual(alone.image);
  expect(() => fillBatch(out, [first, last, last, last], shared, mean)).toThrow(
    "b (thing): its image is another than a's, with which it shares a place",
  );
  expect(singly(shared)).toEqual({ ...shape, batch: 4 });
});
