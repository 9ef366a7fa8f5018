import { expect, test } from 'vitest';
import { caseCount, dataHash, folderData, phantomData } from '../../src/cli/adaptData';
import { diskFolder } from '../../src/cli/files';
import { writeCases } from './adaptFixture';

test('phantoms: three modalities, four classes; training by seed, validation always the same', () => {
  const [a, b, again] = [phantomData(32, 1), phantomData(32, 2), phantomData(32, 1)];
  expect([caseCount(a.train), caseCount(a.val)]).toEqual([24, 15]);
  const classes = ['fundus: optic disc', 'fundus: optic cup', 'ultrasound: nodule', 'dermoscopy: lesion'];
  expect([...new Set(a.train.map((o) => o.className))]).toEqual(classes);
  expect([...new Set(a.val.map((o) => o.className))]).toEqual(classes);
  expect(again).toEqual(a);
  expect(b.val).toEqual(a.val);
  expect(b.train).not.toEqual(a.train);
  const ids = new Set(a.train.map((o) => o.id));
  expect(a.val.some((o) => ids.has(o.id))).toBe(false);
});

test('the optic disc contains the cup', () => {
  const { val } = phantomData(64, 1);
  const disc = val.find((o) => o.className === 'fundus: optic disc')!;
  const cup = val.find((o) => o.className === 'fundus: optic cup' && o.id === disc.id)!;
  expect(cup.mask.every((v, i) => v <= disc.mask[i])).toBe(true);
});

test('a folder: several label values are several objects; the split is by case and by seed', async () => {
  const folder = await diskFolder(await writeCases(8));
  const choice = { seed: 1, val: 0.25, refuseEmpty: false };
  const told: number[] = [];
  const data = await folderData(folder, 32, choice, (done, total) => told.push(done / total));
  expect([data.train.length, data.val.length]).toEqual([12, 4]);
  expect([caseCount(data.train), caseCount(data.val)]).toEqual([6, 2]);
  expect(told.at(-1)).toBe(1);
  const hash = dataHash(data);
  expect(dataHash(await folderData(folder, 32, choice))).toBe(hash);
  expect(dataHash(await folderData(folder, 32, { ...choice, seed: 2 }))).not.toBe(hash);
});
