import { expect, test } from 'vitest';
import { looksLike } from '../../src/data/otherFormats';

const at = (offset: number, text: string) => {
  const bytes = new Uint8Array(512);
  bytes.set(new TextEncoder().encode(text), offset);
  return bytes;
};

test.for<[string, Uint8Array, RegExp]>([
  ['MP4', at(4, 'ftypisom'), /a video \(MP4/],
  ['HEIC', at(4, 'ftypheic'), /HEIC/],
  ['AVI', at(8, 'AVI LIST'), /a video \(AVI/],
  ['WebM', Uint8Array.of(0x1a, 0x45, 0xdf, 0xa3), /a video \(Matroska/],
  ['DICOM', at(128, 'DICM'), /DICOM/],
  ['a web page', at(0, '<!DOCTYPE html>'), /web page/],
])('%s', ([, bytes, words]) => {
  expect(looksLike(bytes)).toMatch(words);
});

test('a DICOM file whose preamble is that of a TIFF', () => {
  const bytes = at(128, 'DICM');
  bytes.set([0x49, 0x49, 0x2a, 0]);
  expect(looksLike(bytes)).toBe('a DICOM file');
});

test('nothing known', () => {
  expect(looksLike(Uint8Array.of(7, 7, 7))).toBeNull();
  expect(looksLike(new Uint8Array(0))).toBeNull();
});
