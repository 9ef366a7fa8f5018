import { attach } from '../../adapters/adapter';
import type { Gpu } from '../../gpu/device';
import { makePredictor, type Prediction, type SamPredictor } from '../../models/sam/predictor';
import type { Prompt } from '../../models/sam/prompt';
import type { Sam } from '../../models/sam/sam';
import type { Params } from '../../nn/params';
import { uploadParams } from '../../nn/paramsIo';
import { freeLeaf } from '../../plan/leaves';
import { ADAPTERS, type RunConfig } from '../configs';
import type { AdapterPlan, PromptPoint, Which } from '../protocol';
import { type Base, type Built, buildBase } from './base';
import type { Picture } from './picture';

/** A model on a device, with a predictor. */
export interface Model {
  readonly which: Which;
  readonly sam: Sam;
  readonly params: Params;
  readonly predictor: SamPredictor;
  /** Goes up whenever the parameters change: embeddings of earlier versions are stale. */
  version: number;
  /** Image and version whose embedding the predictor holds. */
  shown: string | null;
  /** Numbers of prompt tokens whose plans are compiled or being compiled, by image size. */
  readonly warm: Set<string>;
}

/** Builds the adapted model of a run without a device: for counting, and for `placeModel`. */
export function buildAdapted(base: Base, config: RunConfig): Built {
  const built = buildBase(base);
  const choice = ADAPTERS[config.adapter];
  attach(built.sam, choice.kind(config.options), choice.pattern);
  return built;
}

/** What would train. */
export function planOf({ params }: Built): AdapterPlan {
  const { trained, base, percent } = params.counts();
  return { trained, base, percent };
}

/** Uploads the parameters of a built model. */
export async function placeModel(gpu: Gpu, which: Which, { sam, params }: Built): Promise<Model> {
  await uploadParams(params, gpu);
  return { which, sam, params, predictor: makePredictor(gpu, sam), version: 0, shown: null, warm: new Set() };
}

/** Frees everything that a model has on the device. */
export function freeModel(gpu: Gpu, model: Model): void {
  model.predictor.destroy();
  const { flat } = model.params.layout();
  if (flat) freeLeaf(gpu, flat);
  for (const p of model.params.all()) if (!p.trainable) freeLeaf(gpu, model.params.leaf(p.name));
}

/** Gives the predictor the embedding of `picture`: kept, put back, or computed. True when nothing had to be computed. */
export async function embed(model: Model, picture: Picture): Promise<boolean> {
  const { version, which, predictor } = model;
  const key = `${picture.info.id}@${version}`;
  if (model.shown === key) return true;
  model.shown = null;
  const known = picture.embeddings.get(which);
  if (known?.version === version) {
    predictor.setEmbedding(known.data, [picture.input.height, picture.input.width], picture.original);
  } else {
    await predictor.setImage(picture.input, picture.original);
    picture.embeddings.set(which, { version, data: await predictor.embedding() });
  }
  model.shown = key;
  return known?.version === version;
}

/** Masks of `model` for points on `picture`, whose embedding is put in place first. */
export async function predict(
  model: Model,
  picture: Picture,
  points: readonly PromptPoint[],
  multimask: boolean,
): Promise<Prediction> {
  await embed(model, picture);
  model.warm.add(warmKey(picture, tokensFor(points.length)));
  return model.predictor.predict(paddedPrompt(points), multimask);
}

/** Tokens that a prompt of `count` points takes: with SAM's padding point 2, 4, 8, … */
function tokensFor(count: number): number {
  let tokens = 2;
  while (tokens < count + 1) tokens *= 2;
  return tokens;
}

const warmKey = (picture: Picture, tokens: number) => [...picture.original, tokens].join();

/** A prompt that makes the plan for one more point be compiled before it is needed; null when it is, or when that is far off. */
export function nextToWarm(model: Model, picture: Picture, count: number): readonly PromptPoint[] | null {
  const tokens = tokensFor(count + 1);
  if (tokens > 8 || model.warm.has(warmKey(picture, tokens))) return null;
  return Array.from({ length: count + 1 }, () => ({ x: 0, y: 0, label: 1 as const }));
}

/**
 * The prompt, filled with points that say nothing (label −1) to 2, 4, 8, … tokens: every number of tokens is a plan of
 * its own, and compiling one can take far longer than running it.
 */
export function paddedPrompt(points: readonly PromptPoint[]): Prompt {
  const idle = tokensFor(points.length) - 1 - points.length;
  const filler = Array.from({ length: idle }, () => [0, 0] as const);
  return {
    points: [...points.map((p) => [p.x, p.y] as const), ...filler],
    labels: [...points.map((p) => p.label), ...filler.map(() => -1)],
  };
}
