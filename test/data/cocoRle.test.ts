import { expect, test } from 'vitest';
import { cocoCounts, maskOfCounts, packCounts, unpackCounts } from '../../src/data/cocoRle';

/** maskApi.c's rleFrString, written from its text: what COCO's tools make of the packed counts. */
function reference(text: string): number[] {
  const out: number[] = [];
  for (let at = 0; at < text.length; ) {
    let [x, k, more] = [0, 0, true];
    while (more) {
      const c = text.charCodeAt(at++) - 48;
      x |= (c & 0x1f) << (5 * k);
      more = (c & 0x20) !== 0;
      k++;
      if (!more && c & 0x10) x |= -1 << (5 * k);
    }
    out.push(out.length > 2 ? x + out[out.length - 2] : x);
  }
  return out;
}

test('counts run down the columns and begin outside', () => {
  // 3 wide, 2 high.
  expect(cocoCounts([1, 0, 0, 1, 0, 1], 3, 2)).toEqual([0, 2, 3, 1]);
  expect(cocoCounts([0, 0, 0, 0], 2, 2)).toEqual([4]);
  expect(cocoCounts([1, 1, 1, 1], 2, 2)).toEqual([0, 4]);
});

test('packed counts are what the COCO API reads', () => {
  // A 9 × 9 square in 25 × 25.
  const square = Uint8Array.from({ length: 625 }, (_, i) => {
    const [x, y] = [i % 25, Math.floor(i / 25)];
    return x >= 5 && x < 14 && y >= 5 && y < 14 ? 1 : 0;
  });
  const counts = cocoCounts(square, 25, 25);
  expect(counts.slice(0, 4)).toEqual([130, 9, 16, 9]);
  // 130 = 4·32 + 2; 16 needs a second character for its sign; then no difference to the column before.
  expect(packCounts(counts).slice(0, 8)).toBe('R49`0000');
  expect(reference(packCounts(counts))).toEqual(counts);
});

test('any counts come back, large and falling ones, too', () => {
  let seed = 7;
  const random = () => {
    seed = (seed * 1103515245 + 12345) % 2 ** 31;
    return seed / 2 ** 31;
  };
  for (let n = 0; n < 50; n++) {
    const counts = Array.from({ length: 1 + Math.floor(random() * 40) }, () => Math.floor(random() ** 4 * 2e8));
    expect(reference(packCounts(counts))).toEqual(counts);
  }
  const many = Array.from({ length: 30_000 }, (_, i) => i % 7);
  expect(reference(packCounts(many))).toEqual(many);
  expect(unpackCounts(packCounts(many), 30_000)).toEqual(many);
});

test('counts and masks come back', () => {
  let seed = 7;
  const random = () => {
    seed = (seed * 1103515245 + 12345) % 2 ** 31;
    return seed / 2 ** 31;
  };
  for (const [width, height, part] of [
    [1, 1, 0],
    [1, 1, 1],
    [17, 9, 0.5],
    [300, 200, 0.01],
    [5, 900, 0.97],
  ]) {
    const mask = Uint8Array.from({ length: width * height }, () => Number(random() < part));
    const counts = cocoCounts(mask, width, height);
    const text = packCounts(counts);
    expect(reference(text)).toEqual(counts);
    expect(unpackCounts(text, width * height + 1)).toEqual(counts);
    expect(maskOfCounts(counts, width, height)).toEqual(mask);
  }
  expect(unpackCounts(packCounts([2 ** 30, 3]), 10)).toEqual([2 ** 30, 3]);
});

test('text that is none, negative counts, too many of them, and counts of another size give nothing', () => {
  for (const text of ['\u0000', 'é', 'o', 'ooooooooooo0', packCounts([3, -1]), '0'.repeat(11)])
    expect(unpackCounts(text, 10), text).toBeNull();
  expect(unpackCounts('0'.repeat(10), 10)).toHaveLength(10);
  expect(maskOfCounts([2, 1], 2, 2)).toBeNull();
  expect(maskOfCounts([2 ** 31, 2 ** 31], 2, 2)).toBeNull();
});
