import { expect, test } from 'vitest';
import { attach } from '../../src/adapters/adapter';
import { MEDSA_RELEASE, medsa } from '../../src/adapters/medsa';
import { sdTrans } from '../../src/adapters/sdTrans';
import { samConfig } from '../../src/models/sam/config';
import { buildSam } from '../../src/models/sam/sam';
import { DEPTH, provide } from '../../src/nn/context';
import { makeParams } from '../../src/nn/params';
import { input, trace } from '../../src/tensor/tensor';
import { checkAdapter } from '../harness/checkAdapter';

const pattern = 'image_encoder.blocks.*';
checkAdapter('sdTrans', () => sdTrans(), { pattern, depth: 2 });
checkAdapter('sdTrans with the depth attention itself', () => sdTrans({ depthSkip: true, r: 3 }), {
  pattern,
  depth: 2,
});
checkAdapter('sdTrans on single slices', () => sdTrans({ ratio: 1 / 8, act: 'gelu' }), { pattern });
checkAdapter('sdTrans as released', () => sdTrans(MEDSA_RELEASE), { pattern, depth: 2 });

test('ViT-H with r = C/16: SD-Trans adds 6.6 M to the 13.19 M of the other two', () => {
  const counts = (adapter: Parameters<typeof attach>[1]) => {
    const sam = buildSam({ params: makeParams() }, samConfig('vit_h'));
    attach(sam, adapter);
    return sam.params.counts().trained;
  };
  const ratio = 1 / 16;
  expect(counts(sdTrans({ ratio })) - counts(medsa({ ratio }))).toBe(6_597_120);
  expect(counts(sdTrans({ ratio, space: false, mlp: false }))).toBe(6_597_120);
});

const encode = (depth: number, rows: number, options = {}) => {
  const sam = buildSam({ params: makeParams() }, samConfig('tiny'));
  attach(sam, sdTrans(options));
  return trace(() => provide(DEPTH, depth, () => sam.image_encoder.call(input('x', [rows, 3, 64, 64]))));
};

test('rows that are no whole volumes are refused, with the place', () => {
  expect(() => encode(3, 4)).toThrow(/depthAttention at image_encoder\.blocks\.0.*D = 3; batches hold whole volumes/);
});

test('the released branch refuses chunks that it has no grid for, or that do not fit', () => {
  expect(() => encode(1, 2, MEDSA_RELEASE)).toThrow(/chunk of at least 2 slices, got 1/);
  expect(() => encode(1, 2, { ...MEDSA_RELEASE, chunk: 7 })).toThrow(/do not divide into groups of 7/);
});
