import { expect, test } from 'vitest';
import { sensitiveElements } from '../../../src/train/goldens/sensitive';

test('the bound is two rates for every step that the name counts', () => {
  const elements = { 'delta1.a': [3], 'delta5.b': [0, 7] };
  const found = sensitiveElements({ optimizer: { lr: 0.01 }, steps: 5, delta_sensitive: { elements } });
  expect(found.get('delta1.a')).toEqual({ elements: [3], tolerance: 0.02 });
  expect(found.get('delta5.b')).toEqual({ elements: [0, 7], tolerance: 0.1 });
});

test('a case without any, and one that does not say the rate', () => {
  expect(sensitiveElements({}).size).toBe(0);
  expect(() => sensitiveElements({ delta_sensitive: { elements: { 'delta1.a': [0] } } })).toThrow(/no number 'lr'/);
});
