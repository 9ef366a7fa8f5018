import { expect, test } from 'vitest';
import { editDistance, nearNames } from '../../src/nn/near';

test('edit distance', () => {
  expect(editDistance('', 'abc')).toBe(3);
  expect(editDistance('kitten', 'sitting')).toBe(3);
  expect(editDistance('same', 'same')).toBe(0);
});

test('the nearest names first, strangers left out', () => {
  expect(nearNames('blocks.0.atn', ['neck', 'blocks.0.attn', 'blocks.0.mlp', 'blocks.1.attn'])).toEqual([
    'blocks.0.attn',
    'blocks.1.attn',
    'blocks.0.mlp',
  ]);
});
