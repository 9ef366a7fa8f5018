import { expect, test } from 'vitest';
import { memoryDrawer, StorageFull } from '../../../src/app/engine/drawer';

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
