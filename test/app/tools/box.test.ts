import { expect, test } from 'vitest';
import type { ToolEvent } from '../../../src/app/tool';
import { tool } from '../../../src/app/tools/box';
import { imageInfo } from '../cases';
import { toolWorld } from '../toolWorld';

const world = () => toolWorld(imageInfo('a', { dims: [40, 30, 1] }));

/** Presses at `from`, moves to `to`, lets go. */
const drag = ({ app, event }: ReturnType<typeof world>, from: [number, number], to: [number, number]) => {
  tool.down?.(event(...from), app);
  tool.move?.(event(...to), app);
  tool.up?.(event(...to), app);
};

test('a box is drawn in any direction, within the slice, and moves as a whole', () => {
  const w = world();
  drag(w, [20, 25], [5, 4]);
  expect(w.prompt().box).toEqual([5, 4, 20, 25]);
  drag(w, [12, 12], [14, 10]);
  expect(w.prompt().box).toEqual([7, 2, 22, 23]);
  drag(w, [12, 12], [100, 100]);
  expect(w.prompt().box).toEqual([25, 9, 40, 30]);
  expect(w.steps()).toEqual(['box', 'box', 'box']);
});

test('corners and sides resize it; turned inside out it stays a box', () => {
  const w = world();
  drag(w, [5, 5], [20, 20]);
  drag(w, [20, 20.5], [25, 22]);
  expect(w.prompt().box).toEqual([5, 5, 25, 21.5]);
  drag(w, [5.4, 12], [9, 28]);
  expect(w.prompt().box).toEqual([8.6, 5, 25, 21.5]);
  drag(w, [25, 12], [4, 12]);
  expect(w.prompt().box).toEqual([4, 5, 8.6, 21.5]);
});

test('a press without a drag is a point, in the box too; the other button is a point outside the object', () => {
  const w = world();
  drag(w, [5, 5], [20, 20]);
  drag(w, [12, 12], [12.1, 12.2]);
  tool.down?.(w.event(9, 9, { other: true }), w.app);
  tool.up?.(w.event(9, 9, { other: true }), w.app);
  expect(w.prompt().points).toEqual([
    { x: 12, y: 12, label: 1 },
    { x: 9, y: 9, label: 0 },
  ]);
  expect(w.prompt().box).toEqual([5, 5, 20, 20]);
  tool.down?.(w.event(12, 12, { shift: true }), w.app);
  tool.up?.(w.event(12, 12, { shift: true }), w.app);
  expect(w.prompt()).toMatchObject({ box: null, points: [{ x: 12 }, { x: 9 }] });
});

test('by the keyboard: two corners', () => {
  const w = world();
  const enter = (x: number, y: number, more: Partial<ToolEvent> = {}) => tool.enter?.(w.event(x, y, more), w.app);
  enter(20, 20);
  expect(w.prompt().box).toBeNull();
  enter(10, 5);
  expect(w.prompt().box).toEqual([10, 5, 20, 20]);
  enter(3, 3, { other: true });
  expect(w.prompt().points).toEqual([{ x: 3, y: 3, label: 0 }]);
});

test('Escape gives up a drag, or the first corner; a corner counts on its own slice', () => {
  const w = world();
  expect(tool.cancel?.(w.app)).toBe(false);
  tool.down?.(w.event(5, 5), w.app);
  tool.move?.(w.event(20, 20), w.app);
  expect(tool.cancel?.(w.app)).toBe(true);
  tool.up?.(w.event(20, 20), w.app);
  tool.enter?.(w.event(5, 5), w.app);
  expect(tool.cancel?.(w.app)).toBe(true);
  tool.enter?.(w.event(2, 2, { slice: 1 }), w.app);
  tool.enter?.(w.event(5, 5), w.app);
  expect(w.steps()).toEqual([]);
  tool.enter?.(w.event(9, 8), w.app);
  expect(w.prompt().box).toEqual([5, 5, 9, 8]);
});
