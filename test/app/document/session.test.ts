import { expect, test } from 'vitest';
import { firstLook } from '../../../src/app/document/look';
import { packMask } from '../../../src/app/document/runs';
import { isSession, readSession, restored, writeSession } from '../../../src/app/document/session';
import { after, imageInfo, volumeInfo } from '../cases';

const info = volumeInfo('v');
const mask = packMask(Array.from({ length: 12 }, (_, i) => Number(i > 4)));
const doc = after(
  { type: 'addPoint', at: 'coronal:1', point: { x: 1.5, y: 2, label: 1, onto: 2 } },
  { type: 'setBox', at: 'axial:2', box: [0, 0, 2, 2] },
  { type: 'addObjects', objects: [{ name: 'lung "left"', colour: [1, 2, 3], masks: new Map([[3, mask]]) }] },
  { type: 'hide', object: 2, hidden: true },
  { type: 'lock', object: 2, locked: true },
).now;
const look = { ...firstLook(info), plane: 'coronal', cross: [1, 2, 3], window: [-10, 20.5] } as const;
const text = writeSession(info, doc, look);

test('objects, prompts and look come back as they were', () => {
  expect(isSession(text.slice(0, 100))).toBe(true);
  const back = restored(readSession(text, 's.json'), info, 's.json');
  expect(back.doc).toEqual(doc);
  expect(back.look).toMatchObject({ plane: 'coronal', cross: [1, 2, 3], window: [-10, 20.5], smooth: true });
});

test('another image is refused, naming the right one', () => {
  expect(() => restored(readSession(text, 's.json'), imageInfo('b'), 's.json')).toThrow(
    /s\.json: it was made on v\.png \(4 × 3 × 5\), and b\.png is another image .* open v\.png first/,
  );
});

type Json = { [key: string]: Json };

/** The session with another value at a path. */
function changed(path: string, value: unknown): string {
  const session: Json = JSON.parse(text);
  const keys = path.split('.');
  const last = keys.pop() ?? '';
  keys.reduce((at, key) => at[key], session)[last] = value as Json;
  return JSON.stringify(session);
}

test.each([
  ['cut off', text.slice(0, 200), /does not parse as JSON/],
  ['no session', '{"format":"x"}', /format: Invalid type/],
  ['a mask that is too long', changed('objects.1.masks.0.1', [5, 2 ** 31]), /covers 2147483653 pixels, expected 12/],
  [
    'a slice that is not there',
    changed('objects.1.masks.0.0', 5),
    /on slice 5 covers 12 pixels, expected 12 on slices 0 to 4/,
  ],
  ['two objects of one number', changed('objects.1.id', 1), /two objects have the number 1/],
  ['a number above 255', changed('objects.1.id', 256), /objects\.1\.id/],
  ['a colour that is none', changed('objects.0.colour', ['red', 0, 0]), /objects\.0\.colour/],
  ['a prompt nowhere', changed('objects.0.prompts.0.0', '__proto__'), /prompts\.0\.0/],
  ['a look that is none', changed('look.window', [null, 1]), /look\.window/],
])('%s is refused in words', (_, bad, words) => {
  expect(() => restored(readSession(bad, 's.json'), info, 's.json')).toThrow(words);
});
