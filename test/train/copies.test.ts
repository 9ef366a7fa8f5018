// No plan transposes: permutations are indices in the kernel that reads. What is still copied has a reason, and these are all.
import { expect, test } from 'vitest';
import { attach } from '../../src/adapters/adapter';
import { medsa } from '../../src/adapters/medsa';
import { samConfig } from '../../src/models/sam/config';
import { buildSam } from '../../src/models/sam/sam';
import { makeParams } from '../../src/nn/params';
import { explainRows } from '../../src/plan/explain';
import { type Outputs, planStep } from '../../src/plan/plan';
import { input, trace } from '../../src/tensor/tensor';
import { TRAIN_DEFAULTS } from '../../src/train/trainConfig';
import { trainingGraph } from '../../src/train/trainGraph';
import { shapeOf } from '../../src/train/trainItem';
import { trainLeaves } from '../../src/train/trainLeaves';
import { caps } from '../plan/caps';

const makeSam = () => buildSam({ params: makeParams(1) }, samConfig('sam-micro'));

/** Windowed blocks of sam-micro. */
const WINDOWED = 4;

/** Why a path is allowed copies: an operand of a product is two strides a matrix, that of a convolution or norm contiguous memory. */
const REASONS: readonly [reason: string, path: RegExp][] = [
  ['patches become rows', /^image_encoder\.patch_embed\.proj$/],
  ['tokens become padded windows, and back', /\.attn\.qkv$|\.attn\.proj$|\.Space_Adapter\.D_fc1$|\.space_attn$/],
  ['queries of several windows, by rows and by columns', /\.attn$/],
  ['padding, and weights with channels last', /^image_encoder\.neck\.2$/],
  ['pixels of a transposed convolution lie in patches', /^mask_decoder\.output_upscaling\.\d$/],
  ['masks and scores that are handed out; masks as rows', /^mask_decoder$/],
  ['gradients of tokens as channels', /^mask_decoder\.transformer(\.layers\.0\.cross_attn_token_to_image\.v_proj)?$/],
];

function copies(outputs: () => Outputs): { total: number; by: Record<string, number> } {
  const rows = explainRows(planStep(trace(outputs), caps));
  const by: Record<string, number> = {};
  for (const { op, path } of rows) {
    expect(op).not.toMatch(/transpose|permute/);
    if (op !== 'copy') continue;
    const [reason] = REASONS.find(([, p]) => p.test(path)) ?? [`nobody knows why: ${path}`];
    by[reason] = (by[reason] ?? 0) + 1;
  }
  return { total: rows.length, by };
}

test('the encoder copies for windows, patches and its convolution alone', () => {
  const sam = makeSam();
  const size = sam.config.imageEncoder.imgSize;
  const { total, by } = copies(() => ({ outputs: { y: sam.encode(input('image', [1, 3, size, size])) } }));
  expect(total).toBeLessThanOrEqual(112);
  expect(by).toEqual({
    'patches become rows': 1,
    'tokens become padded windows, and back': WINDOWED,
    'queries of several windows, by rows and by columns': 2 * WINDOWED,
    'padding, and weights with channels last': 2,
  });
});

test('a click copies the pixels of one transposed convolution and what it hands out', () => {
  const sam = makeSam();
  const { embedDim, imageEmbeddingSize } = sam.config.promptEncoder;
  const prompts = { points: input('points', [1, 1, 2]), labels: input('labels', [1, 1]) };
  const { total, by } = copies(() => {
    const { masks, iou } = sam.decode(input('embedding', [1, embedDim, ...imageEmbeddingSize]), prompts, true);
    return { outputs: { masks, iou } };
  });
  expect(total).toBeLessThanOrEqual(103);
  expect(by).toEqual({
    'pixels of a transposed convolution lie in patches': 1,
    'masks and scores that are handed out; masks as rows': 2,
  });
});

test('a Med-SA step copies gradients of the same things', () => {
  const sam = makeSam();
  attach(sam, medsa());
  const config = { ...TRAIN_DEFAULTS, batch: 1 };
  const parts = { sam, shape: shapeOf(config, sam.config), config, hooks: [] };
  const { total, by } = copies(() => trainingGraph(parts, trainLeaves(config, sam.params.layout().total)));
  expect(total).toBeLessThanOrEqual(597);
  expect(Object.keys(by).filter((reason) => reason.startsWith('nobody'))).toEqual([]);
  expect(Object.values(by).reduce((a, b) => a + b)).toBeLessThanOrEqual(45);
});
