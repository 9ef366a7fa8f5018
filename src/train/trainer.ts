import type { TrainingHooks } from '../adapters/adapter';
import type { Gpu } from '../gpu/device';
import type { Segmenter } from '../models/segmenter';
import type { Layout, ParamCounts } from '../nn/params';
import { readParams } from '../nn/paramsIo';
import type { Schedule } from '../nn/schedule';
import { compile } from '../plan/compile';
import { bindLeaf, readLeaf } from '../plan/leaves';
import type { PlanData, PlanOptions } from '../plan/plan';
import type { Step, Ticket } from '../plan/step';
import { numel } from '../tensor/shape';
import { augmentBatch } from './augment';
import { augmentOff } from './augmentConfig';
import { clickKeys } from './clickKeys';
import { type Embeddings, encoderIsFrozen, makeEmbeddings } from './embeddings';
import { type Evaluated, type Evaluator, makeEvaluator } from './evaluator';
import { feed } from './feed';
import { halfOptions } from './lossScaling';
import { hyperOf } from './optimiser';
import { type StepGraph, tellDepth } from './slabSteps';
import { readResult, type StepResult } from './stepResult';
import { itemsPerStep, rateOf, type TrainConfig } from './trainConfig';
import { explainBad } from './trainError';
import { gradientGraph, type StepParts, trainingGraph, updateGraph } from './trainGraph';
import { type BatchArrays, batchArrays, fillBatch, rowsOf, shapeOf, type TrainItem } from './trainItem';
import {
  freeLeaves,
  readLeaves,
  savedLeaves,
  startLeaves,
  type TrainLeaves,
  trainLeaves,
  withAverage,
  withOthers,
} from './trainLeaves';
import { checkState, layoutText, type TrainState } from './trainState';

export type { StepResult };

/** Trains the trainable parameters of one model on one device. */
export interface Trainer {
  readonly counts: ParamCounts;
  /** Of a training step (of one batch of it, where it has several); `bytes` for reports. */
  readonly plan: PlanData;
  /** Steps handed to the GPU so far. */
  readonly step: number;
  /**
   * Hands one step to the GPU as soon as fewer than two are in flight; the promise gives its loss when it is done. One to
   * `itemsPerStep` items; fewer are repeated. Rejects with a TrainError when the loss is no number (parameters are then those
   * before that step). `lr` instead of the schedule's learning rate: for trials.
   */
  run(items: readonly TrainItem[], lr?: number): Promise<StepResult>;
  /** Masks and overlaps with the present parameters (their moving average, where there is one), in the order of `items`. */
  evaluate(items: readonly TrainItem[]): Promise<Evaluated[]>;
  /** The same after each of 0 … `clicks` correcting clicks: element k of the result is that of `evaluate` after k of them. */
  evaluateClicks(items: readonly TrainItem[], clicks: number): Promise<Evaluated[][]>;
  /** Runs `f` between two steps with trained parameters `p` (null: those of now). Later steps wait, and go on with theirs, bit for bit. */
  withParameters<T>(p: Float32Array | null, f: () => Promise<T>): Promise<T>;
  /** Waits for the steps in flight and reads everything that a later run needs to go on. */
  readState(): Promise<TrainState>;
  /** Goes on from `state`. Throws when it belongs to another model. */
  writeState(state: TrainState): void;
  /** Trained parameters by name, as evaluation uses them now. */
  readTrained(): Promise<Map<string, Float32Array>>;
  /** Frees plans and optimiser state; parameters stay. */
  destroy(): void;
}

/** Steps that may be in flight: the host prepares one while the GPU computes another. */
const IN_FLIGHT = 2;

/** Everything a trainer works with. */
interface Work extends StepParts {
  readonly gpu: Gpu;
  readonly rate: Schedule;
  readonly layout: Layout;
  readonly leaves: TrainLeaves;
  /** Where the image encoder is frozen. */
  readonly embeddings: Embeddings | null;
  /** Computes one batch's share, where a step has several. */
  readonly share: Step | null;
  readonly step: Step;
  readonly plan: PlanOptions;
  readonly evaluator: Evaluator;
  readonly arrays: BatchArrays;
  readonly inFlight: Promise<unknown>[];
  /** Settles when the step asked for last has been handed to the GPU. */
  gate: Promise<unknown>;
  done: number;
}

/**
 * A trainer for `sam`, whose parameters (adapter included) must have been uploaded to `gpu` (`uploadParams`). One compiled step, one submit
 * a step (and batch of it); no GPU object is created from the second step on. `hooks` are those of the attachments. Throws
 * GpuError 'limit' or 'memory' before anything is allocated.
 */
export async function makeTrainer(
  gpu: Gpu,
  sam: Segmenter,
  config: TrainConfig,
  options: PlanOptions = {},
  hooks: readonly TrainingHooks[] = [],
): Promise<Trainer> {
  const rate = rateOf(config);
  const plan = halfOptions(options, gpu.caps, config);
  const layout = sam.params.layout();
  const shape = shapeOf(config, sam.config);
  if (!layout.flat) throw new Error('train: nothing trains; attach an adapter or choose what trains');
  const frozen = config.keepEmbeddings && encoderIsFrozen(sam, shape, config);
  const embeddings = frozen ? await makeEmbeddings(gpu, sam, shape, plan) : null;
  const parts = { sam, shape, config, hooks, embedding: embeddings?.leaf ?? null };
  const leaves = trainLeaves(config, layout.total, hooks);
  const make = (graph: StepGraph) => compile(gpu, () => graph(parts, leaves), plan).catch(tellDepth(gpu, parts, plan));
  const share = config.accumulate > 1 ? await make(gradientGraph) : null;
  const step = await make(share ? updateGraph : trainingGraph);
  startLeaves(gpu, layout, leaves);
  const evaluator = makeEvaluator(gpu, sam, shape, plan, config.multimask, config.refine);
  const fixed = { ...parts, gpu, rate, layout, leaves, embeddings, share, step, plan, evaluator };
  return trainerOf({ ...fixed, arrays: batchArrays(shape), inFlight: [], gate: Promise.resolve(), done: 0 });
}

function trainerOf(w: Work): Trainer {
  const names = w.layout.slots.map((s) => s.name);
  // Steps that are asked for meanwhile wait: the parameters may be others.
  const between = <T>(f: () => Promise<T>): Promise<T> => {
    const result = w.gate.then(async () => {
      await Promise.all(w.inFlight);
      return f();
    });
    w.gate = settled(result);
    return result;
  };
  const averaged = <T>(f: () => Promise<T>) => between(() => withAverage(w.gpu, w.layout, w.leaves, f));
  return {
    counts: w.sam.params.counts(),
    plan: (w.share ?? w.step).plan,
    get step() {
      return w.done;
    },
    run: (items, lr) => run(w, items, lr),
    evaluate: (items) => averaged(() => w.evaluator.evaluate(items)),
    evaluateClicks: (items, clicks) => averaged(() => w.evaluator.evaluateClicks(items, clicks)),
    withParameters: (p, f) => between(() => withOthers(w.gpu, w.layout, p, f)),
    readState: () => readState(w),
    writeState: (state) => writeState(w, state),
    readTrained: () => averaged(() => readParams(w.sam.params, w.gpu, names)),
    destroy() {
      w.embeddings?.destroy();
      w.share?.destroy();
      w.step.destroy();
      w.evaluator.destroy();
      freeLeaves(w.gpu, w.leaves);
    },
  };
}

function run(w: Work, items: readonly TrainItem[], lr?: number): Promise<StepResult> {
  const submitted = w.gate.then(() => submit(w, items, lr));
  w.gate = settled(submitted);
  const result = submitted.then((s) => s.result);
  // The caller may look at this one only after later ones.
  result.catch(() => {});
  return result;
}

async function submit(w: Work, items: readonly TrainItem[], rate?: number): Promise<{ result: Promise<StepResult> }> {
  if (w.inFlight.length >= IN_FLIGHT) await w.inFlight.shift();
  const t = w.done;
  const lr = rate ?? w.rate(t);
  const last = { hyper: hyperOf(w.config, lr, t + 1), t: Float32Array.of(t + 1) };
  const batches = batchesOf(w, items);
  batches.forEach((part, k) => {
    const batch = inputsOf(w, part, t, k);
    w.embeddings?.fill(part, w.arrays);
    if (w.share) feed(w.share, { ...batch, first: Float32Array.of(k === 0 ? 1 : 0) });
    else Object.assign(last, batch);
  });
  const ticket = feed(w.step, last);
  w.done++;
  const result = finish(w, ticket, { step: w.done, lr }, batches);
  w.inFlight.push(settled(result));
  return { result };
}

/** The batches of a step. */
function batchesOf({ config, shape }: Work, items: readonly TrainItem[]): (readonly TrainItem[])[] {
  const most = itemsPerStep(config);
  if (!items.length || items.length > most) {
    throw new Error(`batch: ${items.length} items for ${most} rows; give 1 to ${most}`);
  }
  if (config.accumulate === 1) return [items];
  const rows = rowsOf(shape);
  return Array.from({ length: config.accumulate }, (_, k) =>
    Array.from({ length: rows }, (_, b) => items[(k * rows + b) % items.length]),
  );
}

/** Inputs of batch k of step t = 0, 1, …: they depend on nothing else. */
function inputsOf(
  w: Work,
  items: readonly TrainItem[],
  t: number,
  k: number,
): Record<string, Float32Array | Uint32Array> {
  const { config, shape, arrays } = w;
  const batch = t * config.accumulate + k;
  fillBatch(arrays, items, shape, w.sam.config.pixelMean);
  const changes = augmentOff(config.augment)
    ? {}
    : augmentBatch(config.augment, config.seed, batch, items, shape, arrays);
  return { ...arrays, ...changes, ...clickKeys(config, rowsOf(shape), batch) };
}

async function finish(
  w: Work,
  ticket: Ticket,
  at: { step: number; lr: number },
  batches: readonly (readonly TrainItem[])[],
): Promise<StepResult> {
  const result = await readResult(ticket, at, w.leaves.scaling !== null);
  const { loss, norm, scaling } = result;
  if (Number.isFinite(loss) && (Number.isFinite(norm) || scaling?.skipped)) return result;
  throw await explainBad(w, result, batches, (k) => inputsOf(w, batches[k], at.step - 1, k));
}

async function drain(w: Work): Promise<void> {
  await w.gate;
  await Promise.all(w.inFlight);
}

async function readState(w: Work): Promise<TrainState> {
  await drain(w);
  const p = (await readLeaf(w.gpu, w.layout.flat!)) as Float32Array<ArrayBuffer>;
  return { step: w.done, p, vectors: await readLeaves(w.gpu, w.leaves), layout: layoutText(w.layout) };
}

function writeState(w: Work, state: TrainState): void {
  const saved = savedLeaves(w.leaves);
  checkState(state, w.layout, new Map([...saved].map(([name, leaf]) => [name, numel(leaf.shape)])));
  bindLeaf(w.gpu, w.layout.flat!, state.p);
  for (const [name, leaf] of saved) bindLeaf(w.gpu, leaf, state.vectors[name]);
  bindLeaf(w.gpu, w.leaves.halted, Float32Array.of(0));
  w.done = state.step;
}

/** Resolves when `p` does or fails: somebody else is told which. */
async function settled(p: Promise<unknown>): Promise<void> {
  await p.catch(() => {});
}
