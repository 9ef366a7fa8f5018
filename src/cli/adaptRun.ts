import { wordsOf } from '../data/errors';
import { batchAt } from '../data/trainItems';
import { deviceName, type Gpu } from '../gpu/device';
import { GpuError } from '../gpu/errors';
import type { ParamCounts } from '../nn/params';
import { uploadParams } from '../nn/paramsIo';
import type { Evaluated } from '../train/evaluator';
import { summariseScores } from '../train/metrics/summary';
import { makeTrainer, type Trainer } from '../train/trainer';
import { type LoopEnd, type LoopOptions, trainLoop } from '../train/trainLoop';
import type { TrainState } from '../train/trainState';
import { caseCount } from './adaptData';
import type { AdaptOptions } from './adaptOptions';
import { adapterInfo, adapterTensors, evaluationLine, runRecord } from './adaptRecord';
import { countsText, type ReportRow, reportRows } from './adaptReport';
import { type Best, type Host, prepareSession, type Seconds, type Session, say, sessionIdentity } from './adaptSession';
import { overlayName, overlayPng, spread } from './overlay';
import { type Progress, progressBar, showTime } from './progress';

/** How a run ended. */
export interface AdaptResult {
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

/** Images that get an overlay. */
const OVERLAYS = 8;
/** Steps between checkpoints. */
const CHECKPOINT = 10;
/** Evaluations in a run, about. */
const EVALUATIONS = 3;

/** Loads base and data, measures, trains, measures again and writes the run folder. Throws in words what goes wrong. */
export async function adaptRun(o: AdaptOptions, host: Host): Promise<AdaptResult> {
  const began = performance.now();
  const s = await prepareSession(o, host);
  s.seconds.data = since(began);
  const { train, val } = s.data;
  const count = (objects: typeof train) => `${objects.length} objects of ${caseCount(objects)} images`;
  say(s, `base ${s.base.config.name} · data ${s.data.name}: ${count(train)} to train, ${count(val)} to validate`);
  for (const note of s.data.notes) say(s, `note: ${note}`);
  say(s, `${countsText(s.sam.params.counts())} · run folder ${s.folder.path}`);
  try {
    const end = await trainLoop(loopOptions(s));
    return await finish(s, end, began);
  } catch (e) {
    await s.folder.flush();
    await s.folder.saveRecord(await runRecord(s, 'failed', { error: wordsOf(e) }));
    throw withAdvice(e, s);
  }
}

function loopOptions(s: Session): LoopOptions {
  const { o, host } = s;
  const from = s.folder.saved?.state ?? null;
  if (from) say(s, `going on from step ${from.step}`);
  let bar: Progress | null = null;
  let at = 0;
  return {
    steps: o.steps,
    open: host.open,
    setUp: (gpu) => setUp(s, gpu),
    batch: (t) => batchAt(s.data.train, { seed: o.seed, batch: o.batch, prompt: o.prompt }, t),
    checkpointEvery: CHECKPOINT,
    from,
    stop: host.stopped,
    async onStart(trainer) {
      await measureBase(s, trainer);
      bar = progressBar('training', o.steps, host.log, { from: from?.step ?? 0 });
      at = performance.now();
    },
    onStep({ step, loss, norm, lr }) {
      s.folder.metric({ kind: 'step', step, loss, norm, lr });
      s.seconds.training += since(at);
      at = performance.now();
      bar?.show(step, `loss ${loss.toFixed(4)}`);
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
  await uploadParams(s.sam.params, gpu);
  const trainer = await makeTrainer(gpu, s.sam, s.config, s.host.plan);
  s.seconds.compile = since(t);
  s.gpu = gpu;
  s.trainer = trainer;
  say(s, `compiled ${trainer.plan.list.length} dispatches a step in ${showTime(s.seconds.compile * 1000)}`);
  return trainer;
}

/** The adapters are the identity as long as nothing has trained: this is the base. */
async function measureBase(s: Session, trainer: Trainer): Promise<void> {
  const t = performance.now();
  s.before = await measure(s, trainer, 'measuring the base');
  s.seconds.before = since(t);
  s.folder.metric(evaluationLine(s.before, 0));
  const { overall } = summariseScores(s.before);
  say(s, `before: mean Dice ${overall.dice.toFixed(3)} over ${overall.n} objects`);
}

async function measure(s: Session, trainer: Trainer, label: string): Promise<Evaluated[]> {
  const bar = progressBar(label, s.items.length, s.host.log);
  const out: Evaluated[] = [];
  for (let i = 0; i < s.items.length; i += s.o.batch) {
    out.push(...(await trainer.evaluate(s.items.slice(i, i + s.o.batch))));
    bar.show(out.length);
  }
  bar.end();
  return out;
}

/** Evaluates where it is time to, and writes adapter, metrics and state. */
async function checkpoint(s: Session, state: TrainState, trainer: Trainer): Promise<void> {
  const every = CHECKPOINT * Math.max(1, Math.ceil(s.o.steps / (EVALUATIONS * CHECKPOINT)));
  const last = state.step >= s.o.steps;
  if (last || (state.step % every === 0 && !s.host.stopped())) await evaluateNow(s, state.step, trainer);
  await s.folder.saveAdapter('last', await adapterTensors(s, trainer), adapterInfo(s, state.step));
  await s.folder.flush();
  await s.folder.saveState({ state, extra: { identity: sessionIdentity(s), best: s.best } });
  await s.folder.saveRecord(await runRecord(s, 'running'));
}

async function evaluateNow(s: Session, step: number, trainer: Trainer): Promise<void> {
  const t = performance.now();
  const results = await measure(s, trainer, 'measuring');
  s.seconds.evaluation += since(t);
  s.after = { step, results };
  s.folder.metric(evaluationLine(results, step));
  const { dice } = summariseScores(results).overall;
  say(s, `step ${step}: mean Dice ${dice.toFixed(3)}`);
  if (s.best && dice <= s.best.dice) return;
  s.best = { step, dice };
  await s.folder.saveAdapter('best', await adapterTensors(s, trainer), adapterInfo(s, step));
}

async function finish(s: Session, end: LoopEnd, began: number): Promise<AdaptResult> {
  const stopped = end.stopped && end.state.step < s.o.steps;
  const rows = stopped ? [] : await measured(s, end);
  s.seconds.total = since(began);
  await s.folder.flush();
  await s.folder.saveRecord(await runRecord(s, stopped ? 'stopped' : 'done', { rows }));
  end.trainer.destroy();
  end.gpu.destroy();
  const { counts } = end.trainer;
  const status = stopped ? 'stopped' : 'done';
  return { status, path: s.folder.path, step: end.state.step, rows, counts, best: s.best, seconds: s.seconds };
}

/** The table, and the overlays. */
async function measured(s: Session, end: LoopEnd): Promise<ReportRow[]> {
  // A finished run that is taken up again trains no step and has not been measured yet.
  if (s.after?.step !== end.state.step) await evaluateNow(s, end.state.step, end.trainer);
  const { results } = s.after!;
  for (const [k, i] of spread(s.items.length, OVERLAYS).entries()) {
    await s.folder.saveOverlay(overlayName(k, s.items[i]), overlayPng(s.items[i], s.before[i], results[i]));
  }
  return reportRows(s.before, results);
}

/** The error with what can be done about it from the command line. */
function withAdvice(e: unknown, s: Session): unknown {
  if (!(e instanceof Error)) return e;
  if (e instanceof GpuError && (e.kind === 'limit' || e.kind === 'memory')) {
    e.message += `\nadapt: lower --batch (now ${s.o.batch}), or take a smaller base`;
  }
  if (s.folder.hasState())
    e.message += `\nThe last checkpoint is kept in ${s.folder.path}; --out ${s.folder.path} --resume goes on from it.`;
  return e;
}

const since = (t: number): number => (performance.now() - t) / 1000;
