import { expect, test } from 'vitest';
import { openZip } from '../../src/data/torchZip';
import { fileOf, type ZipEntry, zip } from './torchBytes';

const entries: ZipEntry[] = [
  { name: 'a/one', data: [1, 2, 3] },
  { name: 'a/two', data: [4, 5] },
  { name: 'a/none', data: [] },
];
const open = (bytes: number[]) => openZip(fileOf(bytes), 'x.pth');

test.each([
  ['plain', false, []],
  ['zip64', true, []],
  ['with a comment', false, [0x50, 0x4b, 5, 6, 7]],
])('reads stored records: %s', async (_what, zip64, comment) => {
  const file = await open(zip(entries, zip64, comment));
  expect([...file.records.keys()]).toEqual(['a/one', 'a/two', 'a/none']);
  for (const { name, data } of entries) {
    const record = file.records.get(name)!;
    expect([...(await file.read(record, 0, record.size))]).toEqual(data);
    expect(await file.verify(record)).toBe(true);
  }
  expect([...(await file.read(file.records.get('a/one')!, 1, 2))]).toEqual([2]);
});

test('a wrong checksum is noticed', async () => {
  const file = await open(zip([{ ...entries[0], crc: 1 }]));
  expect(await file.verify(file.records.get('a/one')!)).toBe(false);
});

test.each([
  ['compressed', zip([{ ...entries[0], method: 8 }]), /"a\/one" is compressed \(method 8\).*zip -0/],
  ['encrypted', zip([{ ...entries[0], flags: 1 }]), /encrypted/],
  ['named twice', zip([entries[0], entries[0]]), /names "a\/one" twice/],
])('refuses a record that is %s', async (_what, bytes, words) => {
  await expect(open(bytes)).rejects.toThrow(words);
});

/** The file with `bytes` written over it at the last occurrence of `signature` plus `offset`. */
const patch = (file: number[], signature: number[], offset: number, bytes: number[]) => {
  const out = [...file];
  for (let at = out.length - 4; at >= 0; at--) {
    if (!signature.every((b, i) => out[at + i] === b)) continue;
    out.splice(at + offset, bytes.length, ...bytes);
    return out;
  }
  throw new Error('no such signature');
};
const end = [0x50, 0x4b, 5, 6];
const record = [0x50, 0x4b, 1, 2];
const big = [0xff, 0xff, 0xff, 0x7f];

test.each([
  ['directory outside the file', patch(zip(entries), end, 16, big), /directory .* outside the file/],
  ['directory larger than the file', patch(zip(entries), end, 12, big), /directory .* outside the file/],
  ['more records than there are', patch(zip(entries), end, 10, [9, 0]), /breaks off at record 3 of 9/],
  ['record larger than the file', patch(patch(zip(entries), record, 20, big), record, 24, big), /outside the file/],
  ['record that begins outside', patch(zip(entries), record, 42, big), /outside the file/],
  ['packed size of another length', patch(zip(entries), record, 20, [9, 0, 0, 0]), /outside the file/],
  ['name longer than the directory', patch(zip(entries), record, 28, [0xff, 0xff]), /breaks off at record 2/],
  [
    'zip64 end outside the file',
    patch(zip(entries, true), [0x50, 0x4b, 6, 7], 8, big),
    /zip64 end record lies outside/,
  ],
  [
    'zip64 end elsewhere',
    patch(zip(entries, true), [0x50, 0x4b, 6, 7], 8, [0, 0, 0, 0]),
    /zip64 end record is missing/,
  ],
  [
    'zip64 sizes beyond 2^53',
    patch(zip(entries, true), [0x50, 0x4b, 6, 6], 40, new Array(8).fill(255)),
    /outside the file/,
  ],
  ['zip64 record without its extra', patch(zip(entries, true), [0x99, 0x99], 5, [2]), /breaks off at record 2/],
  ['no directory', zip(entries).slice(0, -5), /no zip directory at its end/],
])('damage: %s', async (_what, bytes, words) => {
  await expect(open(bytes)).rejects.toThrow(words);
});

test('a record whose local header is not where the directory says', async () => {
  const file = await open(patch(zip(entries), record, 42, [1, 0, 0, 0]));
  await expect(file.read(file.records.get('a/none')!, 0, 0)).rejects.toThrow(/does not begin where the directory says/);
});
