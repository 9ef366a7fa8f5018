import { expect, test } from 'vitest';
import { aboutModel, baseOfSizes, KNOWN_BASES, shapesIn } from '../../src/data/bases';

test.for([
  ['vit_b', 314],
  ['efficient_sam_vitt', 278],
  ['efficient_sam_vits', 278],
] as const)('%s has %d tensors', ([name, count]) => {
  expect(shapesIn(KNOWN_BASES.get(name)!.build(false)).size).toBe(count);
});

test.for([...KNOWN_BASES.keys()])('%s says what it is, in both modes, and can be built again', (name) => {
  const known = KNOWN_BASES.get(name)!;
  if (known.width > 768) return; // the large ones say the same and take long
  for (const release of [false, true]) {
    const model = known.build(release);
    const about = aboutModel(model);
    expect(about).toMatchObject({ name, width: known.width, depth: known.depth, release });
    expect(shapesIn(about.fresh())).toEqual(shapesIn(model));
  }
});

test('by sizes', () => {
  expect(baseOfSizes(768, 12)?.name).toBe('vit_b');
  expect(baseOfSizes(192, 12)?.name).toBe('efficient_sam_vitt');
  expect(baseOfSizes(768, 11)).toBeNull();
  expect(baseOfSizes(undefined, 12)).toBeNull();
});
