import * as v from 'valibot';
import { defineAdapter } from './adapter';

/** The mask decoder trains whole, encoder and prompt encoder stay: the cheapest arm of the comparisons. */
export const decoderOnly = defineAdapter('decoderOnly', 'mask_decoder', v.strictObject({}), () => ({
  identityAtInit: true,
  places: {},
  trains: ['**'],
}));
