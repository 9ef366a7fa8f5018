import { expect, test } from 'vitest';
import { phantom3d } from '../../src/data/phantom3d';
import { looksLikeCt, toGrey, windowPresets, windowRange } from '../../src/data/volumeWindow';

test('presets in Hounsfield units: level 40 and width 400 show −160 black and 240 white', () => {
  expect(windowRange(new Int16Array(1), 'soft-tissue')).toEqual([-160, 240]);
  expect(Object.values(windowPresets).map(([a, b]) => [(a + b) / 2, b - a])).toEqual([
    [40, 400],
    [-600, 1500],
    [400, 1800],
    [40, 80],
  ]);
  expect([...toGrey(Int16Array.of(-1000, -160, 41, 240, 3000), [-160, 240])]).toEqual([0, 0, 128, 255, 255]);
});

test('auto cuts half a percent at each end; mri leaves the background out', () => {
  const data = Int16Array.from({ length: 1001 }, (_, i) => i);
  expect(windowRange(data, 'auto')).toEqual([5, 995]);
  const masked = new Float32Array(4000);
  masked.set(Float32Array.from({ length: 1001 }, (_, i) => 500 + i));
  expect(windowRange(masked, 'auto')[0]).toBe(0);
  const [low, high] = windowRange(masked, 'mri');
  expect(Math.abs(low - 505)).toBeLessThan(0.1);
  expect(Math.abs(high - 1495)).toBeLessThan(0.1);
  const normalised = masked.map((v) => (v === 0 ? 0 : (v - 1000) / 300)); // mean 0: the background is not the smallest
  expect(windowRange(normalised, 'mri')[0]).toBeCloseTo(-1.65, 2);
});

test('values of one kind are black; windows that are none are refused', () => {
  const flat = new Float32Array(8).fill(7);
  for (const w of ['auto', 'mri']) expect([...toGrey(flat, windowRange(flat, w))]).toEqual(Array(8).fill(0));
  expect(windowRange(flat, [1, 2])).toEqual([1, 2]);
  for (const w of [
    [2, 1],
    [0, 0],
    [0, Number.NaN],
  ] as const)
    expect(() => windowRange(flat, w)).toThrow(/the lower first/);
  expect(() => windowRange(flat, 'liver')).toThrow(
    'window "liver": there are soft-tissue, lung, bone, brain, auto, percentile, mri, or [low, high]',
  );
});

test('auto knows Hounsfield units and takes the soft-tissue window; everything else by percentiles', () => {
  const ct = phantom3d('ct', 1, 0, { size: 32, slices: 4 }).image.data;
  const mr = phantom3d('mri', 1, 0, { size: 32, slices: 4 }).image.data;
  expect([looksLikeCt(ct), looksLikeCt(mr)]).toEqual([true, false]);
  expect(windowRange(ct, 'auto')).toEqual([-160, 240]);
  expect(windowRange(ct, 'percentile')[0]).toBeLessThan(-950);
  expect(windowRange(mr, 'auto')).toEqual(windowRange(mr, 'percentile'));
  const normalised = Float32Array.from({ length: 1000 }, (_, i) => i / 100 - 5);
  expect(looksLikeCt(normalised)).toBe(false);
});
