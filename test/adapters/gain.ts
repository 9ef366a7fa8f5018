import * as v from 'valibot';
import { defineAdapter, layer1, widthOf } from '../../src/adapters/adapter';
import { ones } from '../../src/nn/init';
import { param } from '../../src/nn/module';
import { mul } from '../../src/ops/pointwise';

/** The README's example: a learnt factor per channel after each block's MLP. */
export const gain = defineAdapter('gain', 'image_encoder.blocks.*', v.strictObject({}), () => ({
  identityAtInit: true,
  places: {
    mlp: (self, build) => {
      const g = param(build, 'gain', [widthOf(self)], ones);
      return layer1((next, x) => mul(next(x), g()));
    },
  },
}));
