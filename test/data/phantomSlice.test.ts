import { expect, test } from 'vitest';
import { slicedKinds } from '../../src/data/phantom3d';
import { PHANTOM_OBJECTS } from '../../src/data/phantomObjects';
import { phantom, phantomClassesOf } from '../../src/data/phantoms';

const kinds = Object.keys(slicedKinds) as (keyof typeof slicedKinds)[];

test.each(kinds)(
  '%s: a slice is grey, the same for the same seed, and shows what is to be found',
  (kind) => {
    expect(phantom(kind, 3, 1, { size: 64 })).toEqual(phantom(kind, 3, 1, { size: 64 }));
    expect(phantomClassesOf(kind)).toEqual(slicedKinds[kind].classes);
    for (const level of [0, 0.5, 1]) {
      for (let seed = 0; seed < 10; seed++) {
        const p = phantom(kind, seed, 0, { size: 64, level });
        expect(p.image.every((v, i) => v === p.image[i - (i % 3)])).toBe(true);
        expect(Math.max(...p.image) - Math.min(...p.image)).toBeGreaterThan(200);
        const there = PHANTOM_OBJECTS[kind].filter(({ values }) => p.labels.some((v) => values.includes(v)));
        expect(there.length, `${p.id} at ${level}: ${there.map((o) => o.name)}`).toBeGreaterThanOrEqual(2);
      }
    }
  },
  120_000,
);

test.each(kinds)('%s: other sizes show the same slice', (kind) => {
  for (let index = 0; index < 4; index++) {
    const [small, large] = [64, 128].map((size) => phantom(kind, 1, index, { size }));
    for (const { values } of PHANTOM_OBJECTS[kind]) {
      const share = (labels: Uint8Array) => labels.filter((v) => values.includes(v)).length / labels.length;
      expect(Math.abs(share(small.labels) - share(large.labels))).toBeLessThan(0.12 * share(large.labels) + 0.003);
    }
  }
});
