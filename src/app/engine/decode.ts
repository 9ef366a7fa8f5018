import type { Gpu } from '../../gpu/device';
import { packMask } from '../document/runs';
import type { ArgsOf, ModelPlace, PredictionInfo, Which } from '../protocol';
import type { CallContext } from '../rpc';
import type { Base } from './base';
import type { Cases, EngineCase } from './cases';
import { watchCompiles } from './compileWatch';
import { type EmbeddingStore, embeddingName } from './embeddingStore';
import { embed, type Kept, type Model, nextToWarm, predict } from './model';
import type { Pictures } from './picture';
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
  /** Waits for its turn: predictors serve one prompt at a time. A training step may run between two turns. */
  readonly inTurn: <T>(work: () => Promise<T>) => Promise<T>;
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
  const cached = await desk.inTurn(() =>
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
  if (!known) return desk.inTurn(() => decode(desk, a));
  desk.views.redraw();
  return known;
}

async function decode(desk: Desk, { key, at, which, prompt, multimask }: ArgsOf<'predict'>): Promise<PredictionInfo> {
  const began = performance.now();
  const c = desk.cases.get(at.case);
  const model = desk.model(which);
  const picture = desk.pictures.at(c, at, desk.base.info.imgSize);
  await embed(model, picture, () => keptAt(desk, c, at, which));
  let gpuMs = 0;
  const p = await predict(model, picture, prompt, multimask, (logits) => {
    const submitted = performance.now();
    void desk.gpu.device.queue.onSubmittedWorkDone().then(() => {
      gpuMs = performance.now() - submitted;
    });
    // Drawn from where it was computed, before anything is read back.
    desk.views.proposals?.add(key, logits);
    desk.views.redraw();
  });
  const [height, width] = p.size;
  const n = height * width;
  const masks = Array.from({ length: p.n }, (_, i) => packMask(p.masks, i * n, n));
  const info = { n: p.n, width, height, masks, iou: new Float32Array(p.iou), ms: performance.now() - began, gpuMs };
  const proposal = desk.views.proposals?.get(key);
  if (proposal) proposal.info = info;
  desk.views.redraw();
  const next = nextToWarm(model, picture, prompt);
  // While the person looks at the mask.
  if (next && !desk.training()) void desk.inTurn(() => warm(desk, model, at, next, multimask)).catch(() => {});
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

async function warm(desk: Desk, model: Model, at: ModelPlace, next: Parameters<typeof predict>[2], multimask: boolean) {
  if (!desk.cases.has(at.case)) return;
  const c = desk.cases.get(at.case);
  const picture = desk.pictures.at(c, at, desk.base.info.imgSize);
  await embed(model, picture, () => keptAt(desk, c, at, model.which));
  await predict(model, picture, next, multimask);
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
