import { expect, test } from 'vitest';
import { blobName, crc32, readSlice, readU64, showSize, startsWith, viewOf } from '../../src/data/bytes';

const text = (words: string) => new TextEncoder().encode(words);

test('crc32 of the standard check text, whole and in parts', () => {
  expect(crc32(text('123456789'))).toBe(0xcbf43926);
  expect(crc32(text('6789'), crc32(text('12345')))).toBe(0xcbf43926);
  expect(crc32(new Uint8Array(0))).toBe(0);
});

test('64-bit numbers, and Infinity beyond 2^53', () => {
  const view = viewOf(Uint8Array.of(9, 1, 0, 0, 0, 0, 0, 0x1f, 0).subarray(1));
  expect(readU64(view, 0)).toBe(0x1f * 2 ** 48 + 1);
  expect(readU64(viewOf(new Uint8Array(8).fill(255)), 0)).toBe(Number.POSITIVE_INFINITY);
});

test('slices are bounded by the file, and files that fail are named', async () => {
  const blob = new Blob([Uint8Array.of(1, 2, 3)]);
  expect(await readSlice(blob, 1, 3, 'x')).toEqual(Uint8Array.of(2, 3));
  await expect(readSlice(blob, 1, 4, 'x')).rejects.toThrow(/x: bytes 1\.\.4 lie outside the file of 3 bytes/);
  await expect(readSlice(blob, 2, 1, 'x')).rejects.toThrow(/outside/);
  const gone = { size: 3, slice: () => ({ arrayBuffer: () => Promise.reject(new Error('gone')) }) } as unknown as Blob;
  await expect(readSlice(gone, 0, 1, 'x')).rejects.toThrow(/could not be read — the file moved or changed/);
  const shrunk = { size: 3, slice: () => new Blob([]) } as unknown as Blob;
  await expect(readSlice(shrunk, 0, 2, 'x')).rejects.toThrow(/0 of 2 bytes came back/);
});

test('names, beginnings, sizes', () => {
  expect(blobName(new File([], 'a.pth'))).toBe('a.pth');
  expect(blobName(new Blob([]), 'it')).toBe('it');
  expect(startsWith(text('xPK'), 'PK', 1)).toBe(true);
  expect(startsWith(text('P'), 'PK')).toBe(false);
  expect([0, 1023, 1536, 3 * 2 ** 30].map(showSize)).toEqual(['0 bytes', '1023 bytes', '1.5 KiB', '3.0 GiB']);
});
