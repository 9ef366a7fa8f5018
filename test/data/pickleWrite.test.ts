import { expect, test } from 'vitest';
import { unpickle } from '../../src/data/pickle';
import { isDict } from '../../src/data/pickleValues';
import { type PyValue, pickleBytes, pyFloat, pyOrdered, pyTuple } from '../../src/data/pickleWrite';

const back = (value: PyValue, persistent: (id: unknown) => unknown = () => null) => {
  const bytes = pickleBytes(value);
  const { value: read, end } = unpickle(bytes, 0, persistent);
  expect(end).toBe(bytes.length);
  return read;
};

const plain: PyValue[] = [null, true, false, 0, 255, 256, -1, 2 ** 31 - 1, -(2 ** 31), 2 ** 31, -(2 ** 40), 0.5, -0];
plain.push(2n ** 70n, -(2n ** 63n), 127n, 128n, -128n, -129n, '', 'café ∀ 𝕏', Number.POSITIVE_INFINITY, 1e300);

test.for(plain)('%s comes back', (value) => {
  const small = typeof value === 'bigint' && Number.isSafeInteger(Number(value));
  expect(back(value)).toEqual(small ? Number(value) : value);
});

test('containers, bytes and floats', () => {
  expect(back([1, [], pyTuple(2, pyTuple())])).toEqual([1, [], [2, []]]);
  expect(back(Uint8Array.of(0, 127, 128, 255))).toEqual(Uint8Array.of(0, 127, 128, 255));
  const dict = back(pyOrdered([['b', 1], ['a', new Map([[3, 'x']])]])); // biome-ignore format: short
  if (!isDict(dict)) throw new Error('no dict');
  expect([...dict.items.keys()]).toEqual(['b', 'a']);
  const inner = dict.items.get('a');
  expect(isDict(inner) && inner.items).toEqual(new Map([[3, 'x']]));
});

test('a whole number can be a float, a large list is one list', () => {
  expect(Array.from(pickleBytes(pyFloat(1)))).toEqual([0x80, 2, 0x47, 0x3f, 0xf0, 0, 0, 0, 0, 0, 0, 0x2e]);
  expect(Array.from(pickleBytes(1))).toEqual([0x80, 2, 0x4b, 1, 0x2e]);
  const many = Array.from({ length: 70_000 }, (_, i) => i);
  expect(back(many)).toEqual(many);
});

test('references to the outside', () => {
  expect(back({ kind: 'persistent', id: pyTuple('storage', '7') }, (id) => ({ id }))).toEqual({ id: ['storage', '7'] });
});

test('a value that contains itself is refused', () => {
  const loop: PyValue[] = [];
  loop.push(loop);
  expect(() => pickleBytes(loop)).toThrow(/nested too deep, or in a circle/);
});
