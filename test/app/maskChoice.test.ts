import { expect, test } from 'vitest';
import type { PromptPoint } from '../../src/app/document/document';
import { promptBefore, wantsThree } from '../../src/app/maskChoice';

const point = (x: number, onto?: number): PromptPoint => ({
  x,
  y: 0,
  label: 1,
  ...(onto === undefined ? {} : { onto }),
});
const box = [0, 0, 2, 2] as const;

test('three masks for one click alone, one as soon as more is said; adapters have one', () => {
  const one = { points: [point(1)], box: null };
  expect(wantsThree('auto', one, 'base')).toBe(true);
  expect(wantsThree('auto', one, 'adapted')).toBe(false);
  expect(wantsThree('auto', { points: [point(1), point(2)], box: null }, 'base')).toBe(false);
  expect(wantsThree('auto', { points: [], box }, 'base')).toBe(false);
  expect(wantsThree('three', { points: [], box }, 'adapted')).toBe(true);
  expect(wantsThree('one', one, 'base')).toBe(false);
});

test('each click corrects what the clicks before it gave, and the candidate that was chosen then', () => {
  const points = [point(1), point(2, 2), point(3)];
  const before = promptBefore({ points, box: null, choice: null });
  expect(before).toEqual({ points: points.slice(0, 2), box: null, choice: null });
  expect(promptBefore(before!)).toEqual({ points: points.slice(0, 1), box: null, choice: 2 });
  expect(promptBefore({ points: points.slice(0, 1), box: null, choice: null })).toBeNull();
  expect(promptBefore({ points: points.slice(0, 1), box, choice: null })).toEqual({ points: [], box, choice: null });
  expect(promptBefore({ points: [], box, choice: null })).toBeNull();
});
