import { expect, test } from 'vitest';
import { polygonMask, strokeMask } from '../../../src/app/document/strokes';

const square = { columns: 8, rows: 6, pixel: [1, 1] as const };
const shown = (mask: Uint8Array, columns = 8) =>
  Array.from({ length: mask.length / columns }, (_, y) => mask.slice(y * columns, (y + 1) * columns).join(''));

test('a dab is a disc; the smallest brush sets the pixel under it', () => {
  expect(shown(strokeMask(square, [{ x: 3.5, y: 2.5 }], 3))).toEqual([
    '00000000',
    '00111000',
    '00111000',
    '00111000',
    '00000000',
    '00000000',
  ]);
  expect(strokeMask(square, [{ x: 3.95, y: 2.05 }], 1).reduce((a, b) => a + b)).toBe(1);
  expect(strokeMask(square, [{ x: 3.95, y: 2.05 }], 1)[2 * 8 + 3]).toBe(1);
});

test('a fast stroke has no gaps, and may leave the slice', () => {
  const mask = strokeMask(
    square,
    [
      { x: -2, y: 3.5 },
      { x: 20, y: 3.5 },
    ],
    1,
  );
  expect(shown(mask)[3]).toBe('11111111');
  expect(mask.reduce((a, b) => a + b)).toBe(8);
});

test('every pixel is judged by the distance of its middle from the path, also where pixels are not square', () => {
  const g = { columns: 8, rows: 6, pixel: [1, 2.5] as const };
  const [a, b, diameter] = [{ x: 1.2, y: 0.7 }, { x: 6.1, y: 4.4 }, 4.2];
  const expected = Array.from({ length: 48 }, (_, i) => {
    const p = { x: (i % 8) + 0.5, y: (Math.floor(i / 8) + 0.5) * 2.5 };
    const nearest = Math.min(
      ...Array.from({ length: 20001 }, (_, k) => {
        const t = k / 20000;
        return Math.hypot(p.x - (a.x + t * (b.x - a.x)), p.y - 2.5 * (a.y + t * (b.y - a.y)));
      }),
    );
    return nearest <= diameter / 2 ? 1 : 0;
  });
  expect([...strokeMask(g, [a, b], diameter)]).toEqual(expected);
});

test('a lasso holds the pixels whose middle it surrounds; where it crosses itself twice around is out', () => {
  const corners = [
    { x: 1, y: 1 },
    { x: 5.4, y: 1 },
    { x: 5.4, y: 4 },
    { x: 1, y: 4 },
  ];
  expect(shown(polygonMask(square, corners))).toEqual([
    '00000000',
    '01111000',
    '01111000',
    '01111000',
    '00000000',
    '00000000',
  ]);
  expect(polygonMask(square, [...corners, ...corners]).some(Boolean)).toBe(false);
  const beyond = corners.map(({ x, y }) => ({ x: x * 3 - 5, y: y * 3 - 5 }));
  expect(polygonMask(square, beyond).every(Boolean)).toBe(true);
  expect(polygonMask(square, []).some(Boolean)).toBe(false);
});
