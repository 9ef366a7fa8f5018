import { expect, test } from 'vitest';
import { crc32 } from '../../src/data/bytes';
import { type Phantom3d, phantom3d, usual3dModalities } from '../../src/data/phantom3d';
import { torsoClasses } from '../../src/data/phantomTorso';
import { slabsOf } from '../../src/data/slabs';
import { prepareVolume } from '../../src/data/volumePrepare';

const small = { size: 64, slices: 16 };
const made = usual3dModalities.flatMap((m) => [0, 1, 2, 3, 4, 5].map((i) => phantom3d(m, 7, i, small)));
const bytesOf = (p: Phantom3d) => new Uint8Array(p.image.data.buffer);
const mean = (p: Phantom3d, keep: (i: number) => boolean) => {
  let [sum, n] = [0, 0];
  for (let i = 0; i < p.labels.length; i++)
    if (keep(i)) {
      sum += p.image.data[i];
      n++;
    }
  return sum / n;
};

test('the same seed gives the same volume, on every machine; others differ', () => {
  const again = phantom3d('ct', 7, 0, small);
  expect(again.image.data).toEqual(made[0].image.data);
  expect(again.labels).toEqual(made[0].labels);
  expect(new Set(made.map((p) => crc32(bytesOf(p)))).size).toBe(made.length);
  expect([made[0], made[6]].map((p) => [crc32(bytesOf(p)), crc32(p.labels)])).toMatchInlineSnapshot(`
    [
      [
        2911661625,
        2554027914,
      ],
      [
        3653581114,
        3131124394,
      ],
    ]
  `);
});

test('thick slices, LPS, Hounsfield units or a signal', () => {
  const p = phantom3d('ct', 1, 0, small);
  expect(p).toMatchObject({ id: 'ct-1-0000', classes: torsoClasses });
  expect(p.image).toMatchObject({ dims: [64, 64, 16], axes: 'LPS' });
  expect(p.image.spacing.map((s) => Number(s.toFixed(3)))).toEqual([5.391, 5.391, 9]);
  expect(p.image.data).toBeInstanceOf(Int16Array);
  expect(made[6].image.data).toBeInstanceOf(Uint16Array);
});

test('every class is present in every volume, and has its grey value', () => {
  for (const p of made) {
    for (const { value, name } of p.classes) {
      const voxels = p.labels.reduce((n, v) => n + (v === value ? 1 : 0), 0);
      expect(voxels, `${p.id} ${name}`).toBeGreaterThan(name === 'tumour' ? 3 : 50);
    }
  }
  for (const p of made.slice(0, 6)) {
    expect(Math.abs(mean(p, (i) => p.labels[i] === 1) - 104)).toBeLessThan(25);
    expect(mean(p, (i) => p.labels[i] === 4)).toBeGreaterThan(105); // partial volume with the fat around it
  }
});

test('the tumour lies inside one organ: liver or kidney all around', () => {
  for (const p of made) {
    const [nx, ny] = p.image.dims;
    const around = new Map<number, number>();
    for (let i = 0; i < p.labels.length; i++) {
      if (p.labels[i] !== 5) continue;
      for (const step of [1, -1, nx, -nx]) {
        const v = p.labels[i + step];
        if (v !== 5) around.set(v, (around.get(v) ?? 0) + 1);
      }
    }
    const total = [...around.values()].reduce((a, b) => a + b, 0);
    const host = Math.max(around.get(1) ?? 0, around.get(3) ?? 0);
    expect(host / total, `${p.id} ${[...around].join(' ')} ${ny}`).toBeGreaterThan(0.7);
  }
});

test('harder volumes are noisier and their tumours smaller and fainter', () => {
  const at = (level: number) => [0, 1, 2].map((i) => phantom3d('ct', 3, i, { ...small, level }));
  const noise = (p: Phantom3d) => {
    let [sum, n] = [0, 0];
    for (let i = 64; i < p.labels.length; i++) {
      if (p.labels[i] !== 1 || p.labels[i - 1] !== 1) continue;
      sum += (p.image.data[i] - p.image.data[i - 1]) ** 2;
      n++;
    }
    return Math.sqrt(sum / n);
  };
  const size = (p: Phantom3d) => p.labels.reduce((n, v) => n + (v === 5 ? 1 : 0), 0);
  const sum = (of: (p: Phantom3d) => number, d: number) => at(d).reduce((s, p) => s + of(p), 0);
  expect(sum(noise, 1)).toBeGreaterThan(2 * sum(noise, 0));
  expect(sum(size, 1)).toBeLessThan(sum(size, 0));
});

test('it goes the way of real volumes: prepared, cut into slabs', () => {
  const p = made[0];
  const prepared = prepareVolume(p.id, p.image, { side: 64, window: 'soft-tissue' });
  expect(prepared).toMatchObject({ plane: 'axial', dims: [64, 64, 16] });
  const { slabs } = slabsOf(prepared, p.labels, p.classes, { depth: 8, overlap: 0.5 });
  expect(new Set(slabs.map((s) => s.className)).size).toBeGreaterThanOrEqual(4);
  const aorta = slabs.filter((s) => s.className === 'aorta');
  expect(aorta).toHaveLength(3);
  expect(aorta[0].slices.every((s) => !s.absent)).toBe(true);
});

test.each([
  ['pet', 0, {}, /unknown modality 'pet'; there are ct, mri, brain, abdomen/],
  ['ct', -1, {}, /index must be a whole number/],
  ['ct', 0, { size: 31 }, /size must be a whole number in 32\.\.512/],
  ['ct', 0, { slices: 3 }, /slices must be/],
  ['ct', 0, { level: 2 }, /level must be 0 \(easy\) to 1 \(hard\), got 2/],
] as const)('%s %i %j is refused', (modality, index, options, message) => {
  expect(() => phantom3d(modality as 'ct', 1, index, options)).toThrow(message);
});
