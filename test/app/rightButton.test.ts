import { expect, test } from 'vitest';
import { makeRightButton } from '../../src/app/rightButton';
import { makeStore } from '../../src/app/store';
import type { Tool } from '../../src/app/tool';
import { imageInfo, stateWith, volumeInfo } from './cases';

const event = (x: number) => ({ x, y: 0, toScreen: (a: number, b: number) => ({ x: a, y: b }) }) as never;

function set(info = volumeInfo(), change: Partial<Tool> = {}) {
  const said: string[] = [];
  const control = { setLook: () => said.push('window') };
  const tool = { down: () => said.push('click'), ...change } as Tool;
  return { said, tool, button: makeRightButton({ store: makeStore(stateWith(info)), control } as never) };
}

test('a click is the tool’s when the button is let go, a drag is the window’s', () => {
  const { said, tool, button } = set();
  expect(button.down(event(0), tool, { x: 0, y: 0 })).toBe(true);
  expect(button.move(event(3), { x: 3, y: 0 })).toBe(true);
  expect(said).toEqual([]);
  expect(button.up(true)).toBe(false);
  expect(said).toEqual(['click']);
  button.down(event(0), tool, { x: 0, y: 0 });
  button.move(event(9), { x: 9, y: 0 });
  expect(button.up(true)).toBe(true);
  expect(said).toEqual(['click', 'window']);
  button.down(event(0), tool, { x: 0, y: 0 });
  button.up(false);
  expect(said).toHaveLength(2);
});

test('given up, the press is neither', () => {
  const { said, tool, button } = set();
  expect(button.cancel()).toBe(false);
  button.down(event(0), tool, { x: 0, y: 0 });
  expect(button.cancel()).toBe(true);
  button.up(true);
  expect(said).toEqual(['window']);
});

test('tools that drag, and cases with colours, have the button for themselves', () => {
  const dragging = set(volumeInfo(), { move: () => {} });
  expect(dragging.button.down(event(0), dragging.tool, { x: 0, y: 0 })).toBe(false);
  const coloured = set(imageInfo());
  expect(coloured.button.down(event(0), coloured.tool, { x: 0, y: 0 })).toBe(false);
  expect(coloured.button.move(event(9), { x: 9, y: 0 })).toBe(false);
});
