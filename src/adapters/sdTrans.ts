import * as v from 'valibot';
import { capture } from '../nn/capture';
import { context, DEPTH } from '../nn/context';
import { Linear } from '../nn/linear';
import { at, type Build, find, type Layer, type Module } from '../nn/module';
import { depthAttention } from '../ops/depthAttention';
import { add } from '../ops/pointwise';
import { reshape } from '../ops/view';
import type { Tensor } from '../tensor/tensor';
import { defineAdapter, layer1, type Place } from './adapter';
import { Bottleneck } from './bottleneck';
import { bottleneckOf, MEDSA_OPTIONS, mlpLayer } from './medsa';
import { releaseDepth } from './releaseDepth';

/** Med-SA's options and those of the depth branch. */
const schema = v.strictObject({
  ...MEDSA_OPTIONS,
  /** Adds the depth attention itself to Z; the model is then changed from the start. */
  depthSkip: v.optional(v.boolean(), false),
  /** With `release`: how many consecutive windows (or maps) are taken for depth; the slices of a volume unless given. */
  chunk: v.optional(v.nullable(v.pipe(v.number(), v.integer(), v.minValue(2))), null),
});

type SdTransConfig = v.InferOutput<typeof schema>;

/**
 * SD-Trans, the Space-Depth Transpose of Med-SA for volumes: rows of a batch are b·D + slice, D is what `DEPTH` says where
 * the model is called. In every block the frozen attention runs twice on LN1(X): over the tokens of each slice, and over the
 * D tokens at each position (without windows and relative positions); `Space_Adapter` and `Depth_Adapter` follow, and
 * `MLP_Adapter` sits beside the MLP as in `medsa`. With D = 1 a token attends to itself alone: Z = Up(act(Down(proj(v)))),
 * a function of each token that the depth adapter still learns.
 */
export const sdTrans = defineAdapter('sdTrans', 'image_encoder.blocks.*', schema, (config) => {
  const places: Record<string, Place> = config.release
    ? { attn: (self, build) => releaseLayer(self, build, config) }
    : { space_attn: (self, build, host) => spaceDepthLayer(self, build, host, config) };
  if (config.mlp) places.mlp = (self, build) => mlpLayer(self, build, config);
  return { identityAtInit: config.init === 'zero' && !config.depthSkip, places };
});

/** S + Z around windows and attention. */
function spaceDepthLayer(self: Module, build: Build, host: Module, config: SdTransConfig): Layer {
  const attention = alongDepth(host);
  const adapter = (name: string, skip: boolean) => new Bottleneck(at(build, name), bottleneckOf(self, config, skip));
  const space = config.space ? adapter('Space_Adapter', true) : null;
  const depth = adapter('Depth_Adapter', config.depthSkip);
  return layer1((next, x) => {
    const ad = attention(x, context(DEPTH));
    const z = depth.call(ad);
    const a = next(x);
    const s = space ? space.call(a) : a;
    for (const [name, t] of Object.entries({ S: s, depth_attn: ad, Z: z })) capture(`${build.path}.${name}`, t);
    return add(s, z);
  });
}

/** The published code's order: inside windows, the depth term added after the space adapter. */
function releaseLayer(self: Module, build: Build, config: SdTransConfig): Layer {
  const adapter = (name: string, skip: boolean) => new Bottleneck(at(build, name), bottleneckOf(self, config, skip));
  const space = config.space ? adapter('Space_Adapter', true) : null;
  const depth = adapter('Depth_Adapter', config.depthSkip);
  return layer1((next, x) => {
    const z = releaseDepth(x, config.chunk ?? context(DEPTH), (columns) => depth.call(next(columns)));
    const a = next(x);
    const s = space ? space.call(a) : a;
    capture(`${build.path}.S`, s);
    return add(s, z);
  });
}

/**
 * The attention of block `host` over the slices of volumes, by its own qkv and proj: tokens [B·D, H, W, C] → the same.
 * Throws when the block's attention does not show its parts.
 */
function alongDepth(host: Module): (x: Tensor, depth: number) => Tensor {
  const [attn] = find(host, 'attn');
  const { qkv, proj, numHeads } = attn as { qkv?: unknown; proj?: unknown; numHeads?: unknown };
  if (!(qkv instanceof Linear) || !(proj instanceof Linear) || typeof numHeads !== 'number') {
    throw new Error(`adapter sdTrans: ${attn.path} does not show its parts (fields qkv, proj, numHeads)`);
  }
  return (x, depth) => {
    const [rows, h, w, c] = x.shape;
    const heads = reshape(qkv.call(x), [rows, h * w, 3, numHeads, c / numHeads]);
    return proj.call(reshape(depthAttention(heads, depth), [rows, h, w, c]));
  };
}
