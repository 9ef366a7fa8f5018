import { expect, test } from 'vitest';
import { experimentSchema, optionsOf, resolveConfig } from '../../../src/train/experiment/config';
import { TRAIN_DEFAULTS } from '../../../src/train/trainConfig';

test('an empty configuration is complete: every default is written out', () => {
  const c = resolveConfig();
  const { points: _, depth: __, seed: ___, ...train } = TRAIN_DEFAULTS;
  expect(c).toMatchObject({
    base: 'sam-nano',
    prompt: 'point-1',
    seed: 1,
    train,
    data: { source: 'phantoms', seed: 1 },
  });
  expect(Object.keys(c).sort()).toEqual(Object.keys(experimentSchema.entries).sort());
  expect(c.adapters[0]).toMatchObject({ name: 'medsa', pattern: 'image_encoder.blocks.*', ratio: 0.25, act: 'relu' });
  expect(resolveConfig(JSON.parse(JSON.stringify(c)))).toEqual(c);
});

test('adapters: by name, with options, several; options without name and pattern', () => {
  const c = resolveConfig({ adapters: ['medsa', { name: 'medsa', pattern: 'image_encoder.blocks.0', r: 4 }] });
  expect(c.adapters.map((a) => [a.pattern, a.r])).toEqual([
    ['image_encoder.blocks.*', null],
    ['image_encoder.blocks.0', 4],
  ]);
  expect(Object.keys(optionsOf(c.adapters[1]))).not.toContain('pattern');
  expect(resolveConfig({ adapters: [] }).adapters).toEqual([]);
});

test('overrides are read as the schema asks', () => {
  const c = resolveConfig({}, [
    'train.lr=1e-4',
    'train.clip=null',
    'adapters.medsa.r=8',
    'adapters.0.learnScale=true',
    'data.source=some/folder',
    'data.volume.window=[-100,240]',
    'data.classes=disc, cup',
    'trainable=["mask_decoder.**"]',
    'eval.prompt=box',
  ]);
  expect(c.train).toMatchObject({ lr: 1e-4, clip: null });
  expect(c.adapters[0]).toMatchObject({ r: 8, learnScale: true });
  expect(c.data).toMatchObject({ source: 'some/folder', volume: { window: [-100, 240] }, classes: ['disc', 'cup'] });
  expect(c.trainable).toEqual(['mask_decoder.**']);
  expect(c.eval.prompt).toBe('box');
  expect(resolveConfig({}, ['trainable=decoder', 'adapters=medsa']).trainable).toBe('decoder');
});

test('wrong keys and values: path, nearest key, expected, got', () => {
  const fails = (sets: string[], what: string | RegExp) => expect(() => resolveConfig({}, sets)).toThrow(what);
  fails(['train.lrr=1'], '--set train.lrr: there is no such key; did you mean train.lr?');
  fails(['trian.lr=1'], '--set trian: there is no such key; did you mean train?');
  fails(['train.batch=many'], "--set train.batch: expected a whole number of at least 1 and at most 1024, got 'many'");
  fails(['train.batch=0'], 'train.batch: expected a whole number of at least 1 and at most 1024, got 0');
  fails(['train.schedule=cosin'], /train\.schedule: expected one of constant, step, cosine.*got "cosin"/);
  fails(['data.split.by=2'], 'data.split.by: expected one of fraction, fold, list, all, got "2"');
  fails(
    ['adapters.medsa.ratioo=1'],
    '--set adapters.medsa.ratioo: there is no such key; did you mean adapters.medsa.ratio?',
  );
  fails(['adapters.meds.r=1'], '--set adapters.meds: did you mean adapters.medsa? there are medsa');
  fails(['adapters.3.r=1'], '--set adapters.3: there are medsa');
  fails(['adapters=medsaa'], 'did you mean medsa?');
  fails(['lr'], 'expected PATH=VALUE');
  expect(() => resolveConfig({ train: { lr: 'high', batches: 3 } })).toThrow(
    /2 things are wrong:\n {2}train\.lr: expected a number of more than 0 and at most 10, got "high"\n {2}train\.batches: there is no such key; did you mean train\.batch\?/,
  );
  expect(() => resolveConfig({ adapters: [{ name: 'medsa', act: 'tanh' }] })).toThrow(
    'adapters.0.act: expected one of relu, gelu, got "tanh"',
  );
  expect(() => resolveConfig({ adapters: [{ name: 'medsa', rr: 3 }] })).toThrow('adapters.0.rr: there is no such key');
  expect(() => resolveConfig([])).toThrow('expected an object');
});
