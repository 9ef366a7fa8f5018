import { expect, test } from 'vitest';
import {
  type Affine,
  affineOf,
  applyAffine,
  axesOf,
  checkSpans,
  invertAffine,
  multiplyAffine,
  obliquity,
  orientationFrom,
  spacingOf,
} from '../../src/data/affine';

const oblique: Affine = [
  [-2.868914, -0.868579, -0.203463, -87.956329],
  [-0.877116, 2.840994, 0.665458, 86.319],
  [-7e-6, -0.41752, 4.95134, 94.301758],
  [0, 0, 0, 1],
];

test('an affine and its inverse cancel', () => {
  const one = multiplyAffine(oblique, invertAffine(oblique));
  for (let r = 0; r < 4; r++) for (let c = 0; c < 4; c++) expect(one[r][c]).toBeCloseTo(r === c ? 1 : 0, 10);
  const back = applyAffine(invertAffine(oblique), applyAffine(oblique, [3, 4, 5]));
  for (const [i, v] of back.entries()) expect(v).toBeCloseTo(3 + i, 10);
});

test('spacing, axes and tilt of an oblique grid', () => {
  for (const [c, s] of [3, 3, 5].entries()) expect(spacingOf(oblique)[c]).toBeCloseTo(s, 4);
  expect(axesOf(oblique)).toBe('LAS');
  expect(obliquity(oblique)).toBeCloseTo((Math.acos(2.840994 / 3) * 180) / Math.PI, 2);
  expect(obliquity(affineOf([0, 2, 0], [0, 0, -1], [3, 0, 0], [1, 2, 3]))).toBe(0);
});

test('all 48 orientations are told, and stay told when tilted by 30 degrees', () => {
  const [c, s] = [Math.cos(Math.PI / 6), Math.sin(Math.PI / 6)];
  const tilt: Affine = [
    [c, -s, 0, 0],
    [s, c, 0, 0],
    [0, 0, 1, 0],
    [0, 0, 0, 1],
  ];
  let n = 0;
  for (const a of 'LRPAIS') {
    for (const b of 'LRPAIS') {
      for (const d of 'LRPAIS') {
        const pairs = [a, b, d].map((l) => ['LR', 'PA', 'IS'].findIndex((p) => p.includes(l)));
        if (new Set(pairs).size !== 3) continue;
        const { axis, sign } = orientationFrom(a + b + d);
        const column = (k: number) =>
          [0, 1, 2].map((r) => (r === axis[k] ? sign[k] * (k + 1) : 0)) as [number, number, number];
        const affine = affineOf(column(0), column(1), column(2), [0, 0, 0]);
        expect(axesOf(affine)).toBe(a + b + d);
        expect(axesOf(multiplyAffine(tilt, affine))).toBe(a + b + d);
        n++;
      }
    }
  }
  expect(n).toBe(48);
});

test('codes and affines that are none', () => {
  for (const code of ['RA', 'RRS', 'XYZ', 'RASL', 'ras'])
    expect(() => orientationFrom(code)).toThrow(/expected three letters/);
  expect(() => checkSpans(affineOf([1, 0, 0], [1, 0, 0], [0, 0, 1], [0, 0, 0]), 'v')).toThrow(/do not span space/);
  expect(() => checkSpans(affineOf([1, 0, 0], [0, Number.NaN, 0], [0, 0, 1], [0, 0, 0]), 'v')).toThrow(/no numbers/);
});
