import type { TrainingHooks } from '../adapters/adapter';
import type { Gpu } from '../gpu/device';
import type { Sam } from '../models/sam/sam';
import type { Layout, ParamCounts } from '../nn/params';
import { readParams } from '../nn/paramsIo';
import type { Schedule } from '../nn/schedule';
import { adamHyper } from '../ops/optim';
import { compile } from '../plan/compile';
import { bindLeaf, freeLeaf, readLeaf } from '../plan/leaves';
import type { PlanData, PlanOptions } from '../plan/plan';
import type { Step, Ticket } from '../plan/step';
import type { Leaf } from '../tensor/tensor';
import { augmentOff } from './augmentConfig';
import { type Evaluated, type Evaluator, makeEvaluator } from './evaluator';
import { rateOf, TRAIN_DEFAULTS, type TrainConfig } from './trainConfig';
import { explainBad } from './trainError';
import { type TrainLeaves, trainingGraph, trainLeaves } from './trainGraph';
import { type BatchArrays, type BatchShape, batchArrays, fillBatch, type TrainItem } from './trainItem';
import { checkState, layoutText, type TrainState } from './trainState';

/** What one step gave. */
export interface StepResult {
  /** Number of the step, from 1. */
  readonly step: number;
  readonly loss: number;
  /** Norm of the gradient before clipping. */
  readonly norm: number;
  readonly lr: number;
}

/** Trains the trainable parameters of one model on one device. */
export interface Trainer {
  readonly counts: ParamCounts;
  /** Of a training step; `bytes` for reports. */
  readonly plan: PlanData;
  /** Steps handed to the GPU so far. */
  readonly step: number;
  /**
   * Hands one step to the GPU as soon as fewer than two are in flight; the promise gives its loss when it is done. One to `batch` items;
   * fewer are repeated. Rejects with a TrainError when the loss is no number (parameters are then those before that step).
   */
  run(items: readonly TrainItem[]): Promise<StepResult>;
  /** Masks and overlaps with the present parameters, in the order of `items`. */
  evaluate(items: readonly TrainItem[]): Promise<Evaluated[]>;
  /** Waits for the steps in flight and reads everything that a later run needs to go on. */
  readState(): Promise<TrainState>;
  /** Goes on from `state`. Throws when it belongs to another model. */
  writeState(state: TrainState): void;
  /** Trained parameters by name, as they are now. */
  readTrained(): Promise<Map<string, Float32Array>>;
  /** Frees plans and optimiser state; parameters stay. */
  destroy(): void;
}

/** Steps that may be in flight: the host prepares one while the GPU computes another. */
const IN_FLIGHT = 2;

/** Everything a trainer works with. */
interface Work {
  readonly gpu: Gpu;
  readonly sam: Sam;
  readonly config: TrainConfig;
  readonly rate: Schedule;
  readonly layout: Layout;
  readonly shape: BatchShape;
  readonly leaves: TrainLeaves;
  readonly step: Step;
  readonly plan: PlanOptions;
  readonly evaluator: Evaluator;
  /** One set for each step in flight: those of a step that turns out bad are still there when it is looked into. */
  readonly arrays: readonly BatchArrays[];
  readonly inFlight: Promise<unknown>[];
  /** Settles when the step asked for last has been handed to the GPU. */
  gate: Promise<unknown>;
  done: number;
}

/**
 * A trainer for `sam`, whose parameters (adapter included) must have been uploaded to `gpu` (`uploadParams`). One compiled step, one submit
 * a step; no GPU object is created from the second step on. `hooks` are those of the attachments. Throws GpuError 'limit' or 'memory' before anything is allocated.
 */
export async function makeTrainer(
  gpu: Gpu,
  sam: Sam,
  config: TrainConfig,
  plan: PlanOptions = {},
  hooks: readonly TrainingHooks[] = [],
): Promise<Trainer> {
  const rate = rateOf(config);
  refuseUnknown(config, hooks);
  const layout = sam.params.layout();
  const { batch, depth, points } = config;
  const shape = { batch, depth, side: sam.config.imageEncoder.imgSize, points, maskSide: 0 };
  const leaves = trainLeaves(layout.total);
  const step = await compile(gpu, () => trainingGraph(sam, shape, config, leaves), plan);
  const evaluator = makeEvaluator(gpu, sam, shape, plan);
  const arrays = Array.from({ length: IN_FLIGHT }, () => batchArrays(shape));
  const fixed = { gpu, sam, config, rate, layout, shape, leaves, step, plan, evaluator, arrays };
  return trainerOf({ ...fixed, inFlight: [], gate: Promise.resolve(), done: 0 });
}

/** Options that the step does not know yet. */
function refuseUnknown(c: TrainConfig, hooks: readonly TrainingHooks[]): void {
  const d = TRAIN_DEFAULTS;
  const keys = [
    'accumulate',
    'rounds',
    'posWeight',
    'iouWeight',
    'multimask',
    'optimiser',
    'ema',
    'decay',
    'maskPrompts',
  ] as const;
  const other = keys.find((k) => c[k] !== d[k]);
  if (other) throw new Error(`train: ${other} ${c[other]} is not possible yet`);
  if (!augmentOff(c.augment)) throw new Error('train: augmentation is not possible yet');
  if (hooks.some((h) => h.penalty || h.update)) throw new Error('train: training hooks are not possible yet');
}

function trainerOf(w: Work): Trainer {
  return {
    counts: w.sam.params.counts(),
    plan: w.step.plan,
    get step() {
      return w.done;
    },
    run: (items) => run(w, items),
    async evaluate(items) {
      await drain(w);
      return w.evaluator.evaluate(items);
    },
    readState: () => readState(w),
    writeState: (state) => writeState(w, state),
    async readTrained() {
      await drain(w);
      return readParams(
        w.sam.params,
        w.gpu,
        w.layout.slots.map((s) => s.name),
      );
    },
    destroy() {
      w.step.destroy();
      w.evaluator.destroy();
      for (const leaf of [w.leaves.m, w.leaves.v, w.leaves.halted]) freeLeaf(w.gpu, leaf);
    },
  };
}

function run(w: Work, items: readonly TrainItem[]): Promise<StepResult> {
  const submitted = w.gate.then(() => submit(w, items));
  w.gate = settled(submitted);
  const result = submitted.then((s) => s.result);
  // The caller may look at this one only after later ones.
  result.catch(() => {});
  return result;
}

async function submit(w: Work, items: readonly TrainItem[]): Promise<{ result: Promise<StepResult> }> {
  if (w.inFlight.length >= IN_FLIGHT) await w.inFlight.shift();
  const batch = w.arrays[w.done % IN_FLIGHT];
  fillBatch(batch, items, w.shape, w.sam.config.pixelMean);
  const lr = w.rate(w.done);
  const { image, target, points, labels } = batch;
  const ticket = w.step.run({ image, target, points, labels, hyper: adamHyper(lr, w.done + 1) });
  w.done++;
  const result = finish(w, ticket, { step: w.done, lr }, items, batch);
  w.inFlight.push(settled(result));
  return { result };
}

async function finish(
  w: Work,
  ticket: Ticket,
  at: { step: number; lr: number },
  items: readonly TrainItem[],
  batch: BatchArrays,
): Promise<StepResult> {
  const [[loss], [norm]] = await Promise.all([ticket.read('loss'), ticket.read('norm')]);
  if (Number.isFinite(loss) && Number.isFinite(norm)) return { ...at, loss, norm };
  throw await explainBad({ ...w, loss: w.config.loss }, { ...at, loss, norm }, items, batch);
}

async function drain(w: Work): Promise<void> {
  await w.gate;
  await Promise.all(w.inFlight);
}

async function readState(w: Work): Promise<TrainState> {
  await drain(w);
  const read = async (leaf: Leaf) => (await readLeaf(w.gpu, leaf)) as Float32Array<ArrayBuffer>;
  const p = await read(w.layout.flat!);
  return { step: w.done, p, m: await read(w.leaves.m), v: await read(w.leaves.v), layout: layoutText(w.layout) };
}

function writeState(w: Work, state: TrainState): void {
  checkState(state, w.layout);
  bindLeaf(w.gpu, w.layout.flat!, state.p);
  bindLeaf(w.gpu, w.leaves.m, state.m);
  bindLeaf(w.gpu, w.leaves.v, state.v);
  bindLeaf(w.gpu, w.leaves.halted, Float32Array.of(0));
  w.done = state.step;
}

/** Resolves when `p` does or fails: somebody else is told which. */
function settled(p: Promise<unknown>): Promise<void> {
  return p.then(
    () => {},
    () => {},
  );
}
