import { expect, test } from 'vitest';
import { claimArms } from '../../../src/cli/claim/claimArms';
import { type ClaimPlan, claimCommon, claimRuns } from '../../../src/cli/claim/claimRuns';
import { claimSets } from '../../../src/cli/claim/claimSets';
import { resolveConfig } from '../../../src/train/experiment/config';

const plan = (changes: Partial<ClaimPlan> = {}): ClaimPlan => ({
  sets: claimSets(['dermoscopy', 'volumes-hippocampus-mri']),
  arms: claimArms(),
  prompts: ['point-1', 'box-0.5'],
  seeds: [1, 2],
  root: () => 'data',
  ...{ base: 'sam-nano', side: 128, folds: 1, patients: new Map(), transfer: false, common: claimCommon(40) },
  ...changes,
});

const keys = (changes: Partial<ClaimPlan> = {}) => claimRuns(plan(changes)).map((r) => r.key);

test('a small table comes first: main arms, first seed and prompt, set by set; then ablations, seeds, prompts', () => {
  const all = keys();
  const main = claimArms(['main']).length;
  expect(all.slice(0, 2 * main).every((k) => k.endsWith('-point-1-1') && !/none|add|concat|slices/.test(k))).toBe(true);
  expect(all.slice(2 * main, 2 * main + 4)).toEqual([
    'med-sa-none-dermoscopy-point-1-1',
    'med-sa-add-dermoscopy-point-1-1',
    'med-sa-concat-dermoscopy-point-1-1',
    'med-sa-slices-volumes-hippocampus-mri-point-1-1',
  ]);
  const firstOf = (text: string) => all.findIndex((k) => k.includes(text));
  expect(firstOf('point-1-2')).toBeLessThan(firstOf('box-0.5'));
  expect(new Set(all).size).toBe(all.length);
});

test('what does not train is run with the first seed alone; transfer trains with the first prompt alone', () => {
  expect(keys().filter((k) => k.startsWith('zero-shot-dermoscopy'))).toEqual([
    'zero-shot-dermoscopy-point-1-1',
    'zero-shot-dermoscopy-box-0.5-1',
  ]);
  const runs = claimRuns(plan({ transfer: true }));
  expect(runs.filter((r) => r.prompt === 'box-0.5').every((r) => r.of.name === 'zero-shot')).toBe(true);
  const lora = runs.find((r) => r.key === 'lora-dermoscopy-point-1-2')!;
  expect(lora.also).toEqual(['box-0.5']);
  // A trained model is the same whatever it is measured with afterwards.
  expect(lora.identity).toBe(claimRuns(plan()).find((r) => r.key === lora.key)!.identity);
});

test('a set that is measured once has the first prompt alone, with transfer or without', () => {
  const once = ['volumes-hippocampus-mri'];
  const volumes = (transfer: boolean) =>
    claimRuns(plan({ once, transfer })).filter((r) => r.set.volumes || r.of.name === 'lora');
  for (const runs of [volumes(false), volumes(true)]) {
    const prompts = (set: string) =>
      new Set(runs.filter((r) => r.set.name === set).flatMap((r) => [r.prompt, ...r.also]));
    expect(prompts(once[0])).toEqual(new Set(['point-1']));
    expect(prompts('dermoscopy')).toEqual(new Set(['point-1', 'box-0.5']));
  }
});

test('every arm has the same budget; each set its own data; folds are runs of their own', () => {
  const runs = claimRuns(plan());
  for (const set of plan().sets) {
    const own = runs.filter((r) => r.set === set).map((r) => `${r.config.train.steps} ${r.config.train.batch}`);
    expect([...new Set(own)]).toEqual([set.volumes ? '40 2' : '40 8']);
  }
  expect(new Set(runs.map((r) => JSON.stringify(r.config.data.split))).size).toBe(1);
  const med = (set: string) => runs.find((r) => r.of.name === 'med-sa' && r.set.name === set)!.config;
  expect(med('dermoscopy').adapters.map((a) => a.name)).toContain('hypAdpt');
  expect(med('volumes-hippocampus-mri').adapters.map((a) => a.name)).toContain('sdTrans');
  const folds = claimRuns(plan({ folds: 3, arms: claimArms(['lora']), seeds: [1], prompts: ['point-1'] }));
  expect(folds.map((r) => r.config.data.split.fold)).toEqual([0, 1, 2, 0, 1, 2]);
  expect(folds[1].key).toBe('lora-dermoscopy-point-1-1-fold2of3');
});

test('a set of few patients has as many folds as patients', () => {
  const runs = claimRuns(
    plan({
      folds: 5,
      patients: new Map([['mri-brain-tumour-2d', 3]]),
      sets: claimSets(['mri-brain-tumour-2d']),
      arms: claimArms(['lora']),
      seeds: [1],
      prompts: ['box'],
    }),
  );
  expect(runs.map((r) => r.config.data.split)).toMatchObject([0, 1, 2].map((fold) => ({ by: 'fold', folds: 3, fold })));
});

test('two volumes leave none to choose the best step by', () => {
  const sets = claimSets(['dermoscopy', 'volumes-brain-tumour-mri']);
  const arms = claimArms(['full']);
  const runs = claimRuns(
    plan({ common: claimCommon(40, 'small-set'), arms, sets, patients: new Map([['volumes-brain-tumour-mri', 2]]) }),
  );
  const [images, volumes] = sets.map((set) => runs.find((r) => r.set === set)!.config);
  expect([images.data.validation, images.train.patience]).toEqual([0.2, 4]);
  expect([volumes.data.validation, volumes.train.patience]).toEqual([0, null]);
  // What a set says of training does not displace the arm's rate.
  expect(volumes.train.lr).toBe(resolveConfig(arms[0].volumes!).train.lr);
});

test('where the data lie is no part of what a run is', () => {
  const at = (root: string) => claimRuns(plan({ root: () => root })).map((r) => r.identity);
  expect(at('a')).toEqual(at('b'));
});
