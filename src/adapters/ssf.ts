import * as v from 'valibot';
import { ones, zeros } from '../nn/init';
import { type Build, type Module, param } from '../nn/module';
import { add, mul } from '../ops/pointwise';
import { reshape } from '../ops/view';
import { defineAdapter, type Foldable, layer1 } from './adapter';

/** Options of SSF: after which steps of a block features are scaled and shifted. */
const schema = v.strictObject({
  attention: v.optional(v.boolean(), true),
  mlp: v.optional(v.boolean(), true),
  norms: v.optional(v.boolean(), true),
});

/**
 * Scales and shifts features: y ↦ γ ⊙ y + β after linear layers and norms, γ ones and β zeros at the start. It can be
 * merged: W' = diag(γ)·W, b' = γ ⊙ b + β. Source: Lian et al. 2022.
 */
export const ssf = defineAdapter('ssf', 'image_encoder.blocks.*', schema, (config) => {
  const at = [
    ...(config.attention ? ['attn.qkv', 'attn.proj'] : []),
    ...(config.mlp ? ['mlp.*'] : []),
    ...(config.norms ? ['norm1', 'norm2'] : []),
  ];
  return { identityAtInit: true, places: Object.fromEntries(at.map((place) => [place, scaleShift])) };
});

/** `self` is a linear layer or a norm over the last axis: its bias says how wide its result is. */
function scaleShift(self: Module, build: Build): Foldable {
  const [weight, bias] = [`${self.path}.weight`, `${self.path}.bias`];
  const [width] = self.params.get(bias).shape;
  const gamma = param({ ...build, path: self.path }, 'ssf_scale', [width], ones);
  const beta = param({ ...build, path: self.path }, 'ssf_shift', [width], zeros);
  return {
    layer: layer1((next, x) => add(mul(next(x), gamma()), beta())),
    fold: (value) => {
      const w = value(weight);
      const perRow = reshape(gamma(), [width, ...w.shape.slice(1).map(() => 1)]);
      return { [weight]: mul(w, perRow), [bias]: add(mul(value(bias), gamma()), beta()) };
    },
  };
}
