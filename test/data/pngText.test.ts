import { decode } from 'fast-png';
import { expect, test } from 'vitest';
import { decodeBytes, encodePng } from '../../src/data/image';
import { pngText, withPngText } from '../../src/data/pngText';

const data = Uint8Array.from({ length: 64 }, (_, i) => i % 3);
const plain = encodePng({ width: 8, height: 8, channels: 1, data });

test('a text is kept, and the picture is the same for every reader', async () => {
  const png = withPngText(plain, 'some labels', 'optic disc · 病変');
  expect(pngText(png, 'some labels', 1000)).toBe('optic disc · 病変');
  expect((await decodeBytes(png)).data).toEqual(data);
  // fast-png checks every chunk's checksum.
  expect(decode(png, { checkCrc: true }).data).toEqual(data);
  expect(pngText(png, 'other', 1000)).toBeNull();
  expect(pngText(plain, 'some labels', 1000)).toBeNull();
  expect(() => withPngText(new Uint8Array(100), 'a', 'b')).toThrow(/no PNG/);
});

test('chunks that lie, or are damaged, cut off, too long or compressed, are passed over', () => {
  const png = withPngText(plain, 'k', 'text');
  const changed = (at: number, value: number) => {
    const bad = png.slice();
    bad[at] = value;
    return pngText(bad, 'k', 1000);
  };
  expect(changed(33, 0xff)).toBeNull(); // its length
  expect(changed(36, 200)).toBeNull();
  expect(changed(48, 0x21)).toBeNull(); // a letter: the checksum
  expect(changed(43, 1)).toBeNull(); // compressed
  expect(pngText(png, 'k', 5)).toBeNull();
  for (let n = 0; n < 60; n++) expect(pngText(png.slice(0, n), 'k', 1000) ?? 'text').toBe('text');
  expect(pngText(withPngText(plain, 'k', 'x'.repeat(10_000_000)), 'k', 240_000)).toBeNull();
});
