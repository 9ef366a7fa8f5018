import * as v from 'valibot';
import { ones } from '../nn/init';
import { type Build, type Module, param } from '../nn/module';
import { mul } from '../ops/pointwise';
import { concat, reshape } from '../ops/view';
import { constant, type Tensor } from '../tensor/tensor';
import { defineAdapter, type Foldable, layer1 } from './adapter';

/** Options of (IA)³: what is rescaled. */
const schema = v.strictObject({
  /** Keys and values of the attention. */
  attention: v.optional(v.boolean(), true),
  /** What lies between both layers of the MLP. */
  mlp: v.optional(v.boolean(), true),
});

/**
 * (IA)³: keys, values and the inner activations of the MLP times one learnt number per channel, ones at the start. Merged,
 * they scale rows of qkv and columns of lin2 (or fc2). Source: Liu et al. 2022.
 */
export const ia3 = defineAdapter('ia3', 'image_encoder.blocks.*', schema, (config) => ({
  identityAtInit: true,
  places: { ...(config.attention ? { 'attn.qkv': keysAndValues } : {}), ...(config.mlp ? { 'mlp.*2': inner } : {}) },
}));

function keysAndValues(self: Module, build: Build): Foldable {
  const [weight, bias] = [`${self.path}.weight`, `${self.path}.bias`];
  const dim = self.params.get(weight).shape[0] / 3;
  const at = { ...build, path: self.path };
  const [k, val] = ['ia3_k', 'ia3_v'].map((name) => param(at, name, [dim], ones));
  const factors = () => concat([constant(new Float32Array(dim).fill(1), [dim], 'queries stay'), k(), val()], 0);
  return {
    layer: layer1((next, x) => mul(next(x), factors())),
    fold: (value) => {
      const scaled: Record<string, Tensor> = { [weight]: mul(value(weight), reshape(factors(), [3 * dim, 1])) };
      return self.params.has(bias) ? { ...scaled, [bias]: mul(value(bias), factors()) } : scaled;
    },
  };
}

function inner(self: Module, build: Build): Foldable {
  const weight = `${self.path}.weight`;
  const l = param({ ...build, path: self.path }, 'ia3_l', [self.params.get(weight).shape[1]], ones);
  return {
    layer: layer1((next, x) => next(mul(x, l()))),
    fold: (value) => ({ [weight]: mul(value(weight), l()) }),
  };
}
