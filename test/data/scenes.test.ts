import { expect, test } from 'vitest';
import { hash32 } from '../../src/data/drawMath';
import { scene, smallestShare } from '../../src/data/scenes';

/** Order-dependent checksum of bytes. */
const checksum = (...parts: Uint8Array[]) => {
  let h = 0;
  for (const part of parts) for (const v of part) h = hash32(h ^ v);
  return h;
};

test('a scene depends on seed, index and options alone, not on what was drawn before', () => {
  const first = scene(3, 5, { difficulty: 0.7 });
  scene(1, 1, { size: 40 });
  scene(4, 5, { difficulty: 1 });
  expect(scene(3, 5, { difficulty: 0.7 })).toEqual(first);
  const others = [scene(3, 6, { difficulty: 0.7 }), scene(4, 5, { difficulty: 0.7 }), scene(3, 5, { difficulty: 0.8 })];
  expect(new Set([first, ...others].map((s) => checksum(s.image))).size).toBe(4);
});

test('results are the caller’s own: a later scene does not write into an earlier one', () => {
  const first = scene(1, 0);
  const before = checksum(first.image, first.ids);
  for (let i = 1; i < 5; i++) scene(1, i);
  expect(checksum(first.image, first.ids)).toBe(before);
});

// Weights and scores are published for these very pictures: a change here makes them incomparable and must be deliberate.
test('the pictures themselves have not changed', () => {
  const sums = [0, 0.5, 1].map((difficulty) => {
    const s = scene(1, 0, { difficulty, size: 64 });
    return checksum(s.image, s.ids);
  });
  expect(sums).toEqual([403660029, 2448052708, 2109671984]);
});

test.each([0, 0.25, 0.5, 1])(
  'difficulty %f: ids run 1..count, every instance is large enough, over 200 seeds',
  (difficulty) => {
    const counts = new Map<number, number>();
    for (let seed = 0; seed < 200; seed++) {
      const { image, ids, count, size } = scene(seed, 7, { difficulty });
      expect([image.length, ids.length, size]).toEqual([128 * 128 * 3, 128 * 128, 128]);
      const area = new Float64Array(256);
      for (const id of ids) area[id] += 1 / ids.length;
      expect(count).toBeGreaterThanOrEqual(1);
      expect(count).toBeLessThanOrEqual(difficulty === 0 ? 3 : 8);
      expect(Math.min(...area.subarray(1, count + 1))).toBeGreaterThanOrEqual(smallestShare);
      expect(Math.max(...area.subarray(count + 1))).toBe(0);
      expect(area[0]).toBeGreaterThan(0.2);
      counts.set(count, (counts.get(count) ?? 0) + 1);
    }
    expect(counts.size).toBeGreaterThanOrEqual(3);
  },
);

/** Mean distance in colour between neighbouring pixels on either side of instance borders, and within instances, 0..255. */
function borderContrast(seed: number, difficulty: number): { across: number; within: number } {
  const { image, ids, size } = scene(seed, 0, { difficulty });
  const sums = { across: 0, within: 0 };
  const counts = { across: 1e-9, within: 1e-9 };
  for (let y = 0; y < size; y++) {
    for (let x = 0; x + 4 < size; x++) {
      const [p, q] = [y * size + x, y * size + x + 4];
      const kind = ids[p] === ids[q] ? 'within' : 'across';
      for (let c = 0; c < 3; c++) sums[kind] += Math.abs(image[3 * p + c] - image[3 * q + c]) / 3;
      counts[kind]++;
    }
  }
  return { across: sums.across / counts.across, within: sums.within / counts.within };
}

test('masks lie where the picture changes: clearly when easy, less when hard', () => {
  const mean = (difficulty: number) => {
    let [across, within] = [0, 0];
    for (let seed = 0; seed < 60; seed++) {
      const c = borderContrast(seed, difficulty);
      if (difficulty === 0) expect(c.across).toBeGreaterThan(2 * c.within);
      across += c.across / 60;
      within += c.within / 60;
    }
    return across / within;
  };
  const [easy, hard] = [mean(0), mean(1)];
  expect(easy).toBeGreaterThan(6);
  expect(hard).toBeGreaterThan(1.5);
  expect(hard).toBeLessThan(0.5 * easy);
});

test('grey and coloured scenes both occur', () => {
  let grey = 0;
  for (let seed = 0; seed < 200; seed++) {
    const { image } = scene(seed, 1, { size: 16 });
    if (image.every((v, i) => v === image[i - (i % 3)])) grey++;
  }
  expect(grey).toBeGreaterThan(30);
  expect(grey).toBeLessThan(100);
});

test('at difficulty 1 some instances lie wholly inside another one', () => {
  let nested = 0;
  for (let seed = 0; seed < 100; seed++) {
    const { ids, count, size } = scene(seed, 2, { difficulty: 1 });
    for (let id = 1; id <= count; id++) {
      const around = new Set<number>();
      for (let p = size; p < ids.length - size; p++) {
        if (ids[p] !== id) continue;
        for (const q of [p - 1, p + 1, p - size, p + size]) if (ids[q] !== id) around.add(ids[q]);
      }
      if (around.size === 1 && !around.has(0)) nested++;
    }
  }
  expect(nested).toBeGreaterThan(25);
});

test('bad sizes and difficulties are refused', () => {
  expect(() => scene(1, 0, { size: 8 })).toThrow(/size must be a whole number in 16..1024, got 8/);
  expect(() => scene(1, 0, { size: 64.5 })).toThrow(/64.5/);
  expect(() => scene(1, 0, { difficulty: 1.1 })).toThrow(/difficulty must be in 0..1, got 1.1/);
  expect(() => scene(1, 0, { difficulty: Number.NaN })).toThrow(/NaN/);
});
