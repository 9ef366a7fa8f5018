import { expect, test } from 'vitest';
import { memoryDrawer, StorageFull } from '../../../src/app/engine/drawer';
import { spareDrawer } from '../../../src/app/engine/spareDrawer';

const text = async (blob: Promise<Blob | null>) => (await blob)?.text();

test('what does not fit is in memory as a whole, the disk keeps the old, and goes there when there is room', async () => {
  const disk = memoryDrawer(20);
  const d = spareDrawer(disk).drawer('run');
  await d.writeAll(
    new Map([
      ['a', '1111'],
      ['b', '2222'],
    ]),
  );
  const next = new Map([
    ['a', '3333333333'],
    ['b', '4444444444'],
  ]);
  await expect(d.writeAll(next)).rejects.toThrow(StorageFull);
  expect([await text(d.read('a')), await text(d.read('b'))]).toEqual(['3333333333', '4444444444']);
  expect([await text(disk.read('run/a')), await text(disk.read('run/b'))]).toEqual(['1111', '2222']);
  expect(await d.list()).toEqual(['a', 'b']);
  expect([d.spared(), await d.settle()]).toEqual([true, false]);
  // A file that fits takes the place of the one in memory.
  await d.write('a', '5');
  expect(await text(d.read('a'))).toBe('5');
  expect([await d.settle(), d.spared()]).toEqual([true, false]);
  expect(await text(disk.read('run/b'))).toBe('4444444444');
});

test('a run that never fitted is listed and removed like others', async () => {
  const d = spareDrawer(memoryDrawer(3));
  await expect(d.drawer('run').write('a/b', '1234')).rejects.toThrow(/needed/);
  expect([await d.drawers(), await d.list(), await d.drawer('run').list()]).toEqual([['run'], ['run/a/b'], ['a/b']]);
  await d.remove('run');
  expect([await d.drawers(), d.spared()]).toEqual([[], false]);
});

test('other failures are not hidden', async () => {
  const broken = { ...memoryDrawer(), writeAll: () => Promise.reject(new Error('no such disk')) };
  const d = spareDrawer(broken);
  await expect(d.write('a', '1')).rejects.toThrow('no such disk');
  expect(d.spared()).toBe(false);
});
