import { expect, test } from 'vitest';
import { grad } from '../../src/autograd/grad';
import { type ImageEncoderConfig, samConfig } from '../../src/models/sam/config';
import { ImageEncoderViT } from '../../src/models/sam/imageEncoderViT';
import { makeParams } from '../../src/nn/params';
import { chooseTrainable } from '../../src/nn/trainable';
import { sum } from '../../src/ops/reduce';
import { input, trace } from '../../src/tensor/tensor';

const tiny = samConfig('tiny').imageEncoder;

/** Output shape for an image, and the names of the parameters; every parameter has a gradient of its own shape. */
function traced(changes: Partial<ImageEncoderConfig>, [h, w]: readonly [number, number] = [64, 64]) {
  const params = makeParams();
  const encoder = new ImageEncoderViT({ params, path: '' }, { ...tiny, ...changes });
  chooseTrainable(params, 'all');
  return trace(() => {
    const out = encoder.call(input('x', [2, changes.inChans ?? 3, h, w]));
    const wrt = params.all().map((p) => params.tensor(p.name));
    const grads = grad(sum(out), wrt);
    expect(grads.map((g) => g.shape)).toEqual(wrt.map((t) => t.shape));
    return { shape: out.shape, names: params.all().map((p) => p.name) };
  });
}

test('every option of upstream’s constructor', () => {
  expect(traced({}).shape).toEqual([2, 16, 4, 4]);
  expect(traced({ useRelPos: false }).names.some((n) => n.includes('rel_pos'))).toBe(false);
  expect(traced({ qkvBias: false }).names.some((n) => n.endsWith('qkv.bias'))).toBe(false);
  expect(traced({ useAbsPos: false }).names).not.toContain('pos_embed');
  expect(traced({ windowSize: 0, globalAttnIndexes: [] }).shape).toEqual([2, 16, 4, 4]);
  expect(traced({ windowSize: 14 }).shape).toEqual([2, 16, 4, 4]);
  expect(traced({ inChans: 1, patchSize: 8, mlpRatio: 2.5, outChans: 24 }).shape).toEqual([2, 24, 8, 8]);
  expect(traced({ norm1InWindow: true, relPosNames: ['rel_h', 'rel_w'], posEmbedSide: 64 }).names).toContain(
    'blocks.0.attn.rel_h',
  );
});

test('images of other sizes: position embedding and tables are resized', () => {
  expect(traced({}, [96, 48]).shape).toEqual([2, 16, 6, 3]);
  expect(traced({}, [40, 70]).shape).toEqual([2, 16, 2, 4]);
});

test('an image that does not fit is refused in words', () => {
  const encoder = new ImageEncoderViT({ params: makeParams(), path: 'image_encoder' }, tiny);
  expect(() => encoder.call(input('x', [1, 1, 64, 64]))).toThrow(/image_encoder: expected an image \[B,3,H,W\]/);
  expect(() => encoder.call(input('x', [1, 3, 64, 8]))).toThrow(/at least 16 pixels/);
  const bad = { ...tiny, numHeads: 3 };
  expect(() => new ImageEncoderViT({ params: makeParams(), path: 'e' }, bad)).toThrow(
    /width 16 does not divide into 3 heads/,
  );
});
