import * as v from 'valibot';
import { capture } from '../nn/capture';
import { at, type Build, type Layer, type Module } from '../nn/module';
import { defineAdapter, layer1, type Place, widthOf } from './adapter';
import { Bottleneck, type BottleneckConfig, parallelLayer } from './bottleneck';

/** Options of Med-SA's adapters of an encoder block; the defaults are the paper's. */
export const MEDSA_OPTIONS = {
  /** Width of the bottleneck as a part of the tokens' width; rounded down. */
  ratio: v.optional(v.pipe(v.number(), v.gtValue(0), v.maxValue(4)), 0.25),
  /** Width of the bottleneck in channels; overrides `ratio`. */
  r: v.optional(v.nullable(v.pipe(v.number(), v.integer(), v.minValue(1))), null),
  act: v.optional(v.picklist(['relu', 'gelu']), 'relu'),
  /** Factor s of the MLP adapter; where it starts when it is learnt. */
  scale: v.optional(v.pipe(v.number(), v.finite()), 0.5),
  /** One learnable s per block. */
  learnScale: v.optional(v.boolean(), false),
  /** Start of Up: zeros (the model is unchanged at first) or torch's default (as published). */
  init: v.optional(v.picklist(['zero', 'default']), 'zero'),
  /** The adapter after attention. */
  space: v.optional(v.boolean(), true),
  /** The adapter beside the MLP. */
  mlp: v.optional(v.boolean(), true),
  /** As the published code: inside the windows, with a depth adapter that 2-D images do not use. */
  release: v.optional(v.boolean(), false),
};

const schema = v.strictObject(MEDSA_OPTIONS);

/** The options, complete. */
export type MedsaConfig = v.InferOutput<typeof schema>;

/**
 * Med-SA's two adapters of an encoder block: `Space_Adapter` after attention (sequential, with skip) and `MLP_Adapter`
 * beside the MLP
 * (parallel, times s). Attach to `image_encoder.blocks.*`.
 */
export const medsa = defineAdapter('medsa', 'image_encoder.blocks.*', schema, (config) => {
  const places: Record<string, Place> = {};
  if (config.space) places[config.release ? 'attn' : 'space_attn'] = (self, build) => spaceLayer(self, build, config);
  if (config.mlp) places.mlp = (self, build) => mlpLayer(self, build, config);
  return { identityAtInit: config.init === 'zero', places };
});

/** The options that reproduce the published code; the base must be built with `releaseConfig`. */
export const MEDSA_RELEASE = { act: 'gelu', init: 'default', release: true } as const;

function spaceLayer(self: Module, build: Build, config: MedsaConfig): Layer {
  const space = new Bottleneck(at(build, 'Space_Adapter'), bottleneckOf(self, config, true));
  // Part of every published checkpoint; used by the volume branch only.
  if (config.release) new Bottleneck(at(build, 'Depth_Adapter'), bottleneckOf(self, config, false));
  return layer1((next, x) => {
    const s = space.call(next(x));
    capture(`${build.path}.S`, s);
    return s;
  });
}

/** MLP(x) + s · Up(act(Down(x))) around the MLP of a block, with `MLP_Adapter` below `build`. */
export function mlpLayer(self: Module, build: Build, config: MedsaConfig): Layer {
  return parallelLayer(at(build, 'MLP_Adapter'), bottleneckOf(self, config, false), config);
}

/** A bottleneck for the tokens of `self`. Throws when `ratio` leaves no channel. */
export function bottleneckOf(self: Module, config: MedsaConfig, skip: boolean): BottleneckConfig {
  const dim = widthOf(self);
  const r = config.r ?? Math.floor(dim * config.ratio);
  if (r < 1)
    throw new Error(
      `adapter: ratio ${config.ratio} of width ${dim} at ${self.path} leaves no channel; raise ratio or give r`,
    );
  return { dim, r, act: config.act, skip, upInit: config.init };
}
