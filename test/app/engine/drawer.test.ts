import { expect, test } from 'vitest';
import { memoryDrawer, StorageFull, writeWhole } from '../../../src/app/engine/drawer';

test('files lie in folders, are replaced as a whole, and go with their folder', async () => {
  const all = memoryDrawer();
  const a = all.drawer('a');
  await a.write('x.txt', 'one');
  await a.write('data/y.txt', 'two');
  await a.write('x.txt', 'three');
  await all.drawer('b').write('z', '');
  expect(await (await a.read('x.txt'))?.text()).toBe('three');
  expect(await a.list()).toEqual(['data/y.txt', 'x.txt']);
  expect(await all.drawers()).toEqual(['a', 'b']);
  await all.remove('a');
  expect(await a.read('x.txt')).toBeNull();
  expect(await all.drawers()).toEqual(['b']);
});

test('a file that has no room leaves the old one as it was', async () => {
  const small = memoryDrawer(10);
  await small.write('x', 'old');
  await expect(small.write('x', 'far too long')).rejects.toThrow(StorageFull);
  await expect(small.write('x', 'far too long')).rejects.toThrow(/MiB left .* needed/);
  expect(await (await small.read('x'))?.text()).toBe('old');
});

/** A file of `size` bytes whose writing fails in `where`, as a disk that fills up. */
function failing(size: number, where: 'write' | 'close') {
  const did: string[] = [];
  const fail = async () => {
    throw new DOMException('', 'QuotaExceededError');
  };
  const handle = {
    createWritable: async () => ({
      write: where === 'write' ? fail : async () => {},
      close: where === 'close' ? fail : async () => {},
      abort: async () => void did.push('aborted'),
    }),
    getFile: async () => ({ size }),
    remove: async () => void did.push('removed'),
  };
  return { did, handle: handle as unknown as FileSystemFileHandle };
}

test('a disk that fills up in the midst: the old file stays, a new one leaves nothing behind', async () => {
  for (const where of ['write', 'close'] as const) {
    const old = failing(5, where);
    await expect(writeWhole(old.handle, new Blob(['new']))).rejects.toThrow(StorageFull);
    expect(old.did).not.toContain('removed');
    const fresh = failing(0, where);
    await expect(writeWhole(fresh.handle, new Blob(['new']))).rejects.toThrow(/needed/);
    expect(fresh.did).toContain('removed');
  }
});

test('files of one moment fit together or are not written at all', async () => {
  const d = memoryDrawer(5);
  await expect(
    d.writeAll(
      new Map([
        ['a', '123'],
        ['b', '456'],
      ]),
    ),
  ).rejects.toThrow(StorageFull);
  expect(await d.list()).toEqual([]);
});
