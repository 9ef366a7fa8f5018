import * as v from 'valibot';
import { capture } from '../nn/capture';
import { context, PROMPT } from '../nn/context';
import { at, type Build, type Layer, type Module } from '../nn/module';
import { add } from '../ops/pointwise';
import { reshape } from '../ops/view';
import type { Tensor } from '../tensor/tensor';
import { defineAdapter, layer1, type Place, widthOf } from './adapter';
import { Bottleneck, type BottleneckConfig, parallelLayer } from './bottleneck';
import { ARMS, PromptedBottleneck } from './promptedBottleneck';

const count = (max: number) => v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(max));

/** Options of the decoder's adapters; the defaults are the paper's. */
const schema = v.strictObject({
  /** How the first adapter learns of the prompt. */
  arm: v.optional(v.picklist(ARMS), 'hyper'),
  /** Width of the bottlenecks as a part of the tokens' width; rounded down. */
  ratio: v.optional(v.pipe(v.number(), v.gtValue(0), v.maxValue(4)), 0.25),
  /** Width of the bottlenecks in channels; overrides `ratio`. */
  r: v.optional(v.nullable(count(4096)), null),
  /** Width of the first adapter's bottleneck where it differs from the others'. */
  rHyp: v.optional(v.nullable(count(1024)), null),
  /** Width L_p of the reduced prompt. */
  lp: v.optional(count(4096), 64),
  /** Number K of generated layers. */
  k: v.optional(count(16), 2),
  act: v.optional(v.picklist(['relu', 'gelu']), 'relu'),
  /** Factor s of the MLP adapter; where it starts when it is learnt. */
  scale: v.optional(v.pipe(v.number(), v.finite()), 0.5),
  /** One learnable s per block. */
  learnScale: v.optional(v.boolean(), false),
  /** Start of Up: zeros (the model is unchanged at first) or torch's default. */
  init: v.optional(v.picklist(['zero', 'default']), 'zero'),
  /** The prompted adapter before norm2. */
  hyp: v.optional(v.boolean(), true),
  /** The adapter beside the MLP. */
  mlp: v.optional(v.boolean(), true),
  /** The adapter of the image tokens before norm4. */
  image: v.optional(v.boolean(), true),
});

type HypConfig = v.InferOutput<typeof schema>;

/**
 * Med-SA's three adapters of a two-way block of the mask decoder: `HyP_Adapter`, whose weights are generated from each
 * row's prompt (hyper-prompting) or which is conditioned on it otherwise (`arm`); `MLP_Adapter` beside the MLP, times s;
 * `Image_Adapter` for the image tokens. The first and the third sit, with skip, before the norm that ends their step.
 */
export const hypAdpt = defineAdapter('hypAdpt', 'mask_decoder.transformer.layers.*', schema, (config) => {
  const places: Record<string, Place> = {};
  if (config.hyp) places.norm2 = (self, build) => hypLayer(self, build, config);
  if (config.mlp) places.mlp = (self, build) => mlpLayer(self, build, config);
  if (config.image) places.norm4 = (self, build) => imageLayer(self, build, config);
  if (!Object.keys(places).length) throw new Error('adapter hypAdpt: hyp, mlp and image are all off; leave one on');
  return { identityAtInit: config.init === 'zero', places };
});

function hypLayer(self: Module, build: Build, config: HypConfig): Layer {
  const { arm, lp, k, act, init: upInit } = config;
  const dim = widthOf(self);
  const r = config.rHyp ?? widthOfBottleneck(dim, config);
  const adapter = new PromptedBottleneck(at(build, 'HyP_Adapter'), { arm, dim, r, lp, k, act, upInit });
  return layer1((next, h) => {
    capture(`${build.path}.h`, h);
    return next(add(h, adapter.call(h, promptFor(h, config, adapter.path))));
  });
}

/** The prompt of each row, [B, C]; with `hyper-token` of each token, p + h: [B, T, C]. */
function promptFor(h: Tensor, { arm }: HypConfig, path: string): Tensor {
  const p = context(PROMPT);
  if (p) return arm === 'hyper-token' ? add(h, reshape(p, [p.shape[0], 1, p.shape[1]])) : p;
  throw new Error(`${path}: nobody says what the prompt is; call the mask decoder, not its transformer alone`);
}

function mlpLayer(self: Module, build: Build, config: HypConfig): Layer {
  return parallelLayer(at(build, 'MLP_Adapter'), bottleneck(self, config, false), config);
}

function imageLayer(self: Module, build: Build, config: HypConfig): Layer {
  const adapter = new Bottleneck(at(build, 'Image_Adapter'), bottleneck(self, config, true));
  return layer1((next, c) => {
    capture(`${build.path}.c`, c);
    return next(adapter.call(c));
  });
}

function bottleneck(self: Module, config: HypConfig, skip: boolean): BottleneckConfig {
  const dim = widthOf(self);
  return { dim, r: widthOfBottleneck(dim, config), act: config.act, skip, upInit: config.init };
}

function widthOfBottleneck(dim: number, { r, ratio }: HypConfig): number {
  const width = r ?? Math.floor(dim * ratio);
  if (width >= 1) return width;
  throw new Error(`adapter hypAdpt: ratio ${ratio} of width ${dim} leaves no channel; raise ratio or give r`);
}
