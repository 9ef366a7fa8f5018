import { expect, test } from 'vitest';
import { ADAPTERS } from '../../../src/adapters/all';
import { resolveConfig } from '../../../src/train/experiment/config';
import { canonical, differences, merge } from '../../../src/train/experiment/merge';
import { ARM_NAMES, arm } from '../../../src/train/experiment/presets';
import { resolveSweep, sweepRuns } from '../../../src/train/experiment/sweep';
import { SWEEPS } from '../../../src/train/experiment/sweepPresets';

test('every arm is an experiment of adapters that exist', () => {
  for (const name of ARM_NAMES) {
    const { adapters } = resolveConfig(arm(name));
    for (const a of adapters) expect([...ADAPTERS.keys()]).toContain(a.name);
  }
  expect(resolveConfig(arm('zero-shot'))).toMatchObject({ adapters: [], trainable: 'none' });
  expect(resolveConfig(arm('medsam')).prompt).toBe('box');
  expect(() => arm('medsa-hypr')).toThrow('did you mean medsa-hyper?');
});

test('a grid: seeds outermost, what does not train once, an own prompt stays', () => {
  const sweep = resolveSweep({ arms: ['zero-shot', 'medsa', 'medsam'], seeds: [1, 2], prompts: ['point-1', 'box'] });
  const runs = sweepRuns(sweep);
  expect(runs.map((r) => r.key)).toEqual([
    'zero-shot-phantoms-point-1-1',
    'zero-shot-phantoms-box-1',
    'medsa-phantoms-point-1-1',
    'medsa-phantoms-box-1',
    'medsam-phantoms-box-1',
    'medsa-phantoms-point-1-2',
    'medsa-phantoms-box-2',
    'medsam-phantoms-box-2',
  ]);
  expect(new Set(runs.map((r) => r.identity)).size).toBe(runs.length);
  expect(runs[3]).toMatchObject({ arm: 'medsa, box', config: { prompt: 'box', seed: 1, name: 'medsa, box' } });
});

test('presets are sweeps; overrides reach every experiment; data may be given whole', () => {
  for (const raw of Object.values(SWEEPS)) expect(sweepRuns(resolveSweep(raw)).length).toBeGreaterThan(15);
  const data = [{ source: 'some/where', split: { by: 'fold', fold: 1 } }];
  const [run] = sweepRuns(resolveSweep({ arms: ['medsa'], data }, ['train.steps=7']));
  expect(run).toMatchObject({
    key: 'medsa-where-point-1-1',
    config: { train: { steps: 7 }, data: { split: { fold: 1 } } },
  });
});

test('what is wrong with a sweep is said with its arm', () => {
  const bad = (raw: Parameters<typeof resolveSweep>[0]) => () => resolveSweep(raw);
  expect(bad({ arms: [] })).toThrow('arms');
  expect(bad({ arms: ['medsaa'] })).toThrow('did you mean medsa?');
  expect(bad({ arms: ['medsa'], seed: [1] })).toThrow('seed: there is no such key; did you mean seeds?');
  expect(bad({ arms: ['medsa'], common: { trian: {} } })).toThrow(
    'arm medsa: trian: there is no such key; did you mean train?',
  );
  expect(bad({ arms: ['medsa', { name: 'medsa', config: { seed: 1, adapters: ['lora'] } }] })).toThrow(
    'two experiments',
  );
});

test('merging, canonical text, differences', () => {
  expect(merge({ a: { b: 1, c: 2 }, d: [1] }, { a: { c: 3 }, d: [2] })).toEqual({ a: { b: 1, c: 3 }, d: [2] });
  expect(canonical({ b: 1, a: [{ d: 1, c: 2 }] })).toBe('{"a":[{"c":2,"d":1}],"b":1}');
  expect(differences({ a: { b: 1 }, c: [1, 2] }, { a: { b: 2 }, c: [1, 3] })).toEqual([
    { path: 'a.b', a: 1, b: 2 },
    { path: 'c.1', a: 2, b: 3 },
  ]);
});
