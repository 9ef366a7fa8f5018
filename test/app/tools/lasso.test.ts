import { expect, test } from 'vitest';
import { areaOf } from '../../../src/app/document/runs';
import { tool } from '../../../src/app/tools/lasso';
import { imageInfo } from '../cases';
import { toolWorld } from '../toolWorld';

const world = () => toolWorld(imageInfo('a', { dims: [40, 30, 1] }));
const corners = [
  [5, 5],
  [15, 5],
  [15, 15],
  [5, 15],
] as const;

test('what is surrounded is added, with the other button taken away; two corners are nothing', () => {
  const w = world();
  const surround = (list: readonly (readonly [number, number])[], other: boolean) => {
    tool.down?.(w.event(...list[0], { other }), w.app);
    for (const [x, y] of list.slice(1)) tool.move?.(w.event(x, y), w.app);
    tool.up?.(w.event(...list.at(-1)!), w.app);
  };
  surround(corners, false);
  expect(areaOf(w.doc().objects[0].masks.get(0)!)).toBe(100);
  surround(corners.slice(0, 2), true);
  expect(w.steps()).toHaveLength(1);
  surround(
    corners.map(([x, y]) => [x, (y + 5) / 2] as const),
    true,
  );
  expect(areaOf(w.doc().objects[0].masks.get(0)!)).toBe(50);
});

test('by the keyboard: corners, and the first one again', () => {
  const w = world();
  for (const [x, y] of corners) tool.enter?.(w.event(x, y), w.app);
  expect(w.doc().objects).toEqual([]);
  tool.enter?.(w.event(5.3, 5.3), w.app);
  expect(areaOf(w.doc().objects[0].masks.get(0)!)).toBe(100);
});

test('Escape gives up what was surrounded so far, and the rest of the drag means nothing', () => {
  const w = world();
  tool.down?.(w.event(5, 5), w.app);
  tool.move?.(w.event(15, 5), w.app);
  expect([tool.cancel?.(w.app), tool.cancel?.(w.app)]).toEqual([true, false]);
  for (const [x, y] of corners) tool.move?.(w.event(x, y), w.app);
  tool.up?.(w.event(5, 15), w.app);
  expect(w.doc().objects).toEqual([]);
});
