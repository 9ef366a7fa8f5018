import { expect, test } from 'vitest';
import { evaluationSlab, slabBatchAt } from '../../src/data/slabItems';
import { slabsOf } from '../../src/data/slabs';
import { prepareVolume } from '../../src/data/volumePrepare';
import { batchArrays, fillBatch } from '../../src/train/trainItem';
import { volumeOf } from './toldVolume';

const volume = volumeOf([8, 8, 10], (x, y, z) => x + y + 10 * z);
const labels = Uint8Array.from(volume.data, (_, i) => (Math.floor(i / 64) % 3 === 0 && i % 8 < 5 ? 1 : 0));
const prepared = prepareVolume('v', volume, { side: 16 });
const { slabs } = slabsOf(prepared, labels, [{ value: 1, name: 'organ' }], { depth: 4, overlap: 0.5 });

test('rows are whole slabs in order: a prompt on the object of each slice, none where it is absent', () => {
  const rows = slabBatchAt(slabs, { seed: 1, batch: 2, prompt: 'point-1' }, 0);
  expect(rows).toHaveLength(8);
  for (const row of rows) {
    const z = Number(row.id.split(':')[1]);
    const [x, y] = row.points;
    if (z % 3 === 0) {
      expect(row.labels[0]).toBe(1);
      expect(row.mask[Math.floor(y) * 16 + Math.floor(x)]).toBe(1);
    } else expect([...row.labels]).toEqual([-1, -1]);
  }
  const numbers = rows.slice(0, 4).map((r) => Number(r.id.split(':')[1]));
  expect(numbers).toEqual([0, 1, 2, 3].map((d) => numbers[0] + d));
});

test('the training batch takes them', () => {
  const shape = { batch: 2, depth: 4, side: 16, points: 2, maskSide: 0 };
  const out = batchArrays(shape);
  for (const prompt of ['point-1', 'box'])
    fillBatch(out, slabBatchAt(slabs, { seed: 2, batch: 2, prompt }, 3), shape, [0, 0, 0]);
  expect(out.labels.includes(-1)).toBe(true);
});

test('seed and step alone decide; every slab comes once in a pass, with other prompts the next time', () => {
  const plan = { seed: 5, batch: slabs.length, prompt: 'point-1' };
  const ids = (t: number) => slabBatchAt(slabs, plan, t).map((r) => r.id);
  expect(slabBatchAt(slabs, plan, 3)).toEqual(slabBatchAt(slabs, plan, 3));
  expect(ids(0).sort()).toEqual(ids(1).sort());
  expect(slabBatchAt(slabs, plan, 0).map((r) => r.points[0])).not.toEqual(
    slabBatchAt(slabs, { ...plan, seed: 6 }, 0).map((r) => r.points[0]),
  );
});

test('for measuring a slice has the same prompt in every slab', () => {
  const at = slabs.flatMap((s) => evaluationSlab(s, 'box-0.75')).filter((r) => r.id === 'v:3');
  expect(at.length).toBeGreaterThan(1);
  for (const row of at) expect(row.points).toEqual(at[0].points);
  const centre = evaluationSlab(slabs[0], 'point-1')[0];
  expect(centre.labels[0]).toBe(1);
  expect(evaluationSlab(slabs[0], 'center')[1].labels).toEqual(Float32Array.of(-1, -1));
});

test('every kind of prompt: several at once, a rough mask, none', () => {
  for (const prompt of ['box+point-1', 'point-2', 'mask', 'none', 'center']) {
    const rows = slabBatchAt(slabs, { seed: 1, batch: 1, prompt, maskSide: 4 }, 0);
    const evaluated = evaluationSlab(slabs[0], prompt, 4);
    for (const row of [...rows, ...evaluated]) {
      const absent = !row.mask.includes(1);
      expect(row.labels.length, prompt).toBe(rows[0].labels.length);
      expect(row.maskInput?.length ?? 0).toBe(prompt === 'mask' && !absent ? 16 : 0);
      if (absent) expect([...row.labels].every((l) => l === -1)).toBe(true);
    }
  }
});
