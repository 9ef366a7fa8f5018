import { expect, test } from 'vitest';
import { linearTargets, widthsOf } from '../../src/adapters/linearTargets';
import { EFFICIENT_SAM_ROWS } from '../../src/models/efficientSam/config';
import { EfficientSam } from '../../src/models/efficientSam/efficientSam';
import { samConfig } from '../../src/models/sam/config';
import { buildSam } from '../../src/models/sam/sam';
import { find } from '../../src/nn/module';
import { makeParams } from '../../src/nn/params';

const sam = buildSam({ params: makeParams() }, samConfig('tiny'));
const at = (path: string) => find(sam, path)[0];
const chosen = (path: string, words: string) =>
  linearTargets(at(path), words, 'lora').map((t) => [t.place, t.thirds?.map(Number).join('') ?? 'whole']);

test('thirds of a fused qkv, layers by name, patterns, all', () => {
  const block = 'image_encoder.blocks.0';
  expect(chosen(block, 'q,v')).toEqual([['attn.qkv', '101']]);
  expect(chosen(block, 'q, k, v')).toEqual([['attn.qkv', '111']]);
  expect(chosen(block, 'qkv')).toEqual([['attn.qkv', 'whole']]);
  expect(chosen(block, 'k,lin1,lin2')).toEqual([
    ['attn.qkv', '010'],
    ['mlp.lin1', 'whole'],
    ['mlp.lin2', 'whole'],
  ]);
  expect(chosen(block, 'mlp.*')).toHaveLength(2);
  expect(chosen(block, 'all')).toHaveLength(4);
});

test('queries and values of attention with layers apart', () => {
  expect(chosen('mask_decoder.transformer.layers.0.self_attn', 'q,v')).toEqual([
    ['q_proj', 'whole'],
    ['v_proj', 'whole'],
  ]);
});

test('a host that is a linear layer is meant itself', () => {
  expect(chosen('image_encoder.blocks.1.attn.qkv', 'q,v')).toEqual([['', '101']]);
  expect(chosen('image_encoder.blocks.1.attn.qkv', 'qkv')).toEqual([['', 'whole']]);
  expect(chosen('image_encoder.blocks.1.mlp.lin1', 'q,v')).toEqual([['', 'whole']]);
});

test('layers of an MLP by either of their names', () => {
  const efficient = new EfficientSam({ params: makeParams(), path: '' }, EFFICIENT_SAM_ROWS.efficient_tiny);
  const [block] = find(efficient, 'image_encoder.blocks.0');
  expect(linearTargets(block, 'lin1,fc2', 'lora').map((t) => t.place)).toEqual(['mlp.fc1', 'mlp.fc2']);
});

test('a word that means nothing is answered with the nearest and all there are', () => {
  expect(() => chosen('image_encoder.blocks.0', 'q,lin3')).toThrow(
    /adapter lora: no linear layer below image_encoder\.blocks\.0 is meant by 'lin3'; did you mean lin1\?; there are qkv, proj, lin1, lin2/,
  );
});

test('widths come from the weight', () => {
  const [{ linear }] = linearTargets(at('image_encoder.blocks.0'), 'lin1', 'lora');
  expect(widthsOf(linear)).toEqual({ inDim: 16, outDim: 64 });
});
