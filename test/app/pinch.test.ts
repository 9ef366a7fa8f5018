import { expect, test } from 'vitest';
import { makePinch, type Pinched } from '../../src/app/pinch';

test('two fingers move and zoom about the place between them; one alone is no pinch', () => {
  const seen: Pinched[] = [];
  const pinch = makePinch((p) => seen.push(p));
  expect(pinch.down(1, { x: 0, y: 0 })).toBe(false);
  expect(pinch.move(1, { x: 10, y: 0 })).toBe(false);
  expect(pinch.move(7, { x: 10, y: 0 })).toBe(false);
  expect(pinch.down(2, { x: 30, y: 0 })).toBe(true);
  expect(pinch.move(2, { x: 30, y: 0 })).toBe(true);
  expect(pinch.move(2, { x: 60, y: 0 })).toBe(true);
  expect(seen.at(-1)).toEqual({ x: 35, y: 0, dx: 15, dy: 0, factor: 2.5 });
});

test('the finger that stays does nothing more, and the next press is a new one', () => {
  const seen: Pinched[] = [];
  const pinch = makePinch((p) => seen.push(p));
  pinch.down(1, { x: 0, y: 0 });
  pinch.down(2, { x: 0, y: 10 });
  expect(pinch.up(1)).toBe(true);
  expect(pinch.move(2, { x: 5, y: 5 })).toBe(true);
  expect(pinch.up(2)).toBe(true);
  expect(seen).toEqual([]);
  expect(pinch.down(3, { x: 0, y: 0 })).toBe(false);
  expect(pinch.up(3)).toBe(false);
});
