import { expect, test } from 'vitest';
import { byteSource, gzip, unpackPart } from '../../src/data/gunzip';

const bytes = Uint8Array.from({ length: 300_000 }, (_, i) => (i * 7 + (i >> 8)) % 251);

test('ranges of plain and packed files are the same bytes', async () => {
  for (const blob of [new Blob([bytes]), new Blob([await gzip(bytes)])]) {
    const source = await byteSource(blob, 'f');
    expect(source.gzipped).toBe(blob.size < bytes.length);
    for (const [a, b] of [
      [0, 10],
      [5, 5],
      [99_990, 230_000],
      [299_000, 300_000],
    ]) {
      expect(await source.range(a, b)).toEqual(bytes.slice(a, b));
    }
    expect(await source.range(299_999, 900_000, true)).toEqual(bytes.slice(299_999));
    expect(await source.range(400_000, 500_000, true)).toHaveLength(0);
  }
});

test('files that are empty, end early or do not unpack', async () => {
  await expect(byteSource(new Blob([]), 'f')).rejects.toThrow('f: the file is empty');
  await expect((await byteSource(new Blob([bytes]), 'f')).range(0, 300_001)).rejects.toThrow(/ends after 300000 bytes/);
  const packed = await gzip(bytes);
  const source = await byteSource(new Blob([packed]), 'f.gz');
  await expect(source.range(0, 300_001)).rejects.toThrow(
    'f.gz: it ends after 300000 bytes, its header promises 300001',
  );
  await expect(source.range(0, 2 ** 40)).rejects.toThrow(/promises 1099511627776/);
  const broken = packed.slice();
  broken.fill(255, 100, 200);
  await expect((await byteSource(new Blob([broken]), 'f.gz')).range(0, 300_000)).rejects.toThrow(
    /truncated or damaged/,
  );
});

test('packed parts of a file, bounded by what they can hold', async () => {
  const zlib = new Response(new Blob([bytes]).stream().pipeThrough(new CompressionStream('deflate'))).blob();
  expect(await unpackPart(await zlib, 'v', 'deflate', 1000)).toEqual(bytes.slice(0, 1000));
  await expect(unpackPart(await zlib, 'v', 'deflate', 2 ** 40)).rejects.toThrow(/v: it unpacks to at most/);
});
