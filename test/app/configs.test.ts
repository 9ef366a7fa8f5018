import { expect, test } from 'vitest';
import { changedRun, completeRun, parseRun, parseView, trainsVolumes } from '../../src/app/configs';

test('every default is written out, those of the adapter included', () => {
  const run = parseRun();
  expect(run.from).toBeNull();
  expect(run.experiment).toMatchObject({ base: 'sam-nano', prompt: 'point-1', seed: 1, train: { steps: 60 } });
  expect(run.experiment.data.classes).toEqual(['fundus: optic disc', 'fundus: optic cup']);
  expect(run.experiment.adapters).toMatchObject([{ name: 'medsa', ratio: 0.25, act: 'relu', init: 'zero' }]);
  expect(parseRun(JSON.parse(JSON.stringify(run)))).toEqual(run);
  const masks = { masks: 'auto', refine: false, hover: true };
  expect(parseView()).toEqual({
    ...masks,
    opacity: 0.45,
    outline: true,
    truth: false,
    theme: 'system',
    crosshair: true,
  });
});

test.each([
  [{ train: { steps: 0 } }, /train\.steps/],
  [{ train: { lr: -1 } }, /train\.lr/],
  [{ wrong: 1 }, /wrong/],
  [{ adapters: [{ name: 'medsa', ratio: 9 }] }, /ratio/],
  [{ adapters: [{ name: 'medsa', width: 9 }] }, /width/],
  [{ adapters: [{ name: 'medas' }] }, /medas/],
])('%j is refused by name', (experiment, words) => {
  expect(() => parseRun({ experiment })).toThrow(words);
});

test('the view is checked, too', () => {
  expect(() => parseView({ opacity: 2 })).toThrow(/view configuration: opacity/);
});

test('a change leaves the rest as it is; lists are replaced', () => {
  const run = parseRun({ experiment: { train: { lr: 0.01 }, data: { classes: [] } }, from: 'r' });
  const next = parseRun(changedRun(run, { experiment: { train: { steps: 7 }, adapters: ['lora'] } }));
  expect(next).toMatchObject({ from: 'r', experiment: { train: { lr: 0.01, steps: 7 }, data: { classes: [] } } });
  expect(next.experiment.adapters.map((a) => a.name)).toEqual(['lora']);
  expect(changedRun(run, { from: null }).from).toBeNull();
});

test('a run that begins with another one has its adapter', () => {
  const parent = parseRun({ experiment: { adapters: [{ name: 'lora', rank: 2 }], trainable: 'decoder' } });
  const begun = completeRun(parseRun({ from: 'p' }), { base: 'sam-micro', val: ['a'], parent });
  expect(begun.experiment).toMatchObject({
    base: 'sam-micro',
    trainable: 'decoder',
    data: { split: { by: 'list', val: ['a'] } },
  });
  expect(begun.experiment.adapters).toEqual(parent.experiment.adapters);
});

test('slabs where adapters join slices, else images', () => {
  const of = (source: string, ...adapters: string[]) =>
    trainsVolumes(parseRun({ experiment: { data: { source }, adapters } }));
  expect(of('phantom-3d', 'medsa')).toBe(true);
  expect(of('phantoms', 'sdTrans')).toBe(false);
  expect([of('labels', 'medsa'), of('labels', 'sdTrans', 'hypAdpt')]).toEqual([false, true]);
  // A folder says itself what it holds, whatever the adapter.
  const folder = (volumes: boolean, name: string) =>
    trainsVolumes(parseRun({ experiment: { data: { source: 'folder' }, adapters: [name] } }), { volumes });
  expect([folder(true, 'medsa'), folder(true, 'sdTrans'), folder(false, 'sdTrans')]).toEqual([true, true, false]);
});

test('a run of the page holds nothing back, whatever a file of the command line says', () => {
  const config = parseRun({ experiment: { data: { validation: 0.2 }, train: { patience: 3, steps: 7 } } });
  const { data, train } = completeRun(config).experiment;
  expect([data.validation, train.patience, train.steps]).toEqual([0, null, 7]);
});
