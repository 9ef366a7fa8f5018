/** One adaptation: survives pauses, reloads and lost devices, because everything it continues from is kept beside the GPU. */
import type { Attachment } from '../../adapters/adapter';
import { CheckpointError } from '../../data/errors';
import type { ExperimentData, Measured } from '../../data/experiment/experimentData';
import { evaluationLine, type MetricLine, stepLine } from '../../data/experiment/metricLine';
import { promptPlan } from '../../data/experiment/promptPlan';
import { identityDifferences, isMeasuredAt, type TrainingSetup, trainingSetup } from '../../data/experiment/setup';
import type { Best } from '../../data/experiment/summary';
import type { StepResult, Trainer } from '../../train/trainer';
import { trainLoop } from '../../train/trainLoop';
import type { TrainState } from '../../train/trainState';
import type { CallContext } from '../rpc';
import type { RunInfo, RunPhase } from '../runProtocol';
import { DeviceGone } from './describe';
import { withAfter, withBefore } from './measured';
import type { Model } from './model';
import { measureBase, measureRun, placeRun, type Shop } from './runDevice';
import type { MaskList, RunFiles } from './runFiles';
import { identityOf, kept, saveOutcome, saveRun } from './runKeep';

/** A run in the engine. What `info` says is what is kept and told. */
export interface Run {
  info: RunInfo;
  readonly files: RunFiles;
  /** State, metrics and masks were read from disk, or there was none. */
  opened: boolean;
  data: ExperimentData | null;
  setup: TrainingSetup | null;
  /** Where it goes on from. */
  state: TrainState | null;
  metrics: MetricLine[];
  before: MaskList;
  after: MaskList;
  /** On the present device; null before it was placed there. */
  model: Model | null;
  trainer: Trainer | null;
  attachments: readonly Attachment[];
  /** Milliseconds of each step since it was opened. */
  readonly stepTimes: number[];
  /** What the page asked for last. */
  halt: 'pause' | 'stop' | null;
  /** Steps until the next pause; null: to the end. */
  only: number | null;
  /** This tab may write it now. */
  mine: boolean;
}

/** A run with its record; the rest is read from its files when it is needed. */
export function makeRun(info: RunInfo, files: RunFiles, opened: boolean): Run {
  return {
    ...{ info, files, opened, data: null, setup: null, state: null, metrics: [], before: null, after: null },
    ...{ model: null, trainer: null, attachments: [], stepTimes: [], halt: null, only: null, mine: false },
  };
}

/** Reads what is kept of a run. Lines after the saved step are cut off: it goes through those steps again. */
export async function openRun(run: Run): Promise<void> {
  if (run.opened) return;
  const saved = await run.files.readState();
  const step = saved?.state.step ?? run.info.step;
  run.state = saved?.state ?? null;
  run.metrics = (await run.files.readMetrics()).filter((line) => line.step <= step);
  const masks = await run.files.readMasks();
  run.before = masks.before;
  run.after = masks.after;
  const best = saved && 'best' in saved.extra ? (saved.extra.best as Best | null) : run.info.best;
  run.info = { ...run.info, step, best };
  run.opened = true;
}

/** Tells the page where it stands. */
type Tell = (phase: RunPhase) => void;

/**
 * Prepares what is missing, trains until the end, a pause or a stop, and measures unless it was a pause. Rejects with DeviceGone when the
 * device is lost; the run can then be continued on another.
 */
export async function continueRun(run: Run, shop: Shop, context: CallContext): Promise<RunInfo> {
  const from = performance.now() - 1000 * (run.info.wall ?? 0);
  const tell: Tell = (phase) => {
    run.info = { ...run.info, phase, wall: (performance.now() - from) / 1000 };
    context.progress({ kind: 'run', run: run.info });
  };
  try {
    tell('preparing');
    await openRun(run);
    await prepare(run, shop, context);
    const trainer = await placeRun(run, shop, context);
    if (!run.before) {
      tell('measuring');
      await tellBefore(run, await measureBase(run, shop, context));
    }
    if (run.halt !== 'stop') await train(run, shop, trainer, context, tell);
    if (run.halt === 'pause') {
      tell('paused');
      await kept(run, { info: run.info });
    } else await finish(run, shop, context, tell);
    return run.info;
  } catch (error) {
    // A lost device keeps its error; `check` would throw it.
    const gone = shop.gpu.error?.kind === 'lost';
    run.info = { ...run.info, phase: gone ? 'lost' : run.state?.step ? 'paused' : 'stopped' };
    await kept(run, { info: run.info });
    context.progress({ kind: 'run', run: run.info });
    if (gone) throw new DeviceGone(`${shop.gpu.error?.message ?? ''} Training stands at step ${run.info.step}.`);
    throw error;
  }
}

/** Data and setup; refuses to go on with other data or another base than before. */
async function prepare(run: Run, shop: Shop, context: CallContext): Promise<void> {
  const { config } = run.info;
  run.data ??= await shop.data(run, context);
  const prompts = promptPlan(config.experiment);
  run.setup ??= trainingSetup(config.experiment, prompts, run.data, shop.base.config);
  const { name, counts, notes } = run.data;
  const more = run.info.data?.notes ?? [];
  run.info = { ...run.info, data: { name, counts, notes: [...new Set([...more, ...notes])] } };
  const saved = (await run.files.readState())?.extra.identity as Record<string, unknown> | undefined;
  const differ = saved ? identityDifferences(identityOf(run, shop), saved) : [];
  if (differ.length)
    throw new CheckpointError(`${run.info.name} cannot go on: ${differ.join('; ')} — begin a new run from its adapter`);
}

async function tellBefore(run: Run, results: readonly Measured[]): Promise<void> {
  const { masks, info } = withBefore(run.info, run.data!, results);
  run.before = masks;
  run.info = info;
  metric(run, evaluationLine(results, 0));
  await kept(run, { masks: { before: run.before, after: run.after }, info: run.info });
}

/** Adds a line unless it is there: a run that went back to a checkpoint repeats steps. */
function metric(run: Run, line: MetricLine): void {
  if (!run.metrics.some((m) => m.kind === line.kind && m.step === line.step)) run.metrics.push(line);
}

async function train(run: Run, shop: Shop, trainer: Trainer, context: CallContext, tell: Tell): Promise<void> {
  const { experiment } = run.info.config;
  const { steps } = experiment.train;
  const { gpu } = shop;
  const from = { at: performance.now(), seconds: run.info.seconds };
  let opened = false;
  // The first step of a stretch may still be compiling something.
  let last: number | null = null;
  tell('training');
  const onStep = (result: StepResult) => {
    metric(run, stepLine(result));
    run.info = { ...run.info, seconds: from.seconds + (performance.now() - from.at) / 1000 };
    context.progress({ kind: 'step', step: result.step, steps, loss: result.loss, lr: result.lr });
    const { seconds } = run.info;
    if (last !== null) {
      run.stepTimes.push(1000 * (seconds - last));
      shop.stepped(trainer.plan.flops * experiment.train.accumulate, seconds - last);
    }
    last = seconds;
  };
  await trainLoop({
    steps,
    // The person decides when a lost device is opened anew, so there is only the present one.
    open: async () => {
      if (opened) throw new DeviceGone(gpu.error?.message ?? 'The GPU device was lost.');
      opened = true;
      return gpu;
    },
    setUp: async () => trainer,
    batch: run.setup!.items,
    checkpointEvery: experiment.checkpoint,
    from: run.state,
    // Asked once a step.
    stop: () => {
      if (run.only !== null && --run.only <= 0) run.halt ??= 'pause';
      return run.halt !== null || context.signal.aborted;
    },
    onStep,
    onCheckpoint: async (state, t) => {
      const seconds = { at: performance.now() };
      run.state = state;
      run.info = { ...run.info, step: state.step };
      if (run.model) run.model.version++;
      if (isMeasuredAt(experiment, state.step) && state.step < steps && run.halt === null)
        await measureNow(run, shop, context);
      await saveRun(run, shop, t);
      // Measuring and saving are no training.
      from.at += performance.now() - seconds.at;
      tell('training');
    },
  });
  if (run.info.step >= steps && run.halt === 'pause') run.halt = null;
}

async function measureNow(run: Run, shop: Shop, context: CallContext): Promise<readonly Measured[]> {
  const results = await measureRun(run, shop, context);
  const { masks, info } = withAfter(run.info, results);
  run.after = masks;
  run.info = info;
  const line = evaluationLine(results, run.info.step);
  metric(run, line);
  context.progress({ kind: 'dice', step: line.step, dice: line.dice });
  return results;
}

async function finish(run: Run, shop: Shop, context: CallContext, tell: Tell): Promise<void> {
  tell('measuring again');
  const results = await measureNow(run, shop, context);
  await saveRun(run, shop, run.trainer!);
  tell(run.info.step >= run.info.config.experiment.train.steps ? 'done' : 'stopped');
  await saveOutcome(run, shop, results);
  // What is kept, or not, is part of how it ended.
  context.progress({ kind: 'run', run: run.info });
}
