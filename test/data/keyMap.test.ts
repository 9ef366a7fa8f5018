import { expect, test } from 'vitest';
import { openCheckpoint } from '../../src/data/checkpoint';
import { formatReport, matchKeys, tensorSource, unwrapKeys } from '../../src/data/keyMap';
import { openSafetensors, writeSafetensors } from '../../src/data/safetensors';
import { needShared, readShared } from '../harness/shared';
import { dict, fileOf, floats, int, orderedDict, str, tensor, torchZip } from './torchBytes';

const safe = (names: Record<string, number[]>) =>
  openSafetensors(
    writeSafetensors(
      Object.entries(names).map(([name, shape]) => ({
        name,
        dtype: 'U8',
        shape,
        data: new Uint8Array(shape.reduce((n, s) => n * s, 1)),
      })),
    ),
  );
const wanted = new Map([
  ['neck.0.weight', [2]],
  ['neck.1.bias', [3]],
]);
const w = tensor({ count: 3 }, [2], [1]);
const b = tensor({ count: 3 }, [3], [1]);
const state = (prefix = '') => [str(`${prefix}neck.0.weight`), w, str(`${prefix}neck.1.bias`), b];
const torch = (value: number[]) => openCheckpoint(fileOf(torchZip(value, { 0: floats(1, 2, 3) })));
const moments = dict(str('state'), dict(int(0), dict(str('exp_avg'), b)));

test.each([
  ['bare', orderedDict(...state()), ''],
  ['bare with module.', orderedDict(...state('module.')), 'module.'],
  ['model', dict(str('model'), orderedDict(...state())), 'model.'],
  [
    'state_dict beside an optimiser and a model name',
    dict(
      str('epoch'),
      int(4),
      str('model'),
      str('sam'),
      str('state_dict'),
      orderedDict(...state()),
      str('optimizer'),
      moments,
    ),
    'state_dict.',
  ],
  ['state_dict and module.', dict(str('state_dict'), orderedDict(...state('module.'))), 'state_dict.module.'],
  ['compiled', dict(str('model'), orderedDict(...state('_orig_mod.'))), 'model._orig_mod.'],
])('unwraps: %s', async (_what, value, wrapper) => {
  const file = await torch(value);
  const report = matchKeys(wanted, file);
  expect(report).toMatchObject({
    placed: ['neck.0.weight', 'neck.1.bias'],
    missing: [],
    unexpected: [],
    misshaped: [],
    wrapper,
  });
  const alone = unwrapKeys(file);
  expect(alone.wrapper).toBe(wrapper);
  expect([...alone.entries.keys()]).toEqual([...wanted.keys()]);
});

test('a model that is itself called "model" keeps its name', async () => {
  const file = await torch(orderedDict(...state('model.')));
  expect(unwrapKeys(file).wrapper).toBe('');
  const own = new Map([...wanted].map(([name, shape]) => [`model.${name}`, shape]));
  expect(matchKeys(own, file).wrapper).toBe('');
  expect(matchKeys(wanted, file).wrapper).toBe('model.');
});

test('the training checkpoint of the goldens unwraps to all its weights', async (context) => {
  await needShared(context, 'goldens');
  const get = async (path: string) => openCheckpoint(new Blob([await readShared('goldens', path)]), path);
  const weights = await get('medsa-checkpoint/weights.safetensors');
  const shapes = new Map([...weights.entries].map(([name, e]) => [name, e.shape]));
  const report = matchKeys(shapes, await get('medsa-checkpoint/best_dice_checkpoint.pth'));
  expect(report.placed).toHaveLength(172);
  expect(report.wrapper).toBe('state_dict.');
});

test('strict: every kind is counted, with near names and a remedy', async () => {
  const file = await safe({ 'neck.0.weight': [2, 1], 'neck.1.bia': [3], other: [1] });
  expect(() => matchKeys(wanted, file, { name: 'x.safetensors' })).toThrow(
    /^x\.safetensors does not fit the model\n0 placed\n1 missing: neck\.1\.bias \(near: neck\.1\.bia\)\n2 unexpected: neck\.1\.bia, other\n1 of another shape: neck\.0\.weight expected \[2\], found \[2,1\]\n/,
  );
  const report = matchKeys(wanted, file, { strict: false });
  expect(report).toMatchObject({ placed: [], missing: ['neck.1.bias'], unexpected: ['neck.1.bia', 'other'] });
  expect(report.misshaped).toEqual([{ name: 'neck.0.weight', expected: [2], found: [2, 1] }]);
});

test.each([
  ['another model', { foo: [1] }, /No name fits: is it a checkpoint of another model\? It holds foo\./],
  ['another size', { 'neck.0.weight': [4], 'neck.1.bias': [3] }, /Choose the model configuration \(size/],
  ['a part', { 'neck.1.bias': [3] }, /load with strict: false/],
])('the remedy for %s', async (_what, names, words) => {
  const file = await safe(names as Record<string, number[]>);
  expect(() => matchKeys(wanted, file)).toThrow(words);
});

test('renames and ignored names', async () => {
  const file = await safe({ 'neck.zero.weight': [2], 'neck.one.bias': [3], 'neck.one.count': [1] });
  const rename = [
    ['.zero.', '.0.'],
    [/\.one\./, '.1.'],
  ] as const;
  expect(matchKeys(wanted, file, { rename, ignore: [/count$/] }).placed).toEqual(['neck.0.weight', 'neck.1.bias']);
  expect(() => matchKeys(wanted, file, { rename })).toThrow(/1 unexpected: neck\.1\.count/);
  expect(() => matchKeys(wanted, file, { rename: [[/neck\..*$/, 'same']] })).toThrow(
    /two tensors of the checkpoint become "same"/,
  );
});

test('long reports are cut, with the number left out', () => {
  const many = Array.from({ length: 20 }, (_, i) => `name${i}`);
  const text = formatReport({ placed: [], missing: many, unexpected: [], misshaped: [], wrapper: 'model.' });
  expect(text).toContain('0 placed, under "model"\n20 missing: name0, ');
  expect(text).toContain('… (12 more)');
});

test('as a source of parameters: f32, by wanted name', async () => {
  const { entries } = matchKeys(wanted, await torch(dict(str('model'), orderedDict(...state()))));
  const source = tensorSource(entries);
  expect(source.names()).toEqual(['neck.0.weight', 'neck.1.bias']);
  expect(source.shape('neck.1.bias')).toEqual([3]);
  expect(source.has('x')).toBe(false);
  expect(await source.read('neck.0.weight')).toEqual(Float32Array.of(1, 2));
  expect(() => source.shape('x')).toThrow(/no tensor "x"/);
});

test('a published adapter of another project opens, and is listed as what cannot be placed', async (context) => {
  await needShared(context, 'data');
  const name = 'checkpoints/sam-lora-rank4.safetensors';
  const file = await openCheckpoint(new Blob([await readShared('data', name)]), name);
  const report = matchKeys(wanted, file, { strict: false });
  expect(report.placed).toEqual([]);
  expect(report.missing).toEqual([...wanted.keys()]);
  expect(report.unexpected).toHaveLength(file.entries.size);
  expect(report.unexpected).toContain('w_a_000');
  expect(() => matchKeys(wanted, file)).toThrow(/No name fits/);
});
