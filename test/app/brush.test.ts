import { expect, test } from 'vitest';
import { BRUSH, makeBrush, stepBrush } from '../../src/app/brush';
import { areaOf } from '../../src/app/document/runs';
import { imageInfo } from './cases';
import { toolWorld } from './toolWorld';

const words = { id: 'x', label: 'X', key: 'X', about: 'x', order: 1 };
const brush = makeBrush(words, 'or');
const eraser = makeBrush(words, 'minus');
const world = () => toolWorld(imageInfo('a', { dims: [40, 30, 1] }), { brush: 2 });
const draw = (tool: typeof brush, w: ReturnType<typeof world>, x: number, to: number, other = false) => {
  tool.down?.(w.event(x, 10, { other }), w.app);
  tool.move?.(w.event(to, 10, { other }), w.app);
  tool.up?.(w.event(to, 10, { other }), w.app);
};

test('strokes make an object, go on with it, and are undone one by one', () => {
  const w = world();
  draw(brush, w, 5, 10);
  draw(brush, w, 20, 25);
  expect(w.doc().objects).toHaveLength(1);
  expect(w.doc().active).toBe(1);
  const both = areaOf(w.doc().objects[0].masks.get(0)!);
  w.app.control.undo();
  expect(areaOf(w.doc().objects[0].masks.get(0)!)).toBe(both / 2);
  w.app.control.undo();
  expect(w.doc().objects).toEqual([]);
});

test('the eraser takes away; the other button does the opposite; nothing is erased from nothing', () => {
  const w = world();
  draw(eraser, w, 5, 10);
  expect(w.steps()).toEqual([]);
  draw(brush, w, 5, 10);
  const area = areaOf(w.doc().objects[0].masks.get(0)!);
  draw(brush, w, 5, 7, true);
  const less = areaOf(w.doc().objects[0].masks.get(0)!);
  expect(less).toBeLessThan(area);
  draw(eraser, w, 5, 7, true);
  expect(areaOf(w.doc().objects[0].masks.get(0)!)).toBe(area);
  draw(eraser, w, 0, 30);
  expect(w.doc().objects[0].masks.size).toBe(0);
});

test('by the keyboard: Enter, arrows, Enter; Escape gives a stroke up', () => {
  const [w, dragged] = [world(), world()];
  const at = (x: number) => w.event(x, 10);
  expect(brush.cancel?.(w.app)).toBe(false);
  brush.enter?.(at(5), w.app);
  brush.step?.(at(10), w.app);
  expect(w.doc().objects).toEqual([]);
  expect(brush.cancel?.(w.app)).toBe(true);
  brush.enter?.(at(5), w.app);
  brush.step?.(w.event(20, 10, { slice: 1 }), w.app);
  for (const x of [7, 10]) brush.step?.(at(x), w.app);
  brush.enter?.(at(10), w.app);
  draw(brush, dragged, 5, 10);
  expect(w.doc().objects[0].masks).toEqual(dragged.doc().objects[0].masks);
  brush.down?.(at(30), w.app);
  expect(brush.cancel?.(w.app)).toBe(true);
  brush.up?.(at(35), w.app);
  expect(w.steps()).toHaveLength(1);
});

test('sizes: finer steps when small, held within bounds', () => {
  expect([stepBrush(3, true), stepBrush(20, true), stepBrush(60, false)]).toEqual([4, 24, 44]);
  expect([stepBrush(BRUSH.min, false), stepBrush(BRUSH.max, true)]).toEqual([BRUSH.min, BRUSH.max]);
  for (let size: number = BRUSH.min, i = 0; i < 40; i++) {
    const next = stepBrush(size, true);
    expect(next >= size && Number.isInteger(next)).toBe(true);
    size = next;
  }
});
