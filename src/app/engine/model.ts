import { buildModel, type ExperimentModel } from '../../data/experiment/experimentModel';
import type { Gpu } from '../../gpu/device';
import { type GpuLogits, makePredictor, type Prediction, type SamPredictor } from '../../models/sam/predictor';
import type { Prompt } from '../../models/sam/prompt';
import type { Sam } from '../../models/sam/sam';
import type { Params } from '../../nn/params';
import { uploadParams } from '../../nn/paramsIo';
import { freeLeaf } from '../../plan/leaves';
import type { RunConfig } from '../configs';
import { type Prompt as CasePrompt, NO_PROMPT, type PromptPoint } from '../document/document';
import type { Which } from '../protocol';
import type { AdapterPlan } from '../runProtocol';
import type { Base, Built } from './base';
import type { EmbeddingStore } from './embeddingStore';
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

/** Builds the adapted model of a run without a device: for counting, planning, and for `placeModel`. */
export function buildRun({ config, source }: Base, run: RunConfig): ExperimentModel {
  return buildModel(run.experiment, { config, source });
}

/** What would train. */
export function planOf({ sam: { params } }: Pick<Built, 'sam'>): AdapterPlan {
  const { trained, base, percent } = params.counts();
  return { trained, base, percent };
}

/** Versions that one model may go through. */
const VERSIONS = 2 ** 24;
let placed = 0;

/** Uploads the parameters of a built model. */
export async function placeModel(gpu: Gpu, which: Which, { sam, params }: Built): Promise<Model> {
  await uploadParams(params, gpu);
  // No two models share a version: what was computed with one is stale for the other.
  const version = VERSIONS * ++placed;
  return { which, sam, params, predictor: makePredictor(gpu, sam), version, shown: null, warm: new Set() };
}

/** Frees everything that a model has on the device. */
export function freeModel(gpu: Gpu, model: Model): void {
  model.predictor.destroy();
  freeParams(gpu, model.params);
}

/** Frees parameters that were uploaded. */
export function freeParams(gpu: Gpu, params: Params): void {
  const { flat } = params.layout();
  if (flat) freeLeaf(gpu, flat);
  for (const p of params.all()) if (!p.trainable) freeLeaf(gpu, params.leaf(p.name));
}

/** Where embeddings of the base are kept beyond this session; null: nowhere. */
export interface Kept {
  readonly store: EmbeddingStore;
  readonly name: string;
}

/**
 * Gives the predictor the embedding of `picture`: still there, kept in memory or on disk, or computed. True when nothing
 * had to be computed.
 */
export async function embed(model: Model, picture: Picture, kept: () => Promise<Kept | null>): Promise<boolean> {
  const { version, which, predictor } = model;
  const key = `${picture.id}@${version}`;
  if (model.shown === key) return true;
  model.shown = null;
  const known = picture.embeddings.get(which);
  const place = known?.version === version ? null : await kept();
  const found = known?.version === version ? known.data : await place?.store.read(place.name);
  if (found && found.length === model.sam.config.promptEncoder.embedDim * areaOf(model)) {
    predictor.setEmbedding(found, [picture.input.height, picture.input.width], picture.original);
    picture.embeddings.set(which, { version, data: found });
  } else {
    await predictor.setImage(picture.input, picture.original);
    const data = await predictor.embedding();
    picture.embeddings.set(which, { version, data });
    if (place) void place.store.write(place.name, data);
  }
  model.shown = key;
  return Boolean(found);
}

function areaOf({ sam }: Model): number {
  const [h, w] = sam.config.promptEncoder.imageEmbeddingSize;
  return h * w;
}

/** What may go with a prompt. */
export interface PredictOptions {
  /** Logits of an earlier mask at the decoder's resolution. */
  readonly maskInput?: Float32Array | null;
  readonly onGpu?: (logits: GpuLogits) => void;
}

/** Masks of `model` for a prompt on `picture`, whose embedding must be in place. */
export async function predict(
  model: Model,
  picture: Picture,
  prompt: CasePrompt,
  multimask: boolean,
  { maskInput = null, onGpu }: PredictOptions = {},
): Promise<Prediction> {
  model.warm.add(warmKey(picture, tokensFor(prompt), maskInput !== null));
  const given = maskInput ? { maskInput } : {};
  return model.predictor.predict({ ...paddedPrompt(prompt), ...given }, multimask, onGpu);
}

/** Tokens that a prompt takes: corners of a box, or SAM's padding point, are among the 2, 4, 8, … */
function tokensFor({ points, box }: Pick<CasePrompt, 'points' | 'box'>): number {
  let tokens = 2;
  while (tokens < points.length + (box ? 2 : 1)) tokens *= 2;
  return tokens;
}

const warmKey = (picture: Picture, tokens: number, withMask: boolean) => [...picture.original, tokens, withMask].join();

/**
 * A prompt that makes the plan for one more point, with a mask input or without, be compiled before it is needed; null when
 * it is, or when that is far off.
 */
export function nextToWarm(model: Model, picture: Picture, prompt: CasePrompt, withMask = false): CasePrompt | null {
  const points: PromptPoint[] = Array.from({ length: prompt.points.length + 1 }, () => ({ x: 0, y: 0, label: 1 }));
  const next = { ...NO_PROMPT, points, box: prompt.box };
  const tokens = tokensFor(next);
  return tokens > 8 || model.warm.has(warmKey(picture, tokens, withMask)) ? null : next;
}

/**
 * The prompt, filled with points that say nothing (label −1) to 2, 4, 8, … tokens: every number of tokens is a plan of
 * its own, and compiling one can take far longer than running it.
 */
export function paddedPrompt({ points, box }: Pick<CasePrompt, 'points' | 'box'>): Prompt {
  const idle = tokensFor({ points, box }) - (box ? 2 : 1) - points.length;
  const filler = Array.from({ length: idle }, () => [0, 0] as const);
  return {
    points: [...points.map((p) => [p.x, p.y] as const), ...filler],
    labels: [...points.map((p) => p.label), ...filler.map(() => -1)],
    ...(box ? { box } : {}),
  };
}
