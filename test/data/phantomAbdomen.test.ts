import { expect, test } from 'vitest';
import { crc32 } from '../../src/data/bytes';
import { type Phantom3d, phantom3d } from '../../src/data/phantom3d';
import { abdomenClasses } from '../../src/data/phantomAbdomen';
import { looksLikeCt } from '../../src/data/volumeWindow';

const abdomen = (seed: number, level = 0.5, size = 40, slices = 12) =>
  phantom3d('abdomen', seed, 0, { size, slices, level });
const bytesOf = (p: Phantom3d) => new Uint8Array(p.image.data.buffer);

/** Number, mean and spread of the voxels of each label. */
function statisticsOf({ image: { data }, labels }: Phantom3d) {
  return Array.from({ length: 8 }, (_, label) => {
    let [n, sum, squares] = [0, 0, 0];
    for (let i = 0; i < labels.length; i++) {
      if (labels[i] !== label) continue;
      n++;
      sum += data[i];
      squares += data[i] * data[i];
    }
    return { n, mean: sum / n, sd: Math.sqrt(squares / n - (sum / n) ** 2) };
  });
}

test('the same seed gives the same volume whatever was drawn before; others differ', () => {
  const first = abdomen(3);
  phantom3d('brain', 9, 4, { size: 32, slices: 4 });
  expect(crc32(bytesOf(abdomen(3)))).toBe(crc32(bytesOf(first)));
  expect(abdomen(3).labels).toEqual(first.labels);
  const sums = [first, abdomen(4), abdomen(3, 0.9), phantom3d('abdomen', 3, 1, { size: 40, slices: 12 })];
  expect(new Set(sums.map((p) => crc32(bytesOf(p)))).size).toBe(4);
});

test('spacing, affine, classes: a field of 360 mm over 168 mm, LPS', () => {
  const p = abdomen(1);
  expect(p).toMatchObject({ id: 'abdomen-1-0000', classes: abdomenClasses });
  expect(p.image).toMatchObject({ dims: [40, 40, 12], axes: 'LPS', spacing: [9, 9, 14] });
  expect(p.image.affine[2]).toEqual([0, 0, 14, -77]);
});

test('Hounsfield units: int16 from air to bone, told as CT', () => {
  for (const level of [0, 1]) {
    const p = abdomen(2, level, 96, 6);
    expect(p.image.data).toBeInstanceOf(Int16Array);
    expect(looksLikeCt(p.image.data)).toBe(true);
    expect(Math.min(...p.image.data)).toBeGreaterThanOrEqual(-1024);
    expect(Math.min(...p.image.data)).toBeLessThan(-950);
    expect(Math.max(...p.image.data)).toBeGreaterThan(400);
    const [, liver, spleen, , , aorta] = statisticsOf(p);
    for (const organ of [liver, spleen]) expect(organ.mean).toBeGreaterThan(20);
    for (const organ of [liver, spleen, aorta]) expect(organ.mean).toBeLessThan(220);
  }
});

test.each([
  [0, 10],
  [0.5, 50],
  [1, 50],
])(
  'level %f, %i seeds: every organ is there, of a size that occurs',
  (level, seeds) => {
    const voxel = (9 * 9 * 14) / 1000; // ml
    const most = [0, 2600, 500, 350, 350, 110, 1100, 500];
    const least = [0, 450, 30, 40, 40, 15, 40, 100];
    for (let seed = 0; seed < seeds; seed++) {
      for (const [label, { n }] of statisticsOf(abdomen(seed, level)).entries()) {
        if (label === 0) continue;
        const name = `seed ${seed}: ${abdomenClasses[label - 1].name} ${(n * voxel).toFixed(0)} ml`;
        expect(n * voxel, name).toBeGreaterThan(least[label]);
        expect(n * voxel, name).toBeLessThan(most[label]);
      }
    }
  },
  120_000,
);

test("the right kidney is the patient's right, the liver is on that side, the spine behind the aorta", () => {
  const p = abdomen(5);
  const middle = (label: number, axis: 0 | 1) => {
    let [n, sum] = [0, 0];
    for (let i = 0; i < p.labels.length; i++) {
      if (p.labels[i] !== label) continue;
      n++;
      sum += axis === 0 ? i % 40 : Math.floor(i / 40) % 40;
    }
    return sum / n;
  };
  // LPS: columns grow to the patient's left, rows backwards.
  expect([middle(1, 0) < middle(2, 0), middle(3, 0) < middle(4, 0), middle(7, 1) > middle(5, 1)]).toEqual([
    true,
    true,
    true,
  ]);
});

const median = (all: readonly number[]) => all.toSorted((a, b) => a - b)[all.length >> 1];

test('noise rises and the contrast between liver and aorta against it falls with the level', () => {
  const at = (level: number) => {
    let [noise, step] = [0, 0];
    for (let seed = 0; seed < 8; seed++) {
      const { image, labels } = abdomen(seed, level, 64, 6);
      const of = (label: number) => [...image.data].filter((_, i) => labels[i] === label);
      const [liver, aorta] = [median(of(1)), median(of(5))];
      const spread = median(of(1).map((v) => Math.abs(v - liver)));
      noise += spread / 8;
      step += Math.abs(aorta - liver) / spread / 8;
    }
    return { noise, step };
  };
  const [easy, usual, hard] = [0, 0.5, 1].map(at);
  expect(usual.noise).toBeGreaterThan(1.2 * easy.noise);
  expect(hard.noise).toBeGreaterThan(1.2 * usual.noise);
  expect(easy.step).toBeGreaterThan(1.2 * usual.step);
  expect(usual.step).toBeGreaterThan(1.2 * hard.step);
}, 120_000);
