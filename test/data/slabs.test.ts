import { expect, test } from 'vitest';
import { slabIndices, slabStarts, slabsOf } from '../../src/data/slabs';
import { prepareVolume } from '../../src/data/volumePrepare';
import { volumeOf } from './toldVolume';

test.each([
  [8, 8, 0.5],
  [9, 8, 0.5],
  [20, 8, 0.5],
  [155, 8, 0.25],
  [100, 1, 0],
  [31, 16, 0.75],
  [17, 8, 0],
])('%i slices in slabs of %i that share %f: all are covered, neighbours share enough', (n, depth, overlap) => {
  const starts = slabStarts(n, { depth, overlap });
  expect([starts[0], starts[starts.length - 1]]).toEqual([0, n - depth]);
  const seen = new Set(starts.flatMap((s) => slabIndices(s, depth, n)));
  expect(seen.size).toBe(n);
  for (let i = 1; i < starts.length; i++) {
    const shared = depth - (starts[i] - starts[i - 1]);
    expect(shared).toBeGreaterThanOrEqual(Math.ceil(depth * overlap) - (depth === 1 ? 1 : 0));
    expect(shared).toBeLessThan(depth);
  }
});

test('short volumes repeat their edges, half on each side', () => {
  expect(slabStarts(3, { depth: 8, overlap: 0.5 })).toEqual([-2]);
  expect(slabIndices(-2, 8, 3)).toEqual([0, 0, 0, 1, 2, 2, 2, 2]);
});

test('depths and overlaps that are none; one slice has no depth', () => {
  for (const depth of [0, 1.5, Number.NaN]) expect(() => slabStarts(9, { depth, overlap: 0 })).toThrow(/expected ≥ 1/);
  for (const overlap of [1, -0.1, Number.NaN])
    expect(() => slabStarts(9, { depth: 4, overlap })).toThrow(/0 ≤ overlap < 1/);
  expect(() => slabStarts(1, { depth: 4, overlap: 0 }, 'case 3')).toThrow(
    /case 3: it has a single slice in this plane.* use depth 1 \(2-D\)/,
  );
  expect(slabStarts(1, { depth: 1, overlap: 0 })).toEqual([0]);
});

const volume = volumeOf([8, 8, 12], (x, y, z) => x + y + 10 * z);
const labels = Uint8Array.from(volume.data, (_, i) => {
  const [x, y, z] = [i % 8, Math.floor(i / 8) % 8, Math.floor(i / 64)];
  if (z >= 3 && z <= 4 && x >= 2 && x < 6 && y >= 1 && y < 5) return 1;
  return z === 9 && x < 4 && y >= 4 ? 2 : 0;
});
const classes = [
  { value: 1, name: 'organ' },
  { value: 2, name: 'tumour' },
  { value: 5, name: 'nothing' },
];

test('slabs show an object; slices without it are flagged and have an empty mask', () => {
  const prepared = prepareVolume('v', volume, { side: 16, window: [0, 255] });
  const { slabs, lost } = slabsOf(prepared, labels, classes, { depth: 4, overlap: 0.5 });
  expect(lost).toEqual(['nothing']);
  expect(slabs.map((s) => `${s.className} ${s.id}`)).toEqual([
    'organ v:0',
    'organ v:2',
    'organ v:4',
    'tumour v:6',
    'tumour v:8',
  ]);
  const [first, second] = slabs;
  expect(first.slices.map((s) => [s.id, s.slice, s.absent, s.repeated])).toEqual([
    ['v:0', 0, true, false],
    ['v:1', 1, true, false],
    ['v:2', 2, true, false],
    ['v:3', 3, false, false],
  ]);
  expect(second.slices[1].image).toBe(first.slices[3].image); // made once
  for (const s of slabs.flatMap((slab) => slab.slices)) {
    expect(s.image).toBe(prepared.frame(s.slice).image);
    expect(s.mask.includes(1)).toBe(!s.absent);
  }
  const area = (m: Uint8Array) => m.reduce((n, v) => n + v, 0);
  expect(area(second.slices[1].mask)).toBe(4 * 16); // 4 × 4 pixels, twice as large
});

test('a slab deeper than the volume repeats edge slices with their masks', () => {
  const prepared = prepareVolume('v', volume, { side: 8 });
  const { slabs } = slabsOf(prepared, labels, classes.slice(0, 1), { depth: 16, overlap: 0 });
  expect(slabs).toHaveLength(1);
  expect(slabs[0].slices.map((s) => s.slice)).toEqual([0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 11, 11]);
  expect(slabs[0].slices.filter((s) => s.repeated)).toHaveLength(4);
});

test('specks that vanish in resizing are absent', () => {
  const speck = new Uint8Array(8 * 8 * 12);
  speck[64 * 3 + 9] = 1;
  const prepared = prepareVolume('v', volume, { side: 2 });
  expect(slabsOf(prepared, speck, [{ value: 1, name: 'speck' }], { depth: 4, overlap: 0 })).toEqual({
    slabs: [],
    lost: ['speck'],
  });
});
