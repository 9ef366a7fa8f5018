import { deflateRawSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { unzip } from '../../../src/app/engine/unzip';
import { zipBlob } from '../../../src/app/zip';

const files = new Map([
  ['a.txt', new Blob(['hello'])],
  ['data/b.bin', new Blob([new Uint8Array(5000).fill(7)])],
]);

test('what goes in comes out', async () => {
  const read = await unzip(await zipBlob(files), 'x.zip');
  expect([...read.keys()]).toEqual(['a.txt', 'data/b.bin']);
  expect(await (await read.get('a.txt')!()).text()).toBe('hello');
  expect(new Uint8Array(await (await read.get('data/b.bin')!()).arrayBuffer())).toEqual(new Uint8Array(5000).fill(7));
});

/** A zip of one deflated file that announces `size` bytes. */
function deflated(data: Uint8Array, size = data.length): Blob {
  const packed = new Uint8Array(deflateRawSync(data));
  const local = new DataView(new ArrayBuffer(31));
  local.setUint32(0, 0x04034b50, true);
  local.setUint16(26, 1, true);
  local.setUint8(30, 0x61);
  const entry = new DataView(new ArrayBuffer(47));
  entry.setUint32(0, 0x02014b50, true);
  entry.setUint16(10, 8, true);
  entry.setUint32(20, packed.length, true);
  entry.setUint32(24, size, true);
  entry.setUint16(28, 1, true);
  entry.setUint8(46, 0x61);
  const end = new DataView(new ArrayBuffer(22));
  end.setUint32(0, 0x06054b50, true);
  end.setUint16(10, 1, true);
  end.setUint32(12, 47, true);
  end.setUint32(16, 31 + packed.length, true);
  return new Blob([local, packed, entry, end]);
}

test('deflated files are unpacked; more bytes than announced are refused', async () => {
  const data = new Uint8Array(100_000).fill(3);
  const read = await unzip(deflated(data), 'x.zip');
  expect((await read.get('a')!()).size).toBe(data.length);
  await expect((await unzip(deflated(data, 10), 'x.zip')).get('a')!()).rejects.toThrow(/other than the 10 bytes/);
});

test('what is no zip, or a part of one, is refused in words', async () => {
  await expect(unzip(new Blob(['no zip at all, but long enough']), 'x.zip')).rejects.toThrow(/no zip directory/);
  const whole = await zipBlob(files);
  await expect(unzip(whole.slice(0, whole.size - 30), 'x.zip')).rejects.toThrow(/x\.zip/);
});

test('only what is wanted counts, and is there', async () => {
  const blob = await zipBlob(files);
  const wanted = (path: string) => path === 'a.txt';
  expect([...(await unzip(blob, 'x.zip', { wanted, most: 5 })).keys()]).toEqual(['a.txt']);
  await expect(unzip(blob, 'x.zip', { most: 5000 })).rejects.toThrow(/unpacks to more than/);
  expect((await unzip(blob, 'x.zip', { most: 5005 })).size).toBe(2);
});
