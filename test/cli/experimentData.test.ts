import { expect, test } from 'vitest';
import { caseCount, folderData, phantomData } from '../../src/cli/experimentData';
import { diskFolder } from '../../src/cli/files';
import { type DataConfig, resolveConfig } from '../../src/train/experiment/config';
import { writeCases } from './adaptFixture';

/** Data options; `seed` alone is the most frequent change. */
const config = (...sets: string[]): DataConfig =>
  resolveConfig(
    {},
    sets.map((s) => `data.${s}`),
  ).data;

test('phantoms: three modalities, four classes; training by seed, validation always the same', () => {
  const [a, b, again] = [phantomData(config(), 32), phantomData(config('seed=2'), 32), phantomData(config(), 32)];
  expect([caseCount(a.train), caseCount(a.val)]).toEqual([24, 15]);
  const classes = ['fundus: optic disc', 'fundus: optic cup', 'ultrasound: nodule', 'dermoscopy: lesion'];
  expect([...new Set(a.train.map((o) => o.className))]).toEqual(classes);
  expect([...new Set(a.val.map((o) => o.className))]).toEqual(classes);
  expect(again.train).toEqual(a.train);
  expect([again.hash === a.hash, b.hash === a.hash]).toEqual([true, false]);
  expect(b.val).toEqual(a.val);
  expect(b.train).not.toEqual(a.train);
  const ids = new Set(a.train.map((o) => o.id));
  expect(a.val.some((o) => ids.has(o.id))).toBe(false);
});

test('the optic disc contains the cup', () => {
  const { val } = phantomData(config(), 64);
  const disc = val.find((o) => o.className === 'fundus: optic disc')!;
  const cup = val.find((o) => o.className === 'fundus: optic cup' && o.id === disc.id)!;
  expect(cup.mask.every((v, i) => v <= disc.mask[i])).toBe(true);
});

test('a folder: several label values are several objects; the split is by case and by seed', async () => {
  const folder = await diskFolder(await writeCases(8));
  const told: number[] = [];
  const data = await folderData(folder, 32, config(), (done, total) => told.push(done / total));
  expect([data.train.length, data.val.length]).toEqual([12, 4]);
  expect([caseCount(data.train), caseCount(data.val)]).toEqual([6, 2]);
  expect(told.at(-1)).toBe(1);
  expect((await folderData(folder, 32, config())).hash).toBe(data.hash);
  expect((await folderData(folder, 32, config('seed=2'))).hash).not.toBe(data.hash);
});

test('folds, lists, caps and classes', async () => {
  const folder = await diskFolder(await writeCases(6));
  const ids = (objects: readonly { id: string }[]) => [...new Set(objects.map((o) => o.id))];
  const folds = await Promise.all(
    [0, 1, 2].map((k) => folderData(folder, 32, config('split.by=fold', 'split.folds=3', `split.fold=${k}`))),
  );
  expect(folds.flatMap((f) => ids(f.val)).sort()).toEqual([0, 1, 2, 3, 4, 5].map((k) => `case${k}`));
  const list = await folderData(folder, 32, config('split.by=list', 'split.val=case1,case4', 'maxTrain=2'));
  expect([ids(list.val), ids(list.train).length]).toEqual([['case1', 'case4'], 2]);
  const one = await folderData(folder, 32, config('classes=label 2'));
  expect([...new Set(one.train.map((o) => o.className))]).toEqual(['label 2']);
  await expect(folderData(folder, 32, config('classes=label 3'))).rejects.toThrow(/no object .* or other classes/);
  await expect(folderData(folder, 32, config('split.by=list', 'split.val=case'))).rejects.toThrow("no case 'case'");
});

test('a cap takes phantoms of every modality alike', () => {
  const { train, val } = phantomData(config('maxTrain=3', 'maxVal=6'), 32);
  expect([caseCount(train), caseCount(val)]).toEqual([3, 6]);
  expect(new Set(train.map((o) => o.className.split(':')[0])).size).toBe(3);
  expect(() => phantomData(config('classes=liver'), 32)).toThrow('no object is called liver; there are fundus');
});
