import { expect, test } from 'vitest';
import { EMPTY_DOC } from '../../../src/app/document/document';
import { type Edit, edit } from '../../../src/app/document/edits';
import { lockAgainst } from '../../../src/app/document/locks';
import { packMask } from '../../../src/app/document/runs';

const at = 'axial:0' as const;
const mask = packMask([0, 1, 1, 0]);
const other = packMask([1, 0, 0, 0]);
const begun: readonly Edit[] = [
  { type: 'addObjects', objects: [{ masks: new Map([[0, mask]]) }, { masks: new Map([[0, other]]) }] },
  { type: 'lock', object: 1, locked: true },
];
const doc = begun.reduce(edit, EMPTY_DOC);

test('a locked object is changed by no stroke, mask, prompt, acceptance, deletion or session', () => {
  const against: readonly Edit[] = [
    { type: 'setMasks', object: 1, masks: new Map([[0, other]]) },
    { type: 'setMasks', object: 1, masks: new Map([[0, null]]), row: 'propagation 1' },
    { type: 'stroke', object: 1, at, masks: new Map([[0, other]]) },
    { type: 'removeObject', object: 1 },
    { type: 'activate', object: 1 },
    { type: 'restore', doc: EMPTY_DOC },
    { type: 'restore', doc: { ...doc, objects: [{ ...doc.objects[0], masks: new Map([[0, other]]) }] } },
  ];
  for (const e of against) {
    expect(lockAgainst(doc, e)?.name, e.type).toBe('Object 1');
    expect(edit(doc, e), e.type).toBe(doc);
  }
  // A session may hold it as the active one.
  const active = { ...doc, active: 1 };
  for (const e of [
    { type: 'addPoint', at, point: { x: 1, y: 1, label: 1 } },
    { type: 'setBox', at, box: [0, 0, 2, 2] },
    { type: 'commit', masks: new Map([[0, other]]), score: 1 },
    { type: 'setMasks', masks: new Map([[0, other]]) },
  ] as const satisfies readonly Edit[])
    expect(edit(active, e), e.type).toBe(active);
});

test('its name, colour, visibility and place are free, others are, and so is it once unlocked', () => {
  const free: readonly Edit[] = [
    { type: 'rename', object: 1, name: 'liver' },
    { type: 'recolour', object: 1, colour: [1, 2, 3] },
    { type: 'hide', object: 1, hidden: true },
    { type: 'move', object: 1, to: 1 },
    { type: 'lock', object: 1, locked: false },
    { type: 'setMasks', object: 2, masks: new Map([[0, mask]]) },
    { type: 'removeObject', object: 2 },
    { type: 'addPoint', at, point: { x: 1, y: 1, label: 1 } },
    { type: 'restore', doc: { ...doc, objects: doc.objects.slice(0, 1), active: null } },
  ];
  for (const e of free) {
    expect(lockAgainst(doc, e), e.type).toBeNull();
    expect(edit(doc, e), e.type).not.toBe(doc);
  }
  const open = edit(doc, { type: 'lock', object: 1, locked: false });
  expect(edit(open, { type: 'setMasks', object: 1, masks: new Map([[0, other]]) }).objects[0].masks.get(0)).toBe(other);
});
