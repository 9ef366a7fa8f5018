import { expect, test } from 'vitest';
import { viewOf } from '../../src/data/bytes';
import { openZip } from '../../src/data/torchZip';
import { type ZipSource, zipParts } from '../../src/data/zipWrite';

const source = (name: string, data: Uint8Array<ArrayBuffer>): ZipSource => ({
  name,
  bytes: data.length,
  read: async () => data,
});
const made = [
  source('archive/data.pkl', Uint8Array.of(1, 2, 3)),
  source(
    'archive/data/0',
    new Uint8Array(1000).map((_, i) => i),
  ),
  source('archive/data/1', new Uint8Array(0)),
  source('archive/version', new TextEncoder().encode('3\n')),
];

async function bytesOf(records: ZipSource[], zip64 = false): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  for await (const part of zipParts(records, { zip64 })) parts.push(part);
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}

test.for([false, true])('records come back, aligned to 64 bytes (zip64: %s)', async (zip64) => {
  const bytes = await bytesOf(made, zip64);
  const zip = await openZip(new Blob([bytes]), 'made.zip');
  expect([...zip.records.keys()]).toEqual(made.map((m) => m.name));
  for (const { name, read } of made) {
    const record = zip.records.get(name)!;
    expect(await zip.read(record, 0, record.size)).toEqual(await read());
    expect(await zip.verify(record)).toBe(true);
    const local = viewOf(bytes.subarray(record.offset));
    expect((record.offset + 30 + local.getUint16(26, true) + local.getUint16(28, true)) % 64).toBe(0);
  }
});

test('equal input gives equal bytes', async () => {
  expect(await bytesOf(made)).toEqual(await bytesOf(made));
});

test('more records than 16 bits count', async () => {
  const many = Array.from({ length: 65_600 }, (_, i) => source(`a/${i}`, Uint8Array.of(i & 255)));
  const zip = await openZip(new Blob([await bytesOf(many)]), 'many.zip');
  expect(zip.records.size).toBe(65_600);
  expect(await zip.read(zip.records.get('a/65599')!, 0, 1)).toEqual(Uint8Array.of(65_599 & 255));
});

test('a record of another length than announced is refused', async () => {
  await expect(bytesOf([{ ...made[0], bytes: 4 }])).rejects.toThrow('writing archive/data.pkl: 3 bytes came, 4 were');
});
