import { expect, test } from 'vitest';
import { changedSlices, EMPTY_DOC, labelSlice, objectOf, promptAt } from '../../../src/app/document/document';
import { EDIT_WORDS, type Edit, edit } from '../../../src/app/document/edits';
import { packMask } from '../../../src/app/document/runs';

const at = 'axial:0' as const;
const point = (x: number) => ({ type: 'addPoint', at, point: { x, y: 0, label: 1 } }) as const;
const left = packMask([1, 1, 0, 0]);
const middle = packMask([0, 1, 1, 0]);
const info = { dims: [4, 1, 3] } as const;
const after = (...edits: Edit[]) => edits.reduce(edit, EMPTY_DOC);
const commit = (...masks: [number, typeof left | null][]): Edit => ({
  type: 'commit',
  masks: new Map(masks),
  score: 0.5,
});

test('a point makes an object where there is none, and goes to the active one after that', () => {
  const doc = after(point(1), point(2));
  expect(doc.objects.map((o) => o.id)).toEqual([1]);
  expect(promptAt(doc, at).points.map((p) => p.x)).toEqual([1, 2]);
  expect(promptAt(doc, 'axial:1').points).toEqual([]);
  expect(promptAt(edit(doc, { type: 'removePoint', at, index: 0 }), at).points.map((p) => p.x)).toEqual([2]);
});

test('a new prompt forgets which candidate was chosen; a box is kept until it is taken away', () => {
  const chosen = after(point(1), { type: 'chooseMask', at, choice: 2 });
  expect(promptAt(chosen, at).choice).toBe(2);
  expect(promptAt(edit(chosen, point(2)), at).choice).toBeNull();
  const boxed = edit(chosen, { type: 'setBox', at, box: [0, 0, 2, 1] });
  expect(promptAt(boxed, at)).toMatchObject({ box: [0, 0, 2, 1], choice: null });
  const cleared = edit(boxed, { type: 'clearPrompt', at });
  expect(objectOf(cleared, 1)?.prompts.size).toBe(0);
  expect(edit(cleared, { type: 'clearPrompt', at })).toBe(cleared);
});

test('an accepted mask is the object’s, its prompts are done with, and the next prompt begins another', () => {
  const doc = after(point(1), commit([0, left]), point(2));
  expect(doc.objects.map((o) => [o.id, o.committed, o.score])).toEqual([
    [1, true, 0.5],
    [2, false, null],
  ]);
  expect(doc.objects[0].prompts.size).toBe(0);
  expect(doc.active).toBe(2);
});

test('a slice that is accepted takes its own prompt with it, and leaves those of other slices', () => {
  const other = { type: 'addPoint', at: 'axial:2', point: { x: 3, y: 0, label: 1 } } as const;
  const doc = after(point(1), other, { type: 'commit', masks: new Map([[0, left]]), score: 0.5, at });
  expect([...doc.objects[0].prompts.keys()]).toEqual(['axial:2']);
  expect(doc.active).toBeNull();
});

test('strokes change single slices; an emptied slice is gone', () => {
  const doc = after(commit([0, left], [2, middle]), { type: 'setMasks', object: 1, masks: new Map([[0, null]]) });
  expect([...doc.objects[0].masks.keys()]).toEqual([2]);
  const empty = edit(doc, { type: 'setMasks', object: 1, masks: new Map([[2, packMask([0, 0, 0, 0])]]) });
  expect(empty.objects[0].masks.size).toBe(0);
});

test('name, colour, visibility, deletion; ids of the deleted are used again', () => {
  const doc = after(commit([0, left]), commit([0, middle]));
  expect(objectOf(edit(doc, { type: 'rename', object: 2, name: 'cup' }), 2)?.name).toBe('cup');
  expect(objectOf(edit(doc, { type: 'recolour', object: 2, colour: [1, 2, 3] }), 2)?.colour).toEqual([1, 2, 3]);
  expect(edit(doc, { type: 'hide', object: 2, hidden: false })).toBe(doc);
  const fewer = edit(doc, { type: 'removeObject', object: 1 });
  expect(edit(fewer, commit([1, left])).objects.map((o) => o.id)).toEqual([2, 1]);
  expect(edit(doc, { type: 'removeObject', object: 9 })).toBe(doc);
});

test('many objects come at once, as long as there are ids', () => {
  const objects = Array.from({ length: 300 }, () => ({ masks: new Map([[0, left]]), score: 0.9 }));
  const doc = edit(EMPTY_DOC, { type: 'addObjects', objects });
  expect(doc.objects).toHaveLength(255);
  expect(edit(doc, point(1))).toBe(doc);
});

test('later objects lie over earlier ones, hidden ones are not there', () => {
  const doc = after(commit([0, left]), commit([0, middle]));
  expect([...labelSlice(doc, info, 0)]).toEqual([1, 2, 2, 0]);
  const hidden = edit(doc, { type: 'hide', object: 2, hidden: true });
  expect([...labelSlice(hidden, info, 0)]).toEqual([1, 1, 0, 0]);
  expect([...labelSlice(doc, info, 1)]).toEqual([0, 0, 0, 0]);
});

test('only slices that look different now are drawn anew', () => {
  const doc = after(commit([0, left], [1, left]), commit([2, middle]));
  const slices = (e: Edit) => [...changedSlices(doc, edit(doc, e))].sort();
  expect(slices({ type: 'setMasks', object: 1, masks: new Map([[1, middle]]) })).toEqual([1]);
  expect(slices({ type: 'recolour', object: 1, colour: [0, 0, 0] })).toEqual([]);
  expect(slices({ type: 'hide', object: 2, hidden: true })).toEqual([2]);
  expect(slices({ type: 'removeObject', object: 1 })).toEqual([0, 1, 2]);
  expect(slices({ type: 'activate', object: 1 })).toEqual([]);
});

test('every change has words for the history', () => {
  for (const words of Object.values(EDIT_WORDS)) expect(words).toMatch(/\w/);
});

test('a point remembers the candidate that was chosen when it was set', () => {
  const doc = after(point(1), { type: 'chooseMask', at, choice: 2 }, point(2), point(3));
  expect(promptAt(doc, at).points.map((p) => p.onto)).toEqual([undefined, 2, undefined]);
});

test('a stroke takes the place of mask and prompt on its slice, and of nothing else; its object is gone on with', () => {
  const other = 'axial:1' as const;
  const doc = after(point(1), { type: 'addPoint', at: other, point: { x: 1, y: 0, label: 1 } });
  const drawn = edit(doc, { type: 'stroke', object: 1, at, masks: new Map([[0, left]]) });
  expect([...objectOf(drawn, 1)!.prompts.keys()]).toEqual([other]);
  expect(objectOf(drawn, 1)!.masks.get(0)).toBe(left);
  expect(drawn.active).toBe(1);
  const next = edit(drawn, { type: 'stroke', object: null, at, masks: new Map([[0, middle]]) });
  expect(next.objects.map((o) => [o.id, o.masks.get(0)])).toEqual([
    [1, left],
    [2, middle],
  ]);
  expect(next.active).toBe(2);
});

test('order: held within the list, and labels are drawn anew', () => {
  const doc = after(commit([0, left]), commit([0, middle]));
  const moved = edit(doc, { type: 'move', object: 2, to: -5 });
  expect(moved.objects.map((o) => o.id)).toEqual([2, 1]);
  expect([...changedSlices(doc, moved)]).toEqual([0]);
  expect([...labelSlice(moved, info, 0)]).toEqual([1, 1, 2, 0]);
  expect(edit(doc, { type: 'move', object: 2, to: 9 })).toBe(doc);
  expect(objectOf(edit(doc, { type: 'lock', object: 1, locked: true }), 1)?.locked).toBe(true);
});
