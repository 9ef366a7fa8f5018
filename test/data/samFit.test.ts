import { expect, test } from 'vitest';
import { fitSam, samShapes } from '../../src/data/samFit';
import { f32Entry, type TensorFile } from '../../src/data/tensorFile';
import { samConfig } from '../../src/models/sam/config';

test('ViT-B has 314 tensors, and the row is told by names and shapes', () => {
  expect(samShapes(samConfig('vit_b')).size).toBe(314);
  const shapes = samShapes(samConfig('sam-nano'));
  const zeros = (shape: readonly number[]) => new Float32Array(shape.reduce((a, b) => a * b, 1));
  const entries = new Map([...shapes].map(([name, shape]) => [name, f32Entry(name, shape, zeros(shape))] as const));
  const file: TensorFile = { kind: 'safetensors', entries, meta: {} };
  const { config, report } = fitSam(file);
  expect(config.name).toBe('sam-nano');
  expect([report.placed.length, report.missing.length, report.misshaped.length]).toEqual([shapes.size, 0, 0]);
  expect(fitSam(file, true).report.missing.length).toBeGreaterThan(0);
});
