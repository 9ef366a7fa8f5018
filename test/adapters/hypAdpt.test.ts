import { expect, test } from 'vitest';
import { attach } from '../../src/adapters/adapter';
import { hypAdpt } from '../../src/adapters/hypAdpt';
import { medsa } from '../../src/adapters/medsa';
import { type SamName, samConfig } from '../../src/models/sam/config';
import { buildSam } from '../../src/models/sam/sam';
import { PROMPT, provide } from '../../src/nn/context';
import { makeParams } from '../../src/nn/params';
import { input } from '../../src/tensor/tensor';

const build = (name: SamName) => buildSam({ params: makeParams() }, samConfig(name));
const own = (sam: ReturnType<typeof build>, block: number) => {
  const host = `mask_decoder.transformer.layers.${block}.`;
  return Object.fromEntries(
    sam.params
      .all()
      .flatMap((p) =>
        p.adapter === 'hypAdpt' && p.name.startsWith(host) ? [[p.name.slice(host.length), p.shape]] : [],
      ),
  );
};

test('names and shapes: three adapters in every two-way block, attached there by default', () => {
  const sam = build('tiny');
  const done = attach(sam, hypAdpt({ lp: 6 }));
  expect(done.wrapped).toHaveLength(2 * 3);
  expect(own(sam, 1)).toEqual({
    'HyP_Adapter.D_fc1.weight': [4, 16],
    'HyP_Adapter.D_fc1.bias': [4],
    'HyP_Adapter.reduce.weight': [6, 16],
    'HyP_Adapter.reduce.bias': [6],
    'HyP_Adapter.gen.0.weight': [16, 6],
    'HyP_Adapter.gen.0.bias': [16],
    'HyP_Adapter.gen.1.weight': [16, 6],
    'HyP_Adapter.gen.1.bias': [16],
    'HyP_Adapter.norm.0.weight': [4],
    'HyP_Adapter.norm.0.bias': [4],
    'HyP_Adapter.norm.1.weight': [4],
    'HyP_Adapter.norm.1.bias': [4],
    'HyP_Adapter.D_fc2.weight': [16, 4],
    'HyP_Adapter.D_fc2.bias': [16],
    'MLP_Adapter.D_fc1.weight': [4, 16],
    'MLP_Adapter.D_fc1.bias': [4],
    'MLP_Adapter.D_fc2.weight': [16, 4],
    'MLP_Adapter.D_fc2.bias': [16],
    'Image_Adapter.D_fc1.weight': [4, 16],
    'Image_Adapter.D_fc1.bias': [4],
    'Image_Adapter.D_fc2.weight': [16, 4],
    'Image_Adapter.D_fc2.bias': [16],
  });
  expect(own(sam, 0)).toEqual(own(sam, 1));
});

test('generated layers start near the identity; their biases do not decay', async () => {
  const sam = build('tiny');
  attach(sam, hypAdpt());
  const gen = 'mask_decoder.transformer.layers.0.HyP_Adapter.gen.0';
  expect([...(await sam.params.values(`${gen}.bias`))]).toEqual([1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]);
  const weight = await sam.params.values(`${gen}.weight`);
  const std = Math.sqrt(weight.reduce((s, v) => s + v * v, 0) / weight.length);
  expect(std).toBeGreaterThan(0.018);
  expect(std).toBeLessThan(0.022);
  expect(sam.params.get(`${gen}.bias`).decay).toBe(false);
});

test.each([
  ['none', []],
  ['add', ['prompt']],
  ['concat', ['fuse', 'prompt']],
] as const)('the arm %s has no generators', (arm, linear) => {
  const sam = build('tiny');
  attach(sam, hypAdpt({ arm, mlp: false, image: false, learnScale: true }));
  const layers = new Set(Object.keys(own(sam, 0)).map((n) => n.split('.').slice(1, -1).join('.')));
  expect([...layers].sort()).toEqual(['D_fc1', 'D_fc2', ...linear].sort());
});

test('the paper’s settings: encoder r = C/16 and the decoder’s three', () => {
  // Blocks × 2 adapters × (two weights C·C/16, biases C/16 and C), plus the decoder's.
  const trained = { vit_b: 3_085_952, vit_l: 7_640_576, vit_h: 14_491_136 };
  const percent = { vit_b: 3.29, vit_l: 2.45, vit_h: 2.26 };
  for (const name of ['vit_b', 'vit_l', 'vit_h'] as const) {
    const sam = build(name);
    attach(sam, medsa({ ratio: 1 / 16 }));
    const encoder = sam.params.counts().trained;
    attach(sam, hypAdpt());
    const counts = sam.params.counts();
    expect(counts.trained - encoder).toBe(1_296_896);
    expect([name, counts.trained]).toEqual([name, trained[name]]);
    expect(counts.percent).toBeCloseTo(percent[name], 2);
  }
});

test('options that cannot be are refused in words', () => {
  expect(() => hypAdpt({ hyp: false, mlp: false, image: false })).toThrow(/hypAdpt: hyp, mlp and image are all off/);
  expect(() => hypAdpt({ arm: 'hypr' } as never)).toThrow(/adapter hypAdpt: arm/);
  expect(() => hypAdpt({ k: 0 })).toThrow(/adapter hypAdpt: k/);
  expect(() => attach(build('tiny'), hypAdpt({ ratio: 0.01 }))).toThrow(/width 16 leaves no channel; raise ratio/);
});

test('the transformer alone does not know the prompt', () => {
  const sam = build('tiny');
  attach(sam, hypAdpt());
  const { transformer } = sam.mask_decoder;
  const call = () =>
    transformer.call(input('image', [1, 16, 4, 4]), input('pe', [1, 16, 4, 4]), input('tokens', [1, 5, 16]));
  expect(call).toThrow(/layers\.0\.HyP_Adapter: nobody says what the prompt is; call the mask decoder/);
  expect(provide(PROMPT, input('p', [1, 16]), call)[0].shape).toEqual([1, 5, 16]);
});
