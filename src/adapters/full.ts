import * as v from 'valibot';
import { defineAdapter } from './adapter';

/**
 * Full fine-tuning, the "MedSAM" arm: image encoder and mask decoder train, the prompt encoder stays as it is. Attach to
 * the whole model ('') and prompt with boxes to repeat it. Source: Ma et al. 2024.
 */
export const full = defineAdapter('full', '', v.strictObject({}), () => ({
  identityAtInit: true,
  places: {},
  trains: ['image_encoder.**', 'mask_decoder.**'],
}));
