import { expect, test } from 'vitest';
import { attach } from '../../src/adapters/adapter';
import { decoderOnly } from '../../src/adapters/decoderOnly';
import { samConfig } from '../../src/models/sam/config';
import { buildSam } from '../../src/models/sam/sam';
import { makeParams } from '../../src/nn/params';
import { checkAdapter, DECODERS } from '../harness/checkAdapter';

checkAdapter('decoderOnly', () => decoderOnly(), { pattern: decoderOnly.pattern, on: DECODERS });

test('the whole mask decoder trains, nothing else, and nothing is added', () => {
  const sam = buildSam({ params: makeParams() }, samConfig('tiny'));
  const names = sam.params.all().map((p) => p.name);
  attach(sam, decoderOnly());
  const after = sam.params.all();
  expect(after.map((p) => p.name)).toEqual(names);
  expect(after.flatMap((p) => (p.trainable ? [p.name] : []))).toEqual(names.filter((n) => /^mask_decoder\./.test(n)));
});
