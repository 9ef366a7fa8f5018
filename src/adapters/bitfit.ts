import * as v from 'valibot';
import { defineAdapter } from './adapter';

/**
 * Biases alone: every bias below the host trains, of linear layers and norms alike; nothing is added to the model. Source:
 * Ben Zaken et al. 2021.
 */
export const bitfit = defineAdapter('bitfit', 'image_encoder', v.strictObject({}), () => ({
  identityAtInit: true,
  places: {},
  trains: ['**.bias'],
}));
