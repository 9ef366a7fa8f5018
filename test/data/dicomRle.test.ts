import { expect, test } from 'vitest';
import { rleFrame, unpackRle } from '../../src/data/dicomRle';

/** A frame of these packed planes. */
function frame(...planes: number[][]): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(64 + planes.flat().length);
  const view = new DataView(out.buffer);
  view.setUint32(0, planes.length, true);
  let at = 64;
  for (const [p, bytes] of planes.entries()) {
    view.setUint32(4 + 4 * p, at, true);
    out.set(bytes, at);
    at += bytes.length;
  }
  return out;
}

const item = (bytes: Uint8Array | number[], tag = [0xfe, 0xff, 0, 0xe0]) => [...tag, bytes.length, 0, 0, 0, ...bytes];
const end = item([], [0xfe, 0xff, 0xdd, 0xe0]);

test('repeats, literals and no-ops; the most significant plane comes first', () => {
  // High bytes 1 1 1 2, low bytes 7 8 9 9.
  const bytes = unpackRle(frame([254, 1, 128, 0, 2], [1, 7, 8, 255, 9]), 4, 2, 'x');
  expect([...new Uint16Array(bytes.buffer)]).toEqual([0x107, 0x108, 0x109, 0x209]);
});

test('fragments behind the offset table are joined', async () => {
  const whole = frame([0, 5]);
  const bytes = Uint8Array.from([...item([]), ...item(whole.slice(0, 40)), ...item(whole.slice(40)), ...end]);
  expect(await rleFrame(new Blob([Uint8Array.of(9, 9, 9), bytes]), 3, 'x')).toEqual(whole);
});

test.each([
  ['a plane too few', frame([254, 1]), /have 1 planes, expected 2/],
  ['a plane that is cut short', frame([254, 1, 0, 2], [1, 7]), /RLE plane 1 unpacks to \d of 4 pixels/],
  ['a literal that runs on', frame([254, 1, 0, 2], [3, 7]), /unpacks to 1 of 4 pixels/],
  ['nothing', new Uint8Array(10), /0 planes/],
])('%s is refused', (_, bad, words) => {
  expect(() => unpackRle(bad, 4, 2, 'x')).toThrow(words);
});

test('offsets outside the frame, and fragments without an end', async () => {
  const bad = frame([254, 1, 0, 2], [1, 7, 8, 255, 9]);
  new DataView(bad.buffer).setUint32(8, 5000, true);
  expect(() => unpackRle(bad, 4, 2, 'x')).toThrow(/RLE plane 0 lies at 64 … 5000 of/);
  for (const cut of [item([]), [...item([]), ...item([1, 2])], item([1, 2, 3]).slice(0, 9)])
    await expect(rleFrame(new Blob([Uint8Array.from(cut)]), 0, 'x')).rejects.toThrow(/do not end where they should/);
});
