import { expect, test } from 'vitest';
import { weightRows } from '../../src/adapters/generatedWeights';

const block = 'mask_decoder.transformer.layers.0';

test('rows: norm, distance from the identity and from the first prompt', () => {
  const data = Float32Array.of(1, 0, 0, 1, 3, 0, 4, 0);
  const [a, b] = weightRows([{ block, n: 1, shape: [2, 2, 2], data }]);
  expect(a).toEqual({ block, n: 1, prompt: 0, norm: Math.SQRT2, fromIdentity: 0, fromFirst: 0 });
  expect([b.prompt, b.norm]).toEqual([1, 5]);
  // (2, 0, 4, −1) against ‖1‖ = √2.
  expect(b.fromIdentity).toBeCloseTo(Math.sqrt(21 / 2), 12);
  expect(b.fromFirst).toBeCloseTo(Math.sqrt(21 / 2), 12);
});

test('weights per token are averaged over the tokens', () => {
  const token = [1, 0, 0, 1];
  const data = Float32Array.from([...token, ...token, ...token, 2, 0, 0, 2]);
  const [a, b] = weightRows([{ block, n: 2, shape: [2, 2, 2, 2], data }]);
  expect(a.norm).toBeCloseTo(Math.SQRT2, 12);
  expect(a.fromIdentity).toBe(0);
  expect(b.norm).toBeCloseTo(Math.sqrt((2 + 8) / 2), 12);
  expect(b.fromIdentity).toBeCloseTo(Math.sqrt(2 / 4), 12);
  expect(b.fromFirst).toBeCloseTo(Math.sqrt(2 / 4), 12);
});
