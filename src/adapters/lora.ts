import * as v from 'valibot';
import { fanInUniform, zeros } from '../nn/init';
import type { Linear } from '../nn/linear';
import { type Build, param } from '../nn/module';
import { linear, matmul } from '../ops/matmul';
import { add, scale } from '../ops/pointwise';
import { pad, slice } from '../ops/view';
import type { Tensor } from '../tensor/tensor';
import { defineAdapter, type Foldable, layer1 } from './adapter';
import { type LinearTarget, lowRankTargets, widthsOf } from './linearTargets';

/** Options of LoRA. */
const schema = v.strictObject({
  /** Rank r of every change of a weight. */
  rank: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1)), 4),
  /** The change is times alpha / rank; null: alpha = rank. */
  alpha: v.optional(v.nullable(v.pipe(v.number(), v.gtValue(0))), null),
  /** Linear layers below the host, apart by commas: q, k, v (thirds of qkv), names (lin1), patterns, or all. */
  targets: v.optional(v.pipe(v.string(), v.minLength(1)), 'q,v'),
  /** For the base as the published code builds it; the adapter itself is the same. */
  release: v.optional(v.boolean(), false),
});

/**
 * Low-rank change of linear layers: y = W·x + b + (alpha / rank)·B·A·x, A [r, in] as torch starts a linear layer
 * (Kaiming uniform with √5), B [out, r] zeros. For thirds of a fused qkv `lora_A` [g·r, in] and `lora_B` [g·out/3, r] hold
 * the g thirds in order. Source: Hu et al. 2021; names and layout of the published Med-SA.
 */
export const lora = defineAdapter('lora', 'image_encoder.blocks.*', schema, (config) => ({
  identityAtInit: true,
  places: (host) =>
    Object.fromEntries(
      lowRankTargets(host, config.targets, 'lora').map((t) => [
        t.place,
        (_, build) => lowRank(t, build, config.rank, (config.alpha ?? config.rank) / config.rank),
      ]),
    ),
}));

/** The options of the published Med-SA: queries, values and both layers of the MLP, times 1 / rank. */
export const LORA_RELEASE = { release: true, alpha: 1, targets: 'q,v,lin1,lin2' } as const;

function lowRank({ linear: host, thirds }: LinearTarget, build: Build, rank: number, factor: number): Foldable {
  const { inDim, outDim } = widthsOf(host);
  const slots = thirds ? thirds.flatMap((on, i) => (on ? [i] : [])) : [0];
  const of = thirds ? 3 : 1;
  const [g, rows] = [slots.length, outDim / of];
  const at = { ...build, path: host.path };
  const a = param(at, 'lora_A', [g * rank, inDim], fanInUniform(inDim));
  const b = param(at, 'lora_B', [g * rows, rank], zeros);
  const bOf = (i: number) => slice(b(), 0, i * rows, rows);
  // The parts of the chosen thirds among zeros for the others, along `axis`.
  const spread = (part: (i: number) => Tensor, axis: 'rows' | 'columns') =>
    slots.map((slot, i) => padded(part(i), axis, slot * rows, (of - 1 - slot) * rows)).reduce((sum, p) => add(sum, p));
  const layer = layer1((next, x) => {
    const h = linear(x, a());
    const y = spread((i) => linear(slice(h, -1, i * rank, rank), bOf(i)), 'columns');
    return add(next(x), scale(y, factor));
  });
  const fold = (value: (name: string) => Tensor) => {
    const change = spread((i) => matmul(bOf(i), slice(a(), 0, i * rank, rank)), 'rows');
    return { [weightOf(host)]: add(value(weightOf(host)), scale(change, factor)) };
  };
  return { layer, fold };
}

const weightOf = (host: Linear) => `${host.path}.weight`;

function padded(x: Tensor, axis: 'rows' | 'columns', before: number, after: number): Tensor {
  const at = axis === 'rows' ? 0 : x.shape.length - 1;
  return pad(
    x,
    x.shape.map((_, i) => (i === at ? [before, after] : [0, 0])),
  );
}
