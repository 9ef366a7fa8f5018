import { expect, test } from 'vitest';
import { afterLook, isExhausted, PATIENCE_START, type Patience } from '../../src/train/earlyStopping';

const looks = (...dice: number[]): Patience =>
  dice.reduce<Patience>((p, d, i) => afterLook(p, 10 * (i + 1), d), PATIENCE_START);

test('the best look is kept, the earliest of equal ones; looks since then are counted', () => {
  expect(looks(0.5, 0.7, 0.6, 0.7)).toEqual({ step: 40, best: { step: 20, dice: 0.7 }, waited: 2 });
  expect(looks(0.5, 0.7, 0.6, 0.8).waited).toBe(0);
  expect(looks(0).best).toEqual({ step: 10, dice: 0 });
});

test('training ends after so many looks without a better one; null never ends it', () => {
  expect([looks(0.7, 0.6), looks(0.7, 0.6, 0.6)].map((p) => isExhausted(p, 2))).toEqual([false, true]);
  expect(isExhausted(looks(0.7, 0.6, 0.5, 0.4), null)).toBe(false);
  expect(isExhausted(PATIENCE_START, 1)).toBe(false);
});

test('a look that is told again counts once', () => {
  const once = looks(0.7, 0.6);
  expect(afterLook(once, 20, 0.6)).toBe(once);
  expect(afterLook(once, 10, 0.9)).toBe(once);
});
