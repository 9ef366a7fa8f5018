import { expect, test } from 'vitest';
import { KNOWN_BASES, shapesIn } from '../../src/data/bases';
import { fitBase, fitSam, samShapes } from '../../src/data/samFit';
import { f32Entry, type TensorFile } from '../../src/data/tensorFile';
import { samConfig } from '../../src/models/sam/config';

function zeros(shapes: ReadonlyMap<string, readonly number[]>): TensorFile {
  const zero = (shape: readonly number[]) => new Float32Array(shape.reduce((a, b) => a * b, 1));
  const entries = new Map([...shapes].map(([name, shape]) => [name, f32Entry(name, shape, zero(shape))] as const));
  return { kind: 'safetensors', entries, meta: {} };
}

test('the row is told by names and shapes', () => {
  const shapes = samShapes(samConfig('sam-nano'));
  const file = zeros(shapes);
  const { base, report } = fitBase(file);
  expect([base.name, fitSam(file).name]).toEqual(['sam-nano', 'sam-nano']);
  expect([report.placed.length, report.missing.length, report.misshaped.length]).toEqual([shapes.size, 0, 0]);
  expect(fitBase(file, 'sam', true).report.missing.length).toBeGreaterThan(0);
});

test.for([false, true])('EfficientSAM, as the published copy: %s', (release) => {
  const file = zeros(shapesIn(KNOWN_BASES.get('efficient_tiny')!.build(release)));
  const { base, report } = fitBase(file, 'efficient-sam', release);
  expect(base.name).toBe('efficient_tiny');
  expect(report).toMatchObject({ missing: [], unexpected: [], misshaped: [] });
});
