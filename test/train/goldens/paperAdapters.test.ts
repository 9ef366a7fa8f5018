// What the weights of a case hold is attached where they hold it: a model with adapters is described by its parameters
// alone, and a plain model must come out with the same ones.
import { expect, test } from 'vitest';
import { type Adapter, attach } from '../../../src/adapters/adapter';
import { hypAdpt } from '../../../src/adapters/hypAdpt';
import { medsa } from '../../../src/adapters/medsa';
import { samConfig } from '../../../src/models/sam/config';
import { buildSam, type Sam } from '../../../src/models/sam/sam';
import { makeParams } from '../../../src/nn/params';
import type { Config, GoldenCase } from '../../../src/train/goldens/goldenCase';
import { attachPaperAdapters, hypOptions } from '../../../src/train/goldens/paperAdapters';

const tiny = () => buildSam({ params: makeParams() }, samConfig('tiny'));
const shapes = (sam: Sam) => new Map(sam.params.all().map((p) => [p.name, p.shape]));
const layer = (i: number) => `mask_decoder.transformer.layers.${i}`;

function caseOf(sam: Sam, adapters: Config, fileName = (name: string) => name): GoldenCase {
  const read = async () => new Uint8Array();
  const entries = [...shapes(sam)].map(([n, shape]) => [fileName(n), { dtype: 'F32', shape, read }] as const);
  const weights = { meta: {}, entries: new Map(entries) };
  return { info: { adapters }, inputs: new Map(), expected: new Map(), weights } as unknown as GoldenCase;
}

test.each<[string, Config, readonly (readonly [Adapter, string])[]]>([
  [
    'everywhere',
    {},
    [
      [medsa({ r: 3 }), 'image_encoder.blocks.*'],
      [hypAdpt({ r: 5, lp: 7 }), `${layer(0)}`],
      [hypAdpt(), layer(1)],
    ],
  ],
  [
    'one block each, other widths and depths',
    {},
    [
      [medsa({ mlp: false }), 'image_encoder.blocks.1'],
      [hypAdpt({ r: 2, rHyp: 6, lp: 3, k: 4 }), layer(1)],
    ],
  ],
  [
    'single adapters',
    {},
    [
      [hypAdpt({ hyp: false, image: false, r: 7 }), layer(0)],
      [hypAdpt({ mlp: false, arm: 'concat' }), layer(1)],
    ],
  ],
  [
    'an arm that is stated',
    { decoder: { arm: 'hyper_token', act: 'gelu' } },
    [[hypAdpt({ arm: 'hyper-token', lp: 9 }), layer(0)]],
  ],
])('%s', (_, options, attachments) => {
  const sam = tiny();
  for (const [adapter, pattern] of attachments) attach(sam, adapter, pattern);
  const plain = tiny();
  attachPaperAdapters(caseOf(sam, options), plain);
  expect(shapes(plain)).toEqual(shapes(sam));
});

test('a learnt s has the name that the file gives it', () => {
  const sam = tiny();
  attach(sam, medsa({ learnScale: true }));
  attach(sam, hypAdpt({ learnScale: true }), layer(0));
  const inFile = (name: string) => name.replace('MLP_Adapter.s', 'scale');
  const plain = tiny();
  const fileName = attachPaperAdapters(caseOf(sam, {}, inFile), plain);
  expect(shapes(plain)).toEqual(shapes(sam));
  for (const name of shapes(plain).keys()) expect(fileName(name)).toBe(inFile(name));
});

test('the arm follows from the weights, or from what the case says', () => {
  const held = (...names: string[]) => new Map(names.map((n) => [`${n}.weight`, [6, 4]]));
  expect(hypOptions({}, held('prompt', 'fuse'), '')).toEqual({ arm: 'concat' });
  expect(hypOptions({}, held('prompt'), '')).toEqual({ arm: 'add' });
  expect(hypOptions({}, held(), '')).toEqual({ arm: 'none' });
  expect(hypOptions({}, held('reduce', 'gen.0', 'gen.1', 'gen.2'), '')).toEqual({ arm: 'hyper', lp: 6, k: 3 });
  expect(() => hypOptions({ arm: 'hipper' }, held(), '')).toThrow(/the arm 'hipper' is not known; there are none, add/);
});
