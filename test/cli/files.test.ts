import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { diskFolder, hashFile, hashParts, openFile, writeWhole } from '../../src/cli/files';
import { newFolder } from './adaptFixture';

test('a folder on disk lists its files with /, sorted, without hidden folders, and opens them', async () => {
  const path = await newFolder();
  await mkdir(join(path, 'images', 'deep'), { recursive: true });
  await mkdir(join(path, '.git'));
  for (const name of ['images/b.png', 'images/deep/a.png', 'index.json', '.git/x'])
    await writeFile(join(path, name), name);
  const folder = await diskFolder(`${path}/`);
  expect(folder.name).toBe(basename(path));
  expect(await folder.list()).toEqual(['images/b.png', 'images/deep/a.png', 'index.json']);
  expect(await (await folder.open('images/deep/a.png')).text()).toBe('images/deep/a.png');
  await expect(folder.open('images/none.png')).rejects.toThrow('there is no such file');
  await expect(openFile(path)).rejects.toThrow('there is no such file');
});

test('no folder, or a file in its place', async () => {
  const path = await newFolder();
  await writeFile(join(path, 'file'), '');
  await expect(diskFolder(join(path, 'none'))).rejects.toThrow('there is no such folder');
  await expect(diskFolder(join(path, 'file'))).rejects.toThrow('it is a file; give the folder');
});

test('files are replaced as a whole', async () => {
  const path = join(await newFolder(), 'a', 'b.bin');
  await writeWhole(path, 'one');
  await writeWhole(path, new Blob([Uint8Array.of(1, 2)]));
  expect([...(await readFile(path))]).toEqual([1, 2]);
  expect(await readdir(join(path, '..'))).toEqual(['b.bin']);
});

test('hashes: of a file, and of parts that cannot run into each other', async () => {
  const path = join(await newFolder(), 'x');
  await writeFile(path, 'abc');
  expect(await hashFile(path)).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  expect(hashParts(['ab', 'c'])).not.toBe(hashParts(['a', 'bc']));
  expect(hashParts(['a', Uint8Array.of(98)])).toBe(hashParts(['a', 'b']));
});
