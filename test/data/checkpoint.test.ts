import { expect, test } from 'vitest';
import { openCheckpoint } from '../../src/data/checkpoint';
import { writeSafetensors } from '../../src/data/safetensors';
import { dict, fileOf, str, torchLegacy, torchZip } from './torchBytes';

test.each([
  ['safetensors', writeSafetensors([{ name: 'a', dtype: 'U8', shape: [1], data: Uint8Array.of(1) }])],
  ['torch-zip', fileOf(torchZip(dict(str('a'), str('b'))))],
  ['torch-legacy', fileOf(torchLegacy(dict(str('a'), str('b'))))],
])('tells %s by its content, whatever its name', async (kind, blob) => {
  expect((await openCheckpoint(new File([blob], 'weights.bin'))).kind).toBe(kind);
});

const text = (words: string) => new TextEncoder().encode(words);
const tar = new Uint8Array(512);
tar.set(text('ustar'), 257);

test.each([
  ['nothing', new Uint8Array(0), /the file is empty/],
  ['a web page', text('<!DOCTYPE html><html>'), /web page/],
  ['a Git LFS pointer', text('version https://git-lfs.github.com/spec/v1\noid sha256:0'), /git lfs pull/],
  ['gzip', Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0), /gzip/],
  ['HDF5', Uint8Array.of(0x89, 0x48, 0x44, 0x46, 13, 10, 26, 10, 0), /HDF5/],
  ['tar', tar, /oldest container/],
  ['a plain pickle', Uint8Array.of(0x80, 4, 0x4e, 0x2e), /plain Python pickle/],
  ['noise', Uint8Array.from({ length: 40 }, (_, i) => 200 - i), /first bytes belong to none/],
  ['two bytes', Uint8Array.of(1, 2), /first bytes belong to none/],
])('says what %s looks like', async (_what, bytes, words) => {
  await expect(openCheckpoint(new File([bytes], 'weights.pth'))).rejects.toThrow(words);
  await expect(openCheckpoint(new File([bytes], 'weights.pth'))).rejects.toThrow(/^weights\.pth: /);
});
