import { expect, test } from 'vitest';
import type { Edit } from '../../../src/app/document/edits';
import { packMask } from '../../../src/app/document/runs';
import { apply, redo, startTimeline, type Timeline, undo } from '../../../src/app/document/timeline';

const at = 'axial:0' as const;
const point = (x: number): Edit => ({ type: 'addPoint', at, point: { x, y: 0, label: 1 } });
const mask = packMask([0, 1, 1, 0]);
const masks = new Map([[0, mask]]);
const after = (...edits: Edit[]): Timeline => edits.reduce((t, e) => apply(t, e), startTimeline());

/** One of every kind of change, in an order in which each does something. */
const all: Edit[] = [
  point(1),
  point(2),
  { type: 'removePoint', at, index: 0 },
  { type: 'setBox', at, box: [0, 0, 2, 1] },
  { type: 'chooseMask', at, choice: 1 },
  { type: 'clearPrompt', at },
  { type: 'setMasks', masks },
  { type: 'commit', masks: new Map([[1, mask]]), score: 0.5 },
  { type: 'addObjects', objects: [{ masks }] },
  { type: 'rename', object: 1, name: 'a' },
  { type: 'recolour', object: 1, colour: [1, 2, 3] },
  { type: 'hide', object: 1, hidden: true },
  { type: 'lock', object: 1, locked: true },
  { type: 'move', object: 1, to: 1 },
  { type: 'lock', object: 1, locked: false },
  { type: 'stroke', object: 1, at, masks },
  { type: 'removeObject', object: 2 },
  { type: 'restore', doc: { objects: [], active: null } },
];

test('every change can be undone and redone, one by one, to the very same document', () => {
  const states = [startTimeline()];
  for (const e of all) states.push(apply(states.at(-1)!, e));
  let t = states.at(-1)!;
  expect(t.past).toHaveLength(all.length);
  for (const s of states.slice(0, -1).reverse()) {
    t = undo(t);
    expect(t.now).toBe(s.now);
  }
  expect(undo(t)).toBe(t);
  for (const s of states.slice(1)) {
    t = redo(t);
    expect(t.now).toBe(s.now);
  }
  expect(redo(t)).toBe(t);
});

test('a change after an undo forgets what was undone', () => {
  const t = apply(undo(after(point(1), point(2))), point(3));
  expect(t.future).toEqual([]);
  expect(t.past).toHaveLength(2);
});

test('an unbroken row of colours is one step; a selection is none', () => {
  const colour = (v: number): Edit => ({ type: 'recolour', object: 1, colour: [v, v, v] });
  const t = after(point(1), colour(1), colour(2), colour(3));
  expect(t.past).toHaveLength(2);
  expect(undo(t).now.objects[0].colour).not.toEqual([2, 2, 2]);
  expect(after(point(1), { type: 'activate', object: null }).past).toHaveLength(1);
});

test('masks of one row are one step; those of another row, or of none, are others', () => {
  const set = (z: number, row?: string): Edit => ({
    ...{ type: 'setMasks', object: 1, masks: new Map([[z, mask]]) },
    ...(row === undefined ? {} : { row }),
  });
  const t = after(point(1), set(0, 'a'), set(1, 'a'), set(2, 'b'), set(3), set(4));
  expect(t.past).toHaveLength(5);
  const back = undo(undo(undo(t)));
  expect([...back.now.objects[0].masks.keys()]).toEqual([0, 1]);
  expect(undo(back).now.objects[0].masks.size).toBe(0);
});

test('the history is bounded in steps and in bytes of masks, and the last step can always be undone', () => {
  const runs = (n: number) => Uint32Array.from({ length: n }, () => 1);
  let t = startTimeline();
  const limits = { steps: 100, bytes: 10_000 };
  for (let i = 0; i < 20; i++) t = apply(t, { type: 'setMasks', object: 1, masks: new Map([[0, runs(500)]]) }, limits);
  // Each step holds the mask before and the one after it: 4 kB and a little.
  expect(t.past.length).toBe(2);
  t = apply(t, { type: 'setMasks', object: 1, masks: new Map([[0, runs(50_000)]]) }, limits);
  expect(t.past.length).toBe(1);
  for (let i = 0; i < 9; i++) t = apply(t, point(i), { steps: 3, bytes: 1e9 });
  expect(t.past.length).toBe(3);
});

test('what a step did not change is shared, not copied', () => {
  const before = after({ type: 'setMasks', masks });
  const t = apply(before, { type: 'rename', object: 1, name: 'x' });
  expect(t.now.objects[0].masks).toBe(before.now.objects[0].masks);
  expect(t.past.at(-1)!.bytes).toBeLessThan(1000);
});
