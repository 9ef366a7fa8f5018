import { expect, test } from 'vitest';
import { hash32 } from '../../src/data/drawMath';
import { USUAL_LEVEL } from '../../src/data/phantomLevel';
import {
  type Phantom,
  type PhantomModality,
  phantom,
  phantomClassesOf,
  usualModalities,
} from '../../src/data/phantoms';
import { components } from '../../src/train/metrics/components';
import { grid } from '../../src/train/metrics/grid';

const checksum = ({ image, labels }: Phantom) => {
  let h = 0;
  for (const part of [image, labels]) for (const v of part) h = hash32(h ^ v);
  return h;
};

const maskOf = ({ labels }: Phantom, test: (v: number) => boolean) => Uint8Array.from(labels, (v) => (test(v) ? 1 : 0));

const isGrey = (image: Uint8Array) => image.every((v, i) => v === image[i - (i % 3)]);

/** Mean green of the pixels of a mask; green carries most of the contrast in all three modalities. */
function meanGreen(image: Uint8Array, mask: Uint8Array): number {
  let [sum, n] = [0, 0];
  for (let p = 0; p < mask.length; p++) {
    if (!mask[p]) continue;
    sum += image[3 * p + 1];
    n++;
  }
  return sum / n;
}

/** The pixels at most six rows and columns from a mask but not in it. */
function ringAround(mask: Uint8Array, size: number): Uint8Array {
  const near = new Uint8Array(mask.length);
  mask.forEach((v, p) => {
    if (!v) return;
    const [x, y] = [p % size, Math.floor(p / size)];
    for (let row = Math.max(0, y - 6); row <= Math.min(size - 1, y + 6); row++)
      near.fill(1, row * size + Math.max(0, x - 6), row * size + Math.min(size, x + 7));
  });
  return near.map((v, p) => (mask[p] ? 0 : v));
}

test.each(usualModalities)('%s: the same seed and index give the same bits, others another picture', (modality) => {
  const first = phantom(modality, 3, 8);
  phantom('ultrasound', 3, 9, { size: 50 });
  expect(phantom(modality, 3, 8)).toEqual(first);
  const sums = [first, phantom(modality, 3, 9), phantom(modality, 4, 8)].map(checksum);
  expect(new Set(sums).size).toBe(3);
  expect(first).toMatchObject({ id: `${modality}-3-0008`, modality, width: 128, height: 128 });
});

// Weights and scores are published for these very pictures: a change here makes them incomparable and must be deliberate.
test('the pictures themselves have not changed', () => {
  expect(usualModalities.map((m) => checksum(phantom(m, 1, 0, { size: 64 })))).toEqual([
    1813527855, 4011290838, 542387437,
  ]);
});

test.each([
  ['fundus', 1, 0.008, 0.11],
  ['fundus', 2, 0.003, 0.07],
  ['ultrasound', 1, 0.008, 0.3],
  ['dermoscopy', 1, 0.015, 0.45],
] as const)('%s: class %i covers %f to %f of the picture in 200 seeds, and varies', (modality, value, least, most) => {
  const shares: number[] = [];
  for (let seed = 0; seed < 200; seed++) {
    const sample = phantom(modality, seed, 0, { size: 64 });
    expect(sample.image.length).toBe(64 * 64 * 3);
    const share = maskOf(sample, (v) => v === value).reduce((a, b) => a + b, 0) / (64 * 64);
    expect(share).toBeGreaterThan(least);
    expect(share).toBeLessThan(most);
    expect(sample.labels.every((v) => v <= sample.classes.length)).toBe(true);
    shares.push(share);
  }
  expect(Math.max(...shares) / Math.min(...shares)).toBeGreaterThan(3);
});

test.each(usualModalities)('%s: all classes together are one piece inside the picture', (modality) => {
  for (let index = 0; index < 60; index++) {
    const sample = phantom(modality, 2, index);
    const whole = maskOf(sample, (v) => v > 0);
    const { sizes } = components(whole, grid([128, 128]));
    expect(Math.max(...sizes) / sizes.reduce((a, b) => a + b, 0)).toBeGreaterThan(0.95);
  }
});

test('fundus: the disc is brighter than the retina, the cup brighter than the rim, and the rim surrounds the cup', () => {
  let paler = 0;
  for (let index = 0; index < 60; index++) {
    const sample = phantom('fundus', 9, index);
    const disc = maskOf(sample, (v) => v > 0);
    const cup = maskOf(sample, (v) => v === 2);
    expect(meanGreen(sample.image, disc)).toBeGreaterThan(meanGreen(sample.image, ringAround(disc, 128)));
    // Vessels cross the cup, so that its mean is not always the higher one.
    if (
      meanGreen(sample.image, cup) >
      meanGreen(
        sample.image,
        maskOf(sample, (v) => v === 1),
      )
    )
      paler++;
    const around = ringAround(cup, 128);
    const beyond = around.filter((v, p) => v && sample.labels[p] === 0).length;
    expect(beyond).toBeLessThan(0.8 * around.reduce((a, b) => a + b, 0));
  }
  expect(paler).toBeGreaterThanOrEqual(56);
});

test.each([
  ['ultrasound', 97],
  ['dermoscopy', 100],
] as const)('%s: the object is darker than what surrounds it in at least %i of 100', (modality, least) => {
  let darker = 0;
  for (let index = 0; index < 100; index++) {
    const sample = phantom(modality, 9, index);
    const mask = maskOf(sample, (v) => v === 1);
    if (meanGreen(sample.image, mask) < meanGreen(sample.image, ringAround(mask, 128))) darker++;
  }
  expect(darker).toBeGreaterThanOrEqual(least);
});

test('ultrasound is grey, and faint: one grey level does not tell nodule from tissue', () => {
  let overlap = 0;
  for (let index = 0; index < 60; index++) {
    const sample = phantom('ultrasound', 5, index);
    expect(isGrey(sample.image)).toBe(true);
    const mask = maskOf(sample, (v) => v === 1);
    const ring = ringAround(mask, 128);
    const middle = (meanGreen(sample.image, mask) + meanGreen(sample.image, ring)) / 2;
    let [wrong, all] = [0, 0];
    for (let p = 0; p < mask.length; p++) {
      if (!mask[p] && !ring[p]) continue;
      all++;
      if (sample.image[3 * p] < middle !== mask[p] > 0) wrong++;
    }
    overlap += wrong / all / 60;
  }
  expect(overlap).toBeGreaterThan(0.1); // far from separable by intensity
  expect(overlap).toBeLessThan(0.4); // and far from invisible
});

test('other sizes show the same picture: share of each class and mean colour agree', () => {
  for (const modality of usualModalities) {
    for (let index = 0; index < 6; index++) {
      const [small, large] = [64, 192].map((size) => phantom(modality, 1, index, { size }));
      for (const { value } of phantomClassesOf(modality)) {
        const share = (s: Phantom) => maskOf(s, (v) => v === value).reduce((a, b) => a + b, 0) / s.labels.length;
        expect(Math.abs(share(small) - share(large))).toBeLessThan(0.1 * share(large) + 0.003);
      }
      const everything = (s: Phantom) => meanGreen(s.image, new Uint8Array(s.labels.length).fill(1));
      expect(Math.abs(everything(small) - everything(large))).toBeLessThan(15);
    }
  }
});

/** How far object and surroundings differ in green, against their spread within: means over 50 pictures. */
function contrastToNoise(modality: PhantomModality, level: number): number {
  let sum = 0;
  for (let seed = 0; seed < 50; seed++) {
    const sample = phantom(modality, seed, 1, { size: 64, level });
    for (const { value } of sample.classes)
      expect(sample.labels.includes(value), `${sample.id} at ${level}: no ${value}`).toBe(true);
    const mask = maskOf(sample, (v) => v > 0);
    const ring = ringAround(mask, 64);
    const [inside, outside] = [meanGreen(sample.image, mask), meanGreen(sample.image, ring)];
    let [variance, n] = [0, 0];
    for (let p = 0; p < mask.length; p++) {
      if (!mask[p] && !ring[p]) continue;
      variance += (sample.image[3 * p + 1] - (mask[p] ? inside : outside)) ** 2;
      n++;
    }
    sum += Math.abs(inside - outside) / Math.sqrt(variance / n) / 50;
  }
  return sum;
}

test.each(usualModalities)(
  '%s: contrast to noise falls with the level; every class is there in 50 seeds',
  (modality) => {
    const [easy, usual, hard] = [0, USUAL_LEVEL, 1].map((level) => contrastToNoise(modality, level));
    expect(easy).toBeGreaterThan(1.15 * usual);
    expect(usual).toBeGreaterThan(1.15 * hard);
  },
);

test.each(usualModalities)('%s: the usual level is the default, other levels are other pictures', (modality) => {
  const at = (level?: number) =>
    checksum(phantom(modality, 1, 0, { size: 64, ...(level === undefined ? {} : { level }) }));
  expect(at(USUAL_LEVEL)).toBe(at());
  expect(new Set([0, 0.25, 0.5, 0.75, 1].map(at)).size).toBe(5);
  expect(() => at(-0.01)).toThrow(/level must be 0 \(easy\) to 1 \(hard\)/);
});

test('classes are listed, and bad input is refused', () => {
  expect(phantomClassesOf('fundus').map((c) => c.value)).toEqual([1, 2]);
  expect(() => phantom('toString' as 'fundus', 1, 0)).toThrow(/unknown modality 'toString'; there are fundus, ultra/);
  expect(() => phantom('fundus', 1, 0, { size: 16 })).toThrow(/size must be a whole number in 32..1024, got 16/);
  expect(() => phantom('fundus', 1, -1)).toThrow(/index must be a whole number >= 0, got -1/);
  expect(() => phantom('fundus', -1, 0)).toThrow(/seed/);
});
