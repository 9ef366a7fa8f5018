import * as v from 'valibot';
import { expect, test } from 'vitest';
import { augmentOff, augmentSchema } from '../../src/train/augmentConfig';

test('nothing changes unless asked', () => {
  expect(augmentOff(v.parse(augmentSchema, {}))).toBe(true);
  expect(augmentOff(v.parse(augmentSchema, { noise: 3 }))).toBe(false);
  expect(v.safeParse(augmentSchema, { flipX: 2 }).success).toBe(false);
});
