import { expect, test } from 'vitest';
import { attach } from '../../src/adapters/adapter';
import { full } from '../../src/adapters/full';
import { samConfig } from '../../src/models/sam/config';
import { buildSam } from '../../src/models/sam/sam';
import { makeParams } from '../../src/nn/params';
import { checkAdapter, ENCODERS } from '../harness/checkAdapter';

// From pixels to the embedding the decoder is not used, and the other way round.
checkAdapter('full', () => full(), { pattern: full.pattern, on: [ENCODERS[0]], unused: /mask_decoder/ });

test('encoder and decoder train, the prompt encoder does not', () => {
  const sam = buildSam({ params: makeParams() }, samConfig('tiny'));
  attach(sam, full());
  for (const p of sam.params.all()) expect(p.trainable, p.name).toBe(!p.name.startsWith('prompt_encoder.'));
});
