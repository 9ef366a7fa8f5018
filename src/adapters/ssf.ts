import * as v from 'valibot';
import { ones, zeros } from '../nn/init';
import { Linear } from '../nn/linear';
import { type Build, type Module, modules, param, relativeTo } from '../nn/module';
import { LayerNorm } from '../nn/norm';
import { add, mul } from '../ops/pointwise';
import { reshape } from '../ops/view';
import { defineAdapter, type Foldable, layer1 } from './adapter';

/** Options of SSF: after which layers features are scaled and shifted. */
const schema = v.strictObject({
  linear: v.optional(v.boolean(), true),
  norms: v.optional(v.boolean(), true),
});

/**
 * Scales and shifts features: y ↦ γ ⊙ y + β after every linear layer and every norm of the host, γ ones and β zeros at the
 * start. It can be merged: W' = diag(γ)·W, b' = γ ⊙ b + β. Source: Lian et al. 2022.
 */
export const ssf = defineAdapter('ssf', 'image_encoder.blocks.*', schema, (config) => {
  const meant = (m: Module) => (m instanceof Linear && config.linear) || (m instanceof LayerNorm && config.norms);
  return {
    identityAtInit: true,
    places: (host) =>
      Object.fromEntries(modules(host).flatMap((m) => (meant(m) ? [[relativeTo(host.path, m.path), scaleShift]] : []))),
  };
});

/** Around a layer over the last axis; its weight says how wide the result is. */
function scaleShift(self: Module, build: Build): Foldable {
  const [weight, bias] = [`${self.path}.weight`, `${self.path}.bias`];
  const [width] = self.params.get(weight).shape;
  const gamma = param({ ...build, path: self.path }, 'ssf_scale', [width], ones);
  const beta = param({ ...build, path: self.path }, 'ssf_shift', [width], zeros);
  return {
    layer: layer1((next, x) => add(mul(next(x), gamma()), beta())),
    fold: (value) => {
      if (!self.params.has(bias))
        throw new Error(`merge: ${self.path} has no bias to take ssf's shift; keep it attached`);
      const w = value(weight);
      const perRow = reshape(gamma(), [width, ...w.shape.slice(1).map(() => 1)]);
      return { [weight]: mul(w, perRow), [bias]: add(mul(value(bias), gamma()), beta()) };
    },
  };
}
