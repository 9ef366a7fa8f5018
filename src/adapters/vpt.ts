import * as v from 'valibot';
import { normal } from '../nn/init';
import { type Build, find, type Layer, type Module, param } from '../nn/module';
import { concat, expand, permute, reshape, slice } from '../ops/view';
import type { Tensor } from '../tensor/tensor';
import { defineAdapter, widthOf } from './adapter';

/** Options of visual prompt tuning. */
const schema = v.strictObject({
  /** Prompts of every block. */
  prompts: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1)), 8),
  /** Deviation of their first values. */
  std: v.optional(v.pipe(v.number(), v.gtValue(0)), 0.02),
});

/**
 * Visual prompt tuning, deep: every block has `vpt_prompts` [n, C] beside its tokens. What the block makes of a prompt itself
 * is thrown away before the next block, so all that counts is that the tokens attend to it: the prompts pass the frozen norm1
 * and qkv and become n more keys and values, which every window sees and which have no place on the map (no relative position).
 * New keys take a share of every softmax, hence no identity at the start. Source: Jia et al. 2022, VPT-deep.
 */
export const vpt = defineAdapter('vpt', 'image_encoder.blocks.*', schema, (config) => ({
  identityAtInit: false,
  places: (host) => ({ 'attn.core': (_, build) => promptLayer(host, build, config.prompts, config.std) }),
}));

function promptLayer(host: Module, build: Build, n: number, std: number): Layer {
  const [norm1, qkv, attn] = ['norm1', 'attn.qkv', 'attn'].map((p) => find(host, p)[0] as Module<[Tensor], Tensor>);
  const dim = widthOf(attn);
  const prompts = param(build, 'vpt_prompts', [n, dim], normal(std), { decay: false });
  return (next, args) => {
    const [q, k, val, rel] = args as [Tensor, Tensor, Tensor, unknown];
    const [batch, heads, , d] = k.shape;
    const made = permute(reshape(qkv.call(norm1.call(prompts())), [1, n, 3, heads, d]), [2, 0, 3, 1, 4]);
    // Third i of the fused qkv (1 keys, 2 values) behind those of the map.
    const behind = (x: Tensor, i: number) =>
      concat([x, expand(reshape(slice(made, 0, i, 1), [1, heads, n, d]), [batch, heads, n, d])], 2);
    return next(q, behind(k, 1), behind(val, 2), rel);
  };
}
