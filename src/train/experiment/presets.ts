import { nearNames } from '../../nn/near';
import { ConfigError } from './configError';
import type { Json } from './overrides';

/** An arm of a comparison: what differs from the other arms. */
interface Arm {
  readonly about: string;
  readonly config: { readonly [key: string]: Json };
}

/** Encoder adapters and the decoder's three, with the prompt-conditioning `how`. */
const prompted = (how: string, encoder: Json = { name: 'medsa' }): Arm['config'] => ({
  adapters: [encoder, { name: 'hypAdpt', arm: how }],
});

/**
 * Med-SA's widths are meant for bases of a hundred million parameters; of a small one its generators alone are a fifth. These are 4.8 % of
 * sam-nano and 4.6 % of sam-micro.
 */
const SLIM: Json = [
  { name: 'medsa', ratio: 0.16 },
  { name: 'hypAdpt', ratio: 0.125, lp: 8 },
];

/** Low-rank changes begin at zero and grow as a product: a rate search on the phantoms saw the loss fall up to 4e-2; well below that. */
const lowRank: Json = { lr: 5e-3 };

/** Large parts of the base train: at the adapters' rate they would forget. */
const gentle: Json = { lr: 2e-4 };

/** The arms of the papers' comparisons, by name. `adapters` is written out in each: they are compared by nothing else. */
const ARMS: Readonly<Record<string, Arm>> = {
  'zero-shot': { about: 'the base as it is', config: { adapters: [], trainable: 'none' } },
  'decoder-only': { about: 'the mask decoder trains', config: { adapters: ['decoderOnly'], train: gentle } },
  full: { about: 'encoder and decoder train', config: { adapters: ['full'], train: gentle } },
  medsam: {
    about: 'encoder and decoder train, prompted by boxes',
    config: { adapters: ['full'], train: gentle, prompt: 'box' },
  },
  lora: {
    about: 'LoRA on q, v and the MLP',
    config: { adapters: [{ name: 'lora', targets: 'q,v,lin1,lin2' }], train: lowRank },
  },
  adalora: { about: 'AdaLoRA, ranks allotted while it trains', config: { adapters: ['adalora'], train: lowRank } },
  medsa: { about: "Med-SA's adapters of the encoder alone", config: { adapters: ['medsa'] } },
  'medsa-none': { about: 'and of the decoder, without the prompt', config: prompted('none') },
  'medsa-add': { about: 'the prompt added', config: prompted('add') },
  'medsa-concat': { about: 'the prompt concatenated', config: prompted('concat') },
  'medsa-hyper': { about: 'weights generated from the prompt (HyP-Adpt)', config: prompted('hyper') },
  'medsa-hyper-token': { about: 'weights generated per token', config: prompted('hyper-token') },
  'medsa-slim': {
    about: 'Med-SA whole, narrow: at most 5 % of a small base',
    config: { adapters: SLIM },
  },
  sdtrans: { about: 'space and depth adapters of the encoder (3-D)', config: { adapters: ['sdTrans'] } },
  'sdtrans-hyper': { about: 'SD-Trans and HyP-Adpt: Med-SA whole', config: prompted('hyper', { name: 'sdTrans' }) },
};

/** Names of the arms, in the order of the tables. */
export const ARM_NAMES: readonly string[] = Object.keys(ARMS);

/** What an arm is, in a few words. */
export const aboutArm = (name: string): string => ARMS[name]?.about ?? '';

/** The part of an experiment's config that makes it this arm. `ConfigError` with the nearest name where there is none. */
export function arm(name: string): Arm['config'] {
  if (Object.hasOwn(ARMS, name)) return ARMS[name].config;
  const [near] = nearNames(name, ARM_NAMES, 1);
  throw new ConfigError(
    `there is no arm called '${name}'${near ? `; did you mean ${near}?` : ''}; there are ${ARM_NAMES.join(', ')}`,
  );
}
