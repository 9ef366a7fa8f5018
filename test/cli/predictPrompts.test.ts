import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readPrompts } from '../../src/cli/predictPrompts';
import { newFolder } from './adaptFixture';

test('flags: clicks with and without labels, a box; nothing said is nothing', async () => {
  expect((await readPrompts({}))('a.png')).toBe(null);
  const [object] = (await readPrompts({ point: ['3,4', '5,6,0'], box: '1,2,9,8' }))('a.png')!;
  expect(object).toMatchObject({
    points: [
      [3, 4],
      [5, 6],
    ],
    labels: [1, 0],
    box: [1, 2, 9, 8],
  });
  const [voxel] = (await readPrompts({ point: ['3,4,5,1'] }))('a.nii')!;
  expect(voxel).toMatchObject({ points: [[3, 4, 5]], labels: [1], box: null });
});

test('a file: by name, by the name without its folders, or for all', async () => {
  const path = join(await newFolder(), 'p.json');
  const json = { 'a.png': [{ points: [[1, 2]] }], '*': [{ name: 'all', box: [0, 0, 5, 5] }] };
  await writeFile(path, JSON.stringify(json));
  const prompts = await readPrompts({ prompts: path });
  expect(prompts('images/a.png')).toEqual([{ name: 'object 1', points: [[1, 2]], labels: [1], box: null }]);
  expect(prompts('b.png')?.[0].name).toBe('all');
});

test('what makes no sense is refused in words', async () => {
  await expect(readPrompts({ point: ['3'] })).rejects.toThrow('--point 3: expected x,y');
  await expect(readPrompts({ point: ['3,a'] })).rejects.toThrow('expected numbers');
  await expect(readPrompts({ point: ['3,4,7'] })).rejects.toThrow('labels 7; expected 1');
  await expect(readPrompts({ box: '1,2,3' })).rejects.toThrow('a box of 3 numbers');
  await expect(readPrompts({ prompts: 'no.json', point: ['1,2'] })).rejects.toThrow('give a file, or');
  const path = join(await newFolder(), 'p.json');
  const fails = async (json: unknown, what: string) => {
    await writeFile(path, JSON.stringify(json));
    await expect(readPrompts({ prompts: path })).rejects.toThrow(what);
  };
  await fails({ a: [{ pionts: [] }] }, 'pionts');
  await fails({ a: [{ points: [[1, 2]], labels: [1, 0] }] }, '1 points with 2 labels');
  await fails({ a: [{}] }, 'neither points nor a box');
  await fails([1], 'expected {"FILE"');
});
