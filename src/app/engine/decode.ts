import { stabilityScore } from '../../data/automaticMask';
import type { Gpu } from '../../gpu/device';
import type { GpuLogits, Prediction } from '../../models/sam/predictor';
import { packMask } from '../document/runs';
import type { ArgsOf, ModelPlace, PredictionInfo, Which } from '../protocol';
import type { CallContext } from '../rpc';
import type { Base } from './base';
import type { Cases, EngineCase } from './cases';
import { watchCompiles } from './compileWatch';
import { Cancelled } from './describe';
import { type EmbeddingStore, embeddingName } from './embeddingStore';
import { embed, type Kept, type Model, nextToWarm, paddedPrompt, predict } from './model';
import type { Picture, Pictures } from './picture';
import { refine as refined } from './refine';
import type { Views } from './views';

/** What answering prompts needs. */
export interface Desk {
  readonly gpu: Gpu;
  readonly base: Base;
  readonly cases: Cases;
  readonly pictures: Pictures;
  readonly views: Views;
  readonly store: EmbeddingStore;
  readonly model: (which: Which) => Model;
  /**
   * Waits for its turn: predictors serve one prompt at a time. What asks the adapter runs between two training steps; the base is another
   * model, and its work may run beside one.
   */
  readonly inTurn: <T>(which: Which, work: () => Promise<T>) => Promise<T>;
  /** A run is training: it has better use for the device than plans for prompts that may never come. */
  readonly training: () => boolean;
  /** Told after each answer: time for what should not make the first one wait. */
  readonly answered: () => void;
}

/** Computes a slice's embedding, or finds it, and compiles what the first click will need. */
export async function embedAt(desk: Desk, at: ModelPlace, which: Which, context: CallContext) {
  const began = performance.now();
  const compiling = (done: number, total: number) =>
    context.progress({ kind: 'work', what: 'Compiling shaders', done, total });
  const c = desk.cases.get(at.case);
  const cached = await desk.inTurn(which, () =>
    watchCompiles(desk.gpu, compiling, async () => {
      // Who scrolls through a volume leaves most slices before their turn has come.
      if (context.signal.aborted) return false;
      const model = desk.model(which);
      const picture = desk.pictures.at(c, at, desk.base.info.imgSize);
      const known = await embed(model, picture, () => keptAt(desk, c, at, which));
      const [height, width] = picture.original;
      const middle = { points: [{ x: width / 2, y: height / 2, label: 1 as const }], box: null, choice: null };
      if (!known || !model.warm.size) await predict(model, picture, middle, false);
      return known;
    }),
  );
  return { ms: performance.now() - began, cached };
}

/** Answers a prompt: from what is held under its key, else by the model. */
export async function predictAt(desk: Desk, a: ArgsOf<'predict'>): Promise<PredictionInfo> {
  const known = desk.views.proposals?.get(a.key)?.info;
  if (!known) return desk.inTurn(a.which, () => decode(desk, a));
  desk.views.redraw();
  return known;
}

async function decode(desk: Desk, a: ArgsOf<'predict'>): Promise<PredictionInfo> {
  const { key, at, which, prompt, multimask, refine } = a;
  const began = performance.now();
  const c = desk.cases.get(at.case);
  const model = desk.model(which);
  const picture = desk.pictures.at(c, at, desk.base.info.imgSize);
  await embed(model, picture, () => keptAt(desk, c, at, which));
  const gpuTime = timeGpu(desk.gpu);
  const onGpu = (logits: GpuLogits) => {
    gpuTime.submitted();
    // Drawn from where it was computed, before anything is read back.
    desk.views.proposals?.add(key, logits);
    desk.views.redraw();
  };
  const p = refine
    ? await refined(model, picture, prompt, { masks: refine, onGpu })
    : await predict(model, picture, prompt, multimask, { onGpu });
  const info = { ...infoOf(p), gpuMs: await gpuTime.ms(), ms: performance.now() - began };
  const proposal = desk.views.proposals?.get(key);
  if (proposal) Object.assign(proposal, { info, best: info.iou.indexOf(Math.max(...info.iou)) });
  desk.views.redraw();
  warmNext(desk, model, picture, a);
  desk.answered();
  return info;
}

/** The slice's embedding by `model`, computed where it is not there. In turn with everything else that predicts. */
export async function embeddingAt(desk: Desk, at: ModelPlace, model: Model): Promise<Float32Array> {
  const c = desk.cases.get(at.case);
  const picture = desk.pictures.at(c, at, desk.base.info.imgSize);
  await embed(model, picture, () => keptAt(desk, c, at, model.which));
  return picture.embeddings.get(model.which)!.data;
}

/** Milliseconds from a submit until the GPU is done with it. */
function timeGpu({ device }: Gpu) {
  let taken: Promise<number> = Promise.resolve(0);
  return {
    submitted() {
      const began = performance.now();
      taken = device.queue.onSubmittedWorkDone().then(() => performance.now() - began);
    },
    ms: () => taken,
  };
}

function infoOf(p: Prediction): Omit<PredictionInfo, 'ms' | 'gpuMs'> {
  const [height, width] = p.size;
  const length = height * width;
  const each = Array.from({ length: p.n }, (_, i) => i * length);
  return {
    ...{ n: p.n, width, height, iou: new Float32Array(p.iou) },
    masks: each.map((from) => packMask(p.masks, from, length)),
    stability: each.map((from) => stabilityScore(p.logits, { from, length })),
  };
}

/** Compiles what one more click will need, while the person looks at the mask. */
function warmNext(
  desk: Desk,
  model: Model,
  picture: Picture,
  { at, prompt, multimask, refine }: ArgsOf<'predict'>,
): void {
  const next = nextToWarm(model, picture, prompt, refine !== undefined);
  if (!next || desk.training()) return;
  const work = async () => {
    if (!desk.cases.has(at.case)) return;
    await embed(model, picture, () => keptAt(desk, desk.cases.get(at.case), at, model.which));
    const [h, w] = model.sam.config.promptEncoder.imageEmbeddingSize;
    await predict(model, picture, next, multimask, { maskInput: refine ? new Float32Array(16 * h * w) : null });
  };
  void desk.inTurn(model.which, work).catch(() => {});
}

/** The mask that one click would give, left on the GPU to be drawn. */
export function previewAt(
  desk: Desk,
  { key, at, which, point, multimask }: ArgsOf<'preview'>,
  { signal }: CallContext,
) {
  return desk.inTurn(which, async () => {
    if (signal.aborted) throw new Cancelled();
    const began = performance.now();
    const c = desk.cases.get(at.case);
    const model = desk.model(which);
    const picture = desk.pictures.at(c, at, desk.base.info.imgSize);
    await embed(model, picture, () => keptAt(desk, c, at, which));
    const prompt = paddedPrompt({ points: [point], box: null });
    const iou = await model.predictor.glance(prompt, multimask, (logits) => desk.views.proposals?.add(key, logits));
    const best = iou.indexOf(Math.max(...iou));
    const proposal = desk.views.proposals?.get(key);
    if (proposal) proposal.best = best;
    return { iou: iou[best], ms: performance.now() - began };
  });
}

/** Where the embedding is kept on disk: only those of the base, whose weights are known. */
export async function keptAt(
  { base, store }: Desk,
  { info }: EngineCase,
  at: ModelPlace,
  which: Which,
): Promise<Kept | null> {
  if (which !== 'base' || !base.fingerprint) return null;
  const parts = [base.fingerprint, String(base.info.imgSize), info.hash, info.dims.join(), at.plane, String(at.slice)];
  return { store, name: await embeddingName([...parts, at.window.join()]) };
}
