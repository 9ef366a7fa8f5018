import { wordsOf } from '../data/errors';
import { evaluationLine, stepLine } from '../data/experiment/metricLine';
import { overlayList } from '../data/experiment/overlayList';
import { checkpointEvery, isMeasuredAt, isValidatedAt } from '../data/experiment/setup';
import type { Best } from '../data/experiment/summary';
import { deviceName, type Gpu } from '../gpu/device';
import { GpuError } from '../gpu/errors';
import type { ParamCounts } from '../nn/params';
import { isExhausted } from '../train/earlyStopping';
import { summariseScores } from '../train/metrics/summary';
import type { Trainer } from '../train/trainer';
import { type LoopOptions, trainLoop } from '../train/trainLoop';
import type { TrainState } from '../train/trainState';
import { countsText, type ReportRow, reportRows } from './beforeAfter';
import type { Lab } from './lab';
import { measure, measureBase } from './measure';
import { type Progress, progressBar, showTime } from './progress';
import { freeRig } from './rigs';
import { prepareSession, type RunChoice, type Seconds, type Session, say, sessionIdentity } from './session';
import { adapterInfo, runRecord, tensorsOf } from './sessionRecord';
import { sessionSummary } from './sessionSummary';
import { restoreBest, validateNow } from './validation';

/** How a run ended. */
export interface RunResult {
  readonly status: 'done' | 'stopped';
  /** The run folder. */
  readonly path: string;
  readonly step: number;
  /** Empty when it was stopped: nothing was measured then. */
  readonly rows: readonly ReportRow[];
  readonly counts: ParamCounts;
  readonly best: Best | null;
  readonly seconds: Readonly<Seconds>;
}

/** Loads base and data, measures, trains, measures again and writes the run folder. Throws in words what goes wrong. */
export async function runExperiment(choice: RunChoice, lab: Lab): Promise<RunResult> {
  const began = performance.now();
  const s = await prepareSession(choice, lab);
  s.seconds.data = since(began);
  say(s, `base ${s.base.config.name} · data ${s.data.name}: ${s.data.counts}`);
  for (const note of s.data.notes) say(s, `note: ${note}`);
  say(s, `${countsText(s.sam.params.counts())} · run folder ${s.folder.path}`);
  try {
    const end = s.sam.params.counts().trained ? await trainLoop(loopOptions(s)) : await onlyMeasure(s);
    return await finish(s, end, began);
  } catch (e) {
    await s.folder.flush();
    await s.folder.saveRecord(await runRecord(s, 'failed', { error: wordsOf(e) }));
    if (s.rig) freeRig(s.rig);
    s.rig = null;
    throw withAdvice(e, s);
  } finally {
    if (s.rig) s.lab.rigs.put(s.rig);
  }
}

/** Steps done, and whether they were all. */
interface End {
  readonly state: { readonly step: number };
  readonly stopped: boolean;
}

/** Nothing trains: the base is measured, and that is the result. */
async function onlyMeasure(s: Session): Promise<End> {
  s.gpu = await s.lab.device();
  await measureStart(s, s.gpu);
  return { state: { step: 0 }, stopped: false };
}

function loopOptions(s: Session): LoopOptions {
  const { config, lab } = s;
  const { steps } = config.train;
  const from = s.folder.saved?.state ?? null;
  if (from) say(s, `going on from step ${from.step}`);
  let bar: Progress | null = null;
  let at = 0;
  return {
    steps,
    open: lab.device,
    setUp: (gpu) => setUp(s, gpu),
    batch: s.items,
    checkpointEvery: checkpointEvery(config),
    from,
    stop: lab.host.stopped,
    enough: () => isExhausted(s.patience, config.train.patience),
    async onStart(_, gpu) {
      await measureStart(s, gpu);
      bar = progressBar('training', steps, lab.host.log, { from: from?.step ?? 0 });
      at = performance.now();
    },
    onStep(result) {
      const { step, loss, scaling } = result;
      s.folder.metric(stepLine(result));
      const seconds = since(at);
      s.seconds.training += seconds;
      s.stepTimes.push(1000 * seconds);
      at = performance.now();
      const skipped = scaling?.skipped ? `, skipped: gradient too large with loss scale ${scaling.scale}` : '';
      bar?.show(step, `loss ${loss.toFixed(4)}${skipped}`);
    },
    async onCheckpoint(state, trainer) {
      bar?.end();
      await checkpoint(s, state, trainer);
      at = performance.now();
    },
    onLost(error, step) {
      bar?.end();
      say(s, `${error.message} Going on from step ${step} on a new device.`);
    },
  };
}

async function setUp(s: Session, gpu: Gpu): Promise<Trainer> {
  const t = performance.now();
  say(s, `${deviceName(gpu.caps)}: compiling`);
  s.rig = await s.lab.rigs.take(s, gpu);
  const { trainer } = s.rig;
  s.seconds.compile = since(t);
  s.gpu = gpu;
  s.trainer = trainer;
  say(s, `compiled ${trainer.plan.list.length} dispatches a step in ${showTime(s.seconds.compile * 1000)}`);
  return trainer;
}

/** What the base scores, before anything has trained. */
async function measureStart(s: Session, gpu: Gpu): Promise<void> {
  const t = performance.now();
  s.before = await measureBase(s, gpu);
  s.seconds.before = since(t);
  s.folder.metric(evaluationLine(s.before, 0));
  const { overall } = summariseScores(s.before);
  say(s, `before: mean Dice ${overall.dice.toFixed(3)} over ${overall.n} objects`);
}

/** Evaluates where it is time to, and writes adapter, metrics and state. */
async function checkpoint(s: Session, state: TrainState, trainer: Trainer): Promise<void> {
  const { steps } = s.config.train;
  const { step } = state;
  if (isValidatedAt(s.config, step)) await validateNow(s, step, trainer);
  // Where cases are held back, what is measured in the end is the best step, not the last.
  const last = step >= steps && !s.validation;
  if (last || (isMeasuredAt(s.config, step) && step < steps && !s.lab.host.stopped()))
    await evaluateNow(s, step, trainer);
  await s.folder.saveAdapter('last', await tensorsOf(s, trainer), adapterInfo(s, step));
  await s.folder.flush();
  const { best, patience, bestParams } = s;
  const kept = bestParams ? { best: bestParams } : {};
  await s.folder.saveState({ state, extra: { identity: sessionIdentity(s), best, patience }, ...kept });
  await s.folder.saveRecord(await runRecord(s, 'running'));
}

async function evaluateNow(s: Session, step: number, trainer: Trainer): Promise<void> {
  const t = performance.now();
  const results = await measure(s.set, trainer, s.train, s.lab.host, 'measuring');
  s.seconds.evaluation += since(t);
  s.after = { step, results };
  s.folder.metric(evaluationLine(results, step));
  const { dice } = summariseScores(results).overall;
  say(s, `step ${step}: mean Dice ${dice.toFixed(3)}`);
  if (s.validation || (s.best && dice <= s.best.dice)) return;
  s.best = { step, dice };
  await s.folder.saveAdapter('best', await tensorsOf(s, trainer), adapterInfo(s, step));
}

async function finish(s: Session, end: End, began: number): Promise<RunResult> {
  const stopped = end.stopped && end.state.step < s.config.train.steps && !isExhausted(s.patience, s.train.patience);
  const last = stopped ? null : await lastResults(s, end.state.step);
  const rows = last ? reportRows(s.before, last.results) : [];
  s.seconds.total = since(began);
  const status = stopped ? 'stopped' : 'done';
  await s.folder.flush();
  if (last) {
    const summary = await sessionSummary(s, end.state.step, last.results);
    await s.folder.saveSummary({ ...summary, overlays: last.overlays });
    await s.atEnd?.(s, last.results);
  }
  await s.folder.saveRecord(await runRecord(s, status, { rows }));
  const counts = s.sam.params.counts();
  return { status, path: s.folder.path, step: end.state.step, rows, counts, best: s.best, seconds: s.seconds };
}

/** The adapter of the best step comes back, is measured, and its card says so. */
async function measureBest(s: Session, trainer: Trainer, { step }: Best): Promise<void> {
  await restoreBest(s, trainer);
  await evaluateNow(s, step, trainer);
  await s.folder.saveAdapter('best', await tensorsOf(s, trainer), adapterInfo(s, step));
}

/** The last evaluation, and pictures of its best and worst objects. */
async function lastResults(s: Session, step: number) {
  const { trainer, validation, best } = s;
  if (trainer && validation && best) await measureBest(s, trainer, best);
  // A finished run that is taken up again trains no step and has not been measured yet.
  else if (trainer && s.after?.step !== step) await evaluateNow(s, step, trainer);
  const results = s.after?.results ?? s.before;
  const list = overlayList(s.set, results, (i) => s.before[i].mask, s.config.output.overlays);
  for (const { about, png } of list) await s.folder.saveOverlay(about.file, png);
  return { results, overlays: list.map(({ about }) => about) };
}

/** The error with what can be done about it from the command line. */
function withAdvice(e: unknown, s: Session): unknown {
  if (!(e instanceof Error)) return e;
  if (e instanceof GpuError && (e.kind === 'limit' || e.kind === 'memory')) {
    const { batch } = s.train;
    const lever = s.command === 'adapt' ? `--batch (now ${batch})` : `train.batch (now ${batch})`;
    e.message += `\n${s.command}: lower ${lever}, or take a smaller base`;
  }
  if (s.folder.hasState())
    e.message += `\nThe last checkpoint is kept in ${s.folder.path}; --out ${s.folder.path} --resume goes on from it.`;
  return e;
}

const since = (t: number): number => (performance.now() - t) / 1000;
