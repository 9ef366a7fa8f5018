import { batchAt, promptTokens } from '../../data/trainItems';
import type { Gpu } from '../../gpu/device';
import { bindLeaf } from '../../plan/leaves';
import { TRAIN_DEFAULTS } from '../../train/trainConfig';
import { makeTrainer, type StepResult, type Trainer } from '../../train/trainer';
import { trainLoop } from '../../train/trainLoop';
import type { TrainState } from '../../train/trainState';
import type { RunConfig } from '../configs';
import type { AdapterPlan, DiceRow, RunInfo, RunPhase } from '../protocol';
import type { CallContext } from '../rpc';
import type { Base } from './base';
import { watchCompiles } from './compileWatch';
import { Cancelled, DeviceGone } from './describe';
import { gentleTrainer } from './gentle';
import { measure } from './measure';
import { buildAdapted, freeModel, type Model, placeModel, planOf } from './model';
import { makeRunData, type RunData } from './phantomItems';
import { isSoftware } from './software';

/** Steps between checkpoints that a lost device is survived with. */
const CHECKPOINT_EVERY = 10;

/** One adaptation: survives pauses and lost devices, because everything it continues from is here, not on the GPU. */
export interface Run {
  readonly config: RunConfig;
  readonly plan: AdapterPlan;
  phase: RunPhase;
  data: RunData | null;
  /** Where it goes on from. */
  state: TrainState | null;
  /** Dice of each held-out object. */
  before: readonly number[] | null;
  after: readonly number[] | null;
  seconds: number;
  /** On the present device; null before it was placed there. */
  model: Model | null;
  trainer: Trainer | null;
  /** What the page asked for last. */
  halt: 'pause' | 'stop' | null;
}

/** A run that has not begun. */
export function newRun(base: Base, config: RunConfig): Run {
  const plan = planOf(buildAdapted(base, config));
  return {
    ...{ config, plan, phase: 'preparing', data: null, state: null, before: null, after: null, seconds: 0 },
    ...{ model: null, trainer: null, halt: null },
  };
}

/** What is needed besides the run itself. */
export interface Workshop {
  readonly gpu: Gpu;
  readonly base: Base;
  readonly baseModel: Model;
  /** Runs work that needs a predictor while nobody else has one. */
  readonly exclusive: <T>(work: () => Promise<T>) => Promise<T>;
}

/**
 * Prepares what is missing, trains until the end, a pause or a stop, and measures unless it was a pause. Rejects with DeviceGone when the
 * device is lost; the run can then be continued on another.
 */
export async function continueRun(run: Run, shop: Workshop, context: CallContext): Promise<RunInfo> {
  const tell = (phase: RunPhase) => {
    run.phase = phase;
    context.progress({ kind: 'run', run: infoOf(run) });
  };
  const work = (what: string) => (done: number, total: number) => context.progress({ kind: 'work', what, done, total });
  try {
    if (!run.trainer) tell('preparing');
    const drawing = work('Drawing images');
    run.data ??= await makeRunData(run.config, shop.base.info.imgSize, (done, total) => {
      // Nothing has been computed yet, so a stop need not wait for anything.
      if (run.halt === 'stop') throw new Cancelled();
      drawing(done, total);
    });
    const trainer = await place(run, shop, work('Compiling the training step'));
    if (!run.before) {
      tell('measuring');
      run.before = await measured(run, shop, shop.baseModel, work);
    }
    if (run.halt !== 'stop') await train(run, shop, trainer, context, tell);
    if (run.halt === 'pause') tell('paused');
    else await finish(run, shop, tell, work);
    return infoOf(run);
  } catch (error) {
    if (isGone(shop.gpu)) {
      run.phase = 'lost';
      throw new DeviceGone(`${wordsOf(shop.gpu)} Training stands at step ${run.state?.step ?? 0}.`);
    }
    run.phase = 'stopped';
    throw error;
  }
}

/** A lost device keeps its error; `check` would throw it. */
const isGone = (gpu: Gpu) => gpu.error?.kind === 'lost';
const wordsOf = (gpu: Gpu) => gpu.error?.message ?? 'The GPU device was lost.';

/** Puts model and trainer on the device if they are not there. */
async function place(run: Run, shop: Workshop, report: (done: number, total: number) => void): Promise<Trainer> {
  if (run.trainer) return run.trainer;
  run.model ??= await placeModel(shop.gpu, 'adapted', buildAdapted(shop.base, run.config));
  const { batch, loss, lr, steps, seed, prompt } = run.config;
  const config = { ...TRAIN_DEFAULTS, batch, loss, lr, steps, seed, points: promptTokens(prompt) };
  const { sam } = run.model;
  const trainer = await watchCompiles(shop.gpu, report, () => makeTrainer(shop.gpu, sam, config));
  run.trainer = isSoftware(shop.gpu.caps) ? gentleTrainer(trainer) : trainer;
  if (run.state) run.trainer.writeState(run.state);
  return run.trainer;
}

type Work = (what: string) => (done: number, total: number) => void;

function measured(run: Run, { gpu, exclusive }: Workshop, model: Model, work: Work): Promise<number[]> {
  const items = run.data!.heldOut.map((h) => h.item);
  return watchCompiles(gpu, work('Compiling shaders'), () => measure(model, items, exclusive, work('Measuring')));
}

async function train(
  run: Run,
  { gpu }: Workshop,
  trainer: Trainer,
  context: CallContext,
  tell: (phase: RunPhase) => void,
): Promise<void> {
  const { config } = run;
  const began = performance.now();
  const secondsBefore = run.seconds;
  let opened = false;
  tell('training');
  const onStep = ({ step, loss, lr }: StepResult) => {
    run.seconds = secondsBefore + (performance.now() - began) / 1000;
    context.progress({ kind: 'step', step, steps: config.steps, loss, lr });
  };
  await trainLoop({
    steps: config.steps,
    // The person decides when a lost device is opened anew, so there is only the present one.
    open: async () => {
      if (opened) throw new DeviceGone(wordsOf(gpu));
      opened = true;
      return gpu;
    },
    setUp: async () => trainer,
    batch: (t) => batchAt(run.data!.train, config, t),
    checkpointEvery: CHECKPOINT_EVERY,
    from: run.state,
    stop: () => run.halt !== null || context.signal.aborted,
    onStep,
    onCheckpoint: async (state) => {
      run.state = state;
      touch(run);
      tell('training');
    },
  });
  if (run.state && run.state.step >= config.steps && run.halt === 'pause') run.halt = null;
}

/** Parameters have changed: embeddings made with the old ones are stale. */
function touch(run: Run): void {
  if (run.model) run.model.version++;
}

async function finish(run: Run, shop: Workshop, tell: (phase: RunPhase) => void, work: Work): Promise<void> {
  tell('measuring again');
  run.after = await measured(run, shop, run.model!, work);
  tell((run.state?.step ?? 0) >= run.config.steps ? 'done' : 'stopped');
}

/** What the page is told about a run. */
export function infoOf(run: Run): RunInfo {
  const { phase, config, plan, seconds } = run;
  return { phase, config, plan, seconds, step: run.state?.step ?? 0, rows: rowsOf(run) };
}

/** Mean Dice by modality and class. */
export function rowsOf(run: Pick<Run, 'data' | 'before' | 'after'>): DiceRow[] {
  const { data, before, after } = run;
  if (!data || !before) return [];
  const groups = new Map<string, number[]>();
  data.heldOut.forEach(({ modality, item }, i) => {
    const key = `${modality}\n${item.className}`;
    groups.set(key, [...(groups.get(key) ?? []), i]);
  });
  const mean = (list: readonly number[] | null, at: number[]) =>
    list && at.reduce((sum, i) => sum + list[i], 0) / at.length;
  return [...groups].map(([key, at]) => {
    const [modality, className] = key.split('\n');
    return { modality, className, n: at.length, before: mean(before, at)!, after: mean(after, at) };
  });
}

/** Takes the run off a device that is still there (for another run) or gone (`gone`: nothing is left to free). */
export function unplace(run: Run, gpu: Gpu, gone: boolean): void {
  if (!gone) {
    run.trainer?.destroy();
    if (run.model) freeModel(gpu, run.model);
  }
  run.trainer = null;
  run.model = null;
}

/** Puts the adapted model, as trained so far, on a new device, so that it can be asked for masks. */
export async function replaceModel(run: Run, { gpu, base }: Pick<Workshop, 'gpu' | 'base'>): Promise<void> {
  run.model = await placeModel(gpu, 'adapted', buildAdapted(base, run.config));
  run.model.version = 1;
  const { flat } = run.model.params.layout();
  if (run.state && flat) bindLeaf(gpu, flat, run.state.p);
}
