import { expect, test } from 'vitest';
import { carriedPrompt, maskLogits, withoutSpecks } from '../../../src/app/engine/maskPrompt';
import type { CarryWay } from '../../../src/app/volumeProtocol';

/** 8 × 4 pixels (columns × rows), columns 2 to 4 of rows 1 to 2 inside. */
const mask = Uint8Array.from({ length: 32 }, (_, i) => (i % 8 > 1 && i % 8 < 5 && i > 7 && i < 24 ? 1 : 0));

test('logits over the decoder’s frame: the longer side fills it, beyond the image is surely outside', () => {
  const same = maskLogits(mask, [4, 8], 8);
  for (let y = 0; y < 8; y++)
    for (let x = 0; x < 8; x++) expect(same[8 * y + x]).toBe(y < 4 && mask[8 * y + x] ? 10 : -10);
  const twice = maskLogits(mask, [4, 8], 16);
  expect(twice[16 * 3 + 6]).toBeGreaterThan(0);
  expect(twice[16 * 3 + 2]).toBe(-10);
  expect([...twice.subarray(16 * 8)].every((v) => v === -10)).toBe(true);
});

test('the neighbour’s box, its innermost pixel, its logits, as asked for', () => {
  const of = (by: CarryWay) => carriedPrompt(mask, [4, 8], 8, null, by);
  expect(of('box')).toEqual({ box: [2, 1, 5, 3] });
  const { points, labels } = of('box+click');
  expect(labels).toEqual([1]);
  const [[x, y]] = points!;
  expect(mask[Math.floor(y) * 8 + Math.floor(x)]).toBe(1);
  expect([x % 1, y % 1]).toEqual([0.5, 0.5]);
  expect(of('click')).toEqual({ points, labels });
  expect(of('mask+box+click')).toEqual({ ...of('box+click'), maskInput: maskLogits(mask, [4, 8], 8) });
});

test('what the person prompted stands in place of box and point, the mask stays', () => {
  const own = { points: [{ x: 1, y: 2, label: 0 as const }], box: null, choice: null };
  expect(carriedPrompt(mask, [4, 8], 8, own, 'box')).toEqual({ points: [[1, 2]], labels: [0] });
  const p = carriedPrompt(mask, [4, 8], 8, own, 'mask+box+click');
  expect(p).toEqual({ points: [[1, 2]], labels: [0], maskInput: maskLogits(mask, [4, 8], 8) });
});

test('an empty mask is no prompt', () => {
  expect(() => carriedPrompt(new Uint8Array(32), [4, 8], 8, null, 'box')).toThrow(/empty/);
});

test('specks are left out, parts of some size stay', () => {
  const big = Array.from({ length: 10 }, () => 1);
  // A row of 10, a gap, 3 (kept), a gap, 1 (a speck).
  const row = Uint8Array.from([...big, 0, 1, 1, 1, 0, 1]);
  expect([...withoutSpecks(row, [1, 16])]).toEqual([...big, 0, 1, 1, 1, 0, 0]);
  expect([...withoutSpecks(new Uint8Array(4), [2, 2])]).toEqual([0, 0, 0, 0]);
});
