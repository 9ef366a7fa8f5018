/** Looking inside models: the engine's answers for attention, activations and generated weights. */
import { attach } from '../../adapters/adapter';
import { hypAdpt } from '../../adapters/hypAdpt';
import type { Gpu } from '../../gpu/device';
import { planarImage } from '../../models/sam/planarImage';
import { packPrompts } from '../../models/sam/prompt';
import type { Prompt } from '../document/document';
import type { Activation, AttentionMap, GeneratedLook, GeneratedMatrix, InsidePart } from '../insideProtocol';
import type { ArgsOf, Which } from '../protocol';
import type { AttentionParts } from './attentionRow';
import { type Base, buildBase } from './base';
import { type Desk, embeddingAt } from './decode';
import { activationOf, attentionMap, cellOf, gridOf, matrixOf, partsFrom, partsOf } from './insideMaps';
import {
  adapterActsIn,
  attentionIn,
  decoderActs,
  encoderActs,
  generatedIn,
  makePlanSlot,
  runInside,
} from './insidePlans';
import { type Model, paddedPrompt, placeModel } from './model';
import type { Picture } from './picture';

/** What is asked of the engine, with what is kept between two looks. */
export interface Inside {
  parts(desk: Desk, which: Which): readonly InsidePart[];
  attention(desk: Desk, a: ArgsOf<'attention'>): Promise<AttentionMap>;
  activations(desk: Desk, a: ArgsOf<'activations'>): Promise<readonly Activation[]>;
  weights(desk: Desk, a: ArgsOf<'weights'>): Promise<GeneratedLook>;
}

interface Kept {
  readonly attention: ReturnType<typeof makePlanSlot>;
  readonly activations: ReturnType<typeof makePlanSlot>;
  readonly weights: ReturnType<typeof makePlanSlot>;
  /** Of the part and image looked at last: a moving pointer asks for other tokens of the same. */
  seen: { readonly key: string; readonly model: Model; readonly parts: AttentionParts } | null;
  untrained: { readonly gpu: Gpu; readonly model: Promise<Model> } | null;
}

/** Nothing has been looked at yet. */
export function makeInside(): Inside {
  const kept: Kept = {
    ...{ attention: makePlanSlot(), activations: makePlanSlot(), weights: makePlanSlot() },
    ...{ seen: null, untrained: null },
  };
  return {
    parts: (desk, which) => partsOf(desk.model(which)),
    attention: (desk, a) => desk.inTurn(a.which, () => attention(kept, desk, a)),
    activations: (desk, a) => desk.inTurn(a.which, () => activations(kept, desk, a)),
    weights: (desk, a) => desk.inTurn(a.which, () => weights(kept, desk, a)),
  };
}

const pictureOf = (desk: Desk, at: ArgsOf<'attention'>['at']): Picture =>
  desk.pictures.at(desk.cases.get(at.case), at, desk.base.info.imgSize);

const imageOf = ({ sam }: Model, { input }: Picture): Float32Array =>
  planarImage(input, sam.config.imageEncoder.imgSize, sam.config.pixelMean);

async function attention(kept: Kept, desk: Desk, a: ArgsOf<'attention'>): Promise<AttentionMap> {
  const model = desk.model(a.which);
  const picture = pictureOf(desk, a.at);
  const grid = gridOf(model, a.part);
  const key = JSON.stringify([picture.id, model.version, a.part]);
  if (kept.seen?.key !== key || kept.seen.model !== model) {
    const build = () => attentionIn(encoderActs(model), a.part);
    const plan = await kept.attention.plan(desk.gpu, model, a.part, build);
    if (!plan) throw new Error(`${a.part} has no attention over the image to be shown; choose a block of the encoder`);
    const found = await runInside(plan, { image: imageOf(model, picture) });
    kept.seen = { key, model, parts: partsFrom(found, plan.shapes) };
  }
  return attentionMap(kept.seen.parts, grid, cellOf(model, picture), a);
}

async function activations(kept: Kept, desk: Desk, a: ArgsOf<'activations'>): Promise<readonly Activation[]> {
  const model = desk.model(a.which);
  const picture = pictureOf(desk, a.at);
  const given = a.part.startsWith('mask_decoder') ? promptInputs(model, picture, a.prompt) : null;
  const tokens = given?.labels.length ?? 0;
  const build = () => adapterActsIn(model, given ? decoderActs(model, tokens) : encoderActs(model), a.part);
  const plan = await kept.activations.plan(desk.gpu, model, `${a.part} ${tokens}`, build);
  if (!plan) return [];
  const embedding = given && (await embeddingAt(desk, a.at, model));
  const found = await runInside(plan, embedding ? { ...given, embedding } : { image: imageOf(model, picture) });
  const [grid, cell] = [gridOf(model, a.part), cellOf(model, picture)];
  return [...found].map(([path, values]) => activationOf(path, values, plan.shapes.get(path)!, grid, cell));
}

async function weights(kept: Kept, desk: Desk, a: ArgsOf<'weights'>): Promise<GeneratedLook> {
  const own = a.which === 'adapted' ? await generated(kept, desk, a, desk.model('adapted')) : null;
  if (own) return { trained: true, matrices: own };
  if (kept.untrained?.gpu !== desk.gpu) kept.untrained = { gpu: desk.gpu, model: freshHyper(desk.gpu, desk.base) };
  return { trained: false, matrices: (await generated(kept, desk, a, await kept.untrained.model)) ?? [] };
}

/** HyP-Adpt as it starts, on the base: so that there is something to be seen before anything was trained. */
function freshHyper(gpu: Gpu, base: Base): Promise<Model> {
  const built = buildBase(base);
  attach(built.sam, hypAdpt());
  return placeModel(gpu, 'base', built);
}

/** The matrices that a model generates; null when it has no adapter that does. */
async function generated(
  kept: Kept,
  desk: Desk,
  { at, prompt }: ArgsOf<'weights'>,
  model: Model,
): Promise<readonly GeneratedMatrix[] | null> {
  const given = promptInputs(model, pictureOf(desk, at), prompt);
  const tokens = given.labels.length;
  const build = () => generatedIn(decoderActs(model, tokens));
  const plan = await kept.weights.plan(desk.gpu, model, String(tokens), build);
  if (!plan) return null;
  // Weights for all tokens of a prompt depend on the prompt alone.
  const wants = plan.step.plan.inputs.some((t) => t.leaf?.name === 'embedding');
  const found = await runInside(plan, wants ? { ...given, embedding: await embeddingAt(desk, at, model) } : given);
  return [...found].map(([name, values]) => matrixOf(name, values, plan.shapes.get(name)!));
}

/** A prompt as the decoder's plan takes it. */
function promptInputs(model: Model, { original, input }: Picture, prompt: Prompt) {
  const [h, w] = model.sam.config.promptEncoder.imageEmbeddingSize;
  const { points, labels } = packPrompts([paddedPrompt(prompt)], original, [input.height, input.width], [4 * h, 4 * w]);
  return { points, labels };
}
