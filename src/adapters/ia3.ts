import * as v from 'valibot';
import { ones } from '../nn/init';
import { MLPBlock } from '../nn/mlp';
import { type Build, type Module, modules, param, relativeTo } from '../nn/module';
import { mul } from '../ops/pointwise';
import { concat, reshape } from '../ops/view';
import { constant, type Tensor } from '../tensor/tensor';
import { defineAdapter, type Foldable, layer1, type Place } from './adapter';
import { type LinearTarget, linearTargets, widthsOf } from './linearTargets';

/** Options of (IA)³: what is rescaled. */
const schema = v.strictObject({
  /** Keys and values of every attention. */
  attention: v.optional(v.boolean(), true),
  /** What lies between both layers of an MLP. */
  mlp: v.optional(v.boolean(), true),
});

/**
 * (IA)³: keys, values and the inner activations of MLPs times one learnt number per channel, ones at the start. Merged, they
 * scale rows of the layers that make keys and values, and columns of the MLP's second layer. Source: Liu et al. 2022.
 */
export const ia3 = defineAdapter('ia3', 'image_encoder.blocks.*', schema, (config) => ({
  identityAtInit: true,
  places: (host) => {
    const outer = config.attention ? linearTargets(host, 'k,v', 'ia3') : [];
    const inner = config.mlp ? modules(host).flatMap((m) => (m instanceof MLPBlock ? [m.lin2] : [])) : [];
    return Object.fromEntries<Place>([
      ...outer.map((t): [string, Place] => [t.place, (_, build) => resultOf(t, build)]),
      ...inner.map((m): [string, Place] => [relativeTo(host.path, m.path), inputOf]),
    ]);
  },
}));

/** Keys and values are thirds of a fused qkv, or whole layers. */
function resultOf({ linear, thirds }: LinearTarget, build: Build): Foldable {
  const [weight, bias] = [`${linear.path}.weight`, `${linear.path}.bias`];
  const { outDim } = widthsOf(linear);
  const at = { ...build, path: linear.path };
  const names = thirds ? ['ia3_k', 'ia3_v'] : ['ia3_l'];
  const learnt = names.map((name) => param(at, name, [thirds ? outDim / 3 : outDim], ones));
  const queries = thirds ? [constant(new Float32Array(outDim / 3).fill(1), [outDim / 3], 'queries stay')] : [];
  const factors = () => concat([...queries, ...learnt.map((l) => l())], 0);
  return {
    layer: layer1((next, x) => mul(next(x), factors())),
    fold: (value) => {
      const scaled: Record<string, Tensor> = { [weight]: mul(value(weight), reshape(factors(), [outDim, 1])) };
      return linear.params.has(bias) ? { ...scaled, [bias]: mul(value(bias), factors()) } : scaled;
    },
  };
}

function inputOf(self: Module, build: Build): Foldable {
  const weight = `${self.path}.weight`;
  const l = param({ ...build, path: self.path }, 'ia3_l', [self.params.get(weight).shape[1]], ones);
  return {
    layer: layer1((next, x) => next(mul(x, l()))),
    fold: (value) => ({ [weight]: mul(value(weight), l()) }),
  };
}
