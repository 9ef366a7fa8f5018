import { expect, test } from 'vitest';
import { diskFolder } from '../../../src/cli/files';
import type { ExperimentData } from '../../../src/data/experiment/experimentData';
import { folderData, phantomData } from '../../../src/data/experiment/imageData';
import type { Evaluated } from '../../../src/train/evaluator';
import { type DataConfig, resolveConfig } from '../../../src/train/experiment/config';
import { maskScore } from '../../../src/train/metrics/overlap';
import type { TrainItem } from '../../../src/train/trainItem';
import { pictures, writeCase, writeCases } from '../../cli/adaptFixture';

/** Data options. */
const config = (...sets: string[]): DataConfig =>
  resolveConfig(
    {},
    sets.map((s) => `data.${s}`),
  ).data;
const ids = (names: readonly string[]) => [...new Set(names.map((n) => n.split(': ')[0]))];
const classes = (names: readonly string[]) => [...new Set(names.map((n) => n.slice(n.indexOf(': ') + 2)))];
const items = (data: ExperimentData) => {
  const set = data.evaluation('point-1');
  return Array.from({ length: set.count }, (_, i) => set.shown(i).item);
};

test('phantoms: three modalities, four classes; training by seed, validation always the same', async () => {
  const [a, b, again] = await Promise.all([config(), config('seed=2'), config()].map((c) => phantomData(c, 32)));
  expect([ids(a.train).length, ids(a.val).length]).toEqual([24, 15]);
  const all = ['fundus: optic disc', 'fundus: optic cup', 'ultrasound: nodule', 'dermoscopy: lesion'];
  expect([classes(a.train), classes(a.val)]).toEqual([all, all]);
  const plan = { seed: 1, batch: 4, prompt: 'point-1' };
  expect([again.hash === a.hash, b.hash === a.hash]).toEqual([true, false]);
  expect(again.batch(plan, 3)).toEqual(a.batch(plan, 3));
  expect(items(b)).toEqual(items(a));
  expect(b.train).not.toEqual(a.train);
  expect(a.val.some((o) => a.train.includes(o))).toBe(false);
});

test('the optic disc contains the cup', async () => {
  const all = items(await phantomData(config(), 64));
  const disc = all.find((o) => o.className === 'fundus: optic disc')!;
  const cup = all.find((o) => o.className === 'fundus: optic cup' && o.id === disc.id)!;
  expect(cup.mask.every((v, i) => v <= disc.mask[i])).toBe(true);
});

test('a folder: several label values are several objects; the split is by case and by seed', async () => {
  const folder = await diskFolder(await writeCases(8));
  const told: number[] = [];
  const data = await folderData(folder, 32, config(), (done, total) => told.push(done / total));
  expect([data.train.length, data.val.length]).toEqual([12, 4]);
  expect([ids(data.train).length, ids(data.val).length]).toEqual([6, 2]);
  expect(data.counts).toBe('12 objects of 6 images to train, 4 objects of 2 images to validate');
  expect(told.at(-1)).toBe(1);
  expect((await folderData(folder, 32, config())).hash).toBe(data.hash);
  expect((await folderData(folder, 32, config('seed=2'))).hash).not.toBe(data.hash);
});

test('folds, lists, caps and classes', async () => {
  const folder = await diskFolder(await writeCases(6));
  const folds = await Promise.all(
    [0, 1, 2].map((k) => folderData(folder, 32, config('split.by=fold', 'split.folds=3', `split.fold=${k}`))),
  );
  expect(folds.flatMap((f) => ids(f.val)).sort()).toEqual([0, 1, 2, 3, 4, 5].map((k) => `case${k}`));
  const list = await folderData(folder, 32, config('split.by=list', 'split.val=case1,case4', 'maxTrain=2'));
  expect([ids(list.val), ids(list.train).length]).toEqual([['case1', 'case4'], 2]);
  const one = await folderData(folder, 32, config('classes=label 2'));
  expect(classes(one.train)).toEqual(['label 2']);
  await expect(folderData(folder, 32, config('classes=label 3'))).rejects.toThrow(/no object .* or other classes/);
  await expect(folderData(folder, 32, config('split.by=list', 'split.val=case'))).rejects.toThrow("no case 'case'");
});

test('instances: each part of a class is an object, and belongs to its image', async () => {
  const path = await writeCases(4);
  for (let k = 0; k < 4; k++) {
    const { image, mask } = pictures(k);
    await writeCase(path, `case${k}`, { image, mask: mask.map((v) => (v ? 1 : 0)) });
  }
  const folder = await diskFolder(path);
  const [together, apart] = [
    await folderData(folder, 32, config()),
    await folderData(folder, 32, config('instances=true')),
  ];
  expect([together.train.length, apart.train.length]).toEqual([3, 6]);
  expect(apart.counts).toMatch(/^6 objects of 3 images to train/);
  const [first, second] = items(apart);
  expect([first.id, second.id].map((id) => id.replace(/^case\d/, ''))).toEqual(['#1', '#2']);
  expect(first.mask.some((v, p) => v && second.mask[p])).toBe(false);
  expect(first.image).toBe(second.image);
  expect(apart.patients.get(first.id)).toBe(apart.patients.get(second.id));
});

test('a cap takes phantoms of every modality alike', async () => {
  const { train, val } = await phantomData(config('maxTrain=3', 'maxVal=6'), 32);
  expect([ids(train).length, ids(val).length]).toEqual([3, 6]);
  expect(new Set(classes(train).map((c) => c.split(':')[0])).size).toBe(3);
  await expect(phantomData(config('classes=liver'), 32)).rejects.toThrow('no object is called liver; there are fundus');
});

test('a source names kinds and how hard they are', async () => {
  const source = 'phantoms:dermoscopy+ultrasound?level=0.9';
  const data = await phantomData(config(`source=${source}`), 32);
  expect([data.name, classes(data.train)]).toEqual([source, ['dermoscopy: lesion', 'ultrasound: nodule']]);
  const usual = await phantomData(config('source=phantoms:dermoscopy+ultrasound'), 32);
  expect([usual.train, usual.hash === data.hash]).toEqual([data.train, false]);
  await expect(phantomData(config('source=phantoms:dermoscopy', 'classes=fundus: optic cup'), 32)).rejects.toThrow(
    'no object is called fundus: optic cup; there are dermoscopy: lesion',
  );
});

test('surface distances leave the padding out', async () => {
  // 48 × 40 pixels become 32 × 27 in the frame; the diagonal is that of pixel centres
  const set = (await folderData(await diskFolder(await writeCases(4)), 32, config())).evaluation('point-1');
  const { item } = set.shown(0);
  expect(set.surfaces(0, item.mask, 1)).toMatchObject({ hd95: 0, nsd: 1 });
  expect(set.surfaces(0, new Uint8Array(32 * 32), 1)).toMatchObject({
    hd95: expect.closeTo(Math.hypot(31, 26), 10),
    nsd: 0,
  });
});

test('an evaluation keeps masks and the score of the released code, which cuts logits', async () => {
  const set = (await phantomData(config('maxVal=3'), 32)).evaluation('center');
  const answer = (item: TrainItem, logit: number): Evaluated => ({
    ...maskScore(item.mask, item.mask),
    ...{ id: item.id, className: item.className, mask: item.mask, score: 1 },
    logits: Float32Array.from(item.mask, (v) => (v ? logit : -1)),
  });
  const told: number[] = [];
  const measured = async (logit: number) =>
    set.evaluate(
      async (rows) => rows.map((r) => answer(r, logit)),
      3,
      (done) => told.push(done),
    );
  const [sure] = await measured(2);
  expect(sure.release).toEqual({ iou: expect.closeTo(1, 9), dice: expect.closeTo(1, 9) });
  expect(sure).not.toHaveProperty('logits');
  expect(told.at(-1)).toBe(set.count);
  // Logits of 0.4 are above two of the five thresholds.
  expect((await measured(0.4))[0].release?.iou).toBeCloseTo(2 / 5, 5);
});

test('phantoms can be had without end: a number of them takes of every modality alike', async () => {
  const usual = await phantomData(config(), 32);
  const more = await phantomData(config('maxTrain=27'), 32);
  const of = (names: readonly string[]) => new Set(names.map((n) => n.split(':')[0])).size;
  expect([of(usual.train), of(more.train)]).toEqual([24, 27]);
  expect(more.val).toEqual(usual.val);
  expect(usual.train.every((n) => more.train.includes(n))).toBe(true);
});
