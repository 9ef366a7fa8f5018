import { expect, test } from 'vitest';
import { readF32 } from '../../src/data/tensorFile';
import { openLegacy } from '../../src/data/torchLegacy';
import { openTorch } from '../../src/data/torchPth';
import { dict, fileOf, floats, int, none, str, tensor, torchLegacy, tuple } from './torchBytes';

const three = floats(1, 2, 3);
const one = (count = 3, shape = [3]) => dict(str('x'), tensor({ key: '77', count }, shape, [1]));
const open = (bytes: number[]) => openTorch(fileOf(bytes), 'old.pth');

test('several storages, views of a part of one', async () => {
  const part = { key: '1', count: 3, view: tuple(str('1-1-2'), int(1), int(2)) };
  const value = dict(
    str('a'),
    tensor({ key: '2', type: 'LongStorage', count: 1 }, [1], [1]),
    str('b'),
    tensor(part, [2], [1]),
    str('c'),
    tensor({ key: '1', count: 3, view: none }, [3], [1]),
  );
  const file = await open(torchLegacy(value, { 1: [3, three], 2: [1, [7, 0, 0, 0, 0, 0, 0, 0]] }));
  expect(await readF32(file.entries.get('a')!)).toEqual(Float32Array.of(7));
  expect(await readF32(file.entries.get('b')!)).toEqual(Float32Array.of(2, 3));
  expect(await readF32(file.entries.get('c')!)).toEqual(Float32Array.of(1, 2, 3));
});

test('pickles longer than the first window', async () => {
  const long = 'x'.repeat(1_200_000);
  const value = dict(str('note'), str(long), str('x'), tensor({ count: 3 }, [3], [1]));
  // Not torchLegacy: spreading a million bytes is more than a call takes.
  const file = await open(torchLegacy(value, { 0: [3, three] }));
  expect((file.meta as { note: string }).note).toBe(long);
  expect(await readF32(file.entries.get('x')!)).toEqual(Float32Array.of(1, 2, 3));
});

test.each([
  [
    'truncated storage',
    torchLegacy(one(), { 77: [3, three.slice(0, 8)] }),
    /storage "77" ends at \d+, the file at \d+ — it is truncated/,
  ],
  ['missing count', torchLegacy(one(), { 77: [3, []] }).slice(0, -4), /storage 77: bytes .* outside the file/],
  ['another count', torchLegacy(one(), { 77: [2, three] }), /has 2 elements, its description says 3/],
  ['an absurd count', torchLegacy(one(), { 77: [2 ** 52, three] }), /has 4503599627370496 elements/],
  [
    'a storage that no tensor uses',
    torchLegacy(one(), { 77: [3, three], 78: [3, three] }),
    /names "78", which no tensor uses/,
  ],
  ['a storage left out', torchLegacy(one(), {}), /storage "77" is not in the file/],
  [
    'a view outside its storage',
    torchLegacy(dict(str('x'), tensor({ key: '1', count: 3, view: tuple(str('v'), int(2), int(2)) }, [2], [1])), {
      1: [3, three],
    }),
    /described in an unknown way/,
  ],
  [
    'one storage described twice',
    torchLegacy(
      dict(str('a'), tensor({ key: '1', count: 3 }, [3], [1]), str('b'), tensor({ key: '1', count: 2 }, [2], [1])),
      { 1: [3, three] },
    ),
    /described in two ways/,
  ],
])('damage: %s', async (_what, bytes, words) => {
  await expect(open(bytes)).rejects.toThrow(words);
});

test('another version of the container', async () => {
  const bytes = torchLegacy(one(), { 77: [3, three] });
  bytes[18] = 9;
  await expect(openLegacy(fileOf(bytes), 'old.pth')).rejects.toThrow(/version \d+; 1001 is known/);
});
