/** All runs: kept on disk, listed, taken up, one of them on the device. The engine's methods for them. */

import type { MetricLine } from '../../data/experiment/metricLine';
import type { Gpu } from '../../gpu/device';
import type { PlanOptions } from '../../plan/plan';
import { completeRun } from '../configs';
import type { ArgsOf } from '../protocol';
import type { CallContext, Handlers } from '../rpc';
import type { CurvePoint, RunApi, RunInfo } from '../runProtocol';
import type { Base } from './base';
import type { Cases } from './cases';
import { Cancelled } from './describe';
import { type Drawer, diskDrawer, freeBytes, memoryDrawer } from './drawer';
import { estimateRun } from './estimate';
import { buildRun, freeModel, type Model, planOf } from './model';
import { continueRun, makeRun, openRun, type Run } from './run';
import { depthOf, loadRunData } from './runData';
import type { Shop } from './runDevice';
import { runFiles } from './runFiles';
import { list, newId, nextNumber, type RunShelf, runOf, wordsOf } from './runList';
import { placeAdapter } from './runModel';
import { objectPicture } from './runPicture';
import { adapterZip, importedRun, runZip } from './runShare';
import { sourceFiles } from './runSource';
import { makeSpeed } from './speed';

/** What runs need of the engine. */
export interface RunNeeds {
  readonly gpu: () => Gpu;
  readonly base: () => Promise<Base>;
  readonly cases: Cases;
  /** Where runs are kept; by default on this origin's disk. */
  readonly drawer?: Promise<Drawer | null>;
  /** How steps are planned (tests). */
  readonly plan?: PlanOptions;
}

/** The runs of an engine. */
export interface RunDesk {
  readonly methods: Pick<Handlers, Exclude<keyof RunApi, 'bases' | 'useBase'>>;
  /** The adapted model on the device; null where there is none. */
  readonly model: () => Model | null;
  /** A step or a measurement may be going on. */
  readonly busy: () => boolean;
  /** The run that is on the device, for diagnostics. */
  readonly words: () => string;
  /** Takes everything off the device, which is gone or still there. */
  readonly leave: (gpu: Gpu, gone: boolean) => void;
  /** Puts the adapted model on a new device. */
  readonly comeBack: () => Promise<void>;
}

/** What the desk holds. */
interface Desk extends RunNeeds, RunShelf {
  /** On the device. */
  active: Run | null;
  busy: boolean;
  readonly speed: ReturnType<typeof makeSpeed>;
}

/** No run yet; those on disk are listed when they are asked for. */
export function makeRunDesk(needs: RunNeeds): RunDesk {
  const found = (needs.drawer ?? diskDrawer('runs')).then((d) => d ?? memoryDrawer());
  const d: Desk = {
    ...{ ...needs, runs: new Map(), listed: null, place: found, active: null, busy: false },
    speed: makeSpeed(found),
  };
  return {
    methods: methodsOf(d),
    model: () => d.active?.model ?? null,
    busy: () => d.busy,
    words: () => wordsOf(d.active),
    leave: (gpu, gone) => leave(d, gpu, gone),
    async comeBack() {
      if (d.active) d.active.model = await placeAdapter(d.active, { gpu: d.gpu(), base: await d.base() });
    },
  };
}

function methodsOf(d: Desk): RunDesk['methods'] {
  return {
    plan: async ({ config }) => planOf(buildRun(await d.base(), completeRun(config))),
    estimate: async ({ config, volumes }, { signal }) => {
      const { caps } = d.gpu();
      const speed = await d.speed.of(caps);
      const device = { caps, speed, freeDisk: await freeBytes() };
      return estimateRun(await d.base(), config, depthOf(config, volumes), device, signal);
    },
    runs: async () => {
      await list(d);
      return [...d.runs.values()].map((r) => r.info).sort((a, b) => b.created - a.created);
    },
    adapt: (a, context) => alone(d, () => begin(d, a, context)),
    resume: async ({ run, finish, only }, context) => {
      const found = await runOf(d, run);
      if (!d.busy) Object.assign(found, { halt: finish ? 'stop' : null, only });
      return alone(d, () => goOn(d, found, context));
    },
    halt: async ({ how }) => {
      if (d.active) d.active.halt = how;
      return null;
    },
    useRun: async ({ run }) => {
      const found = await runOf(d, run);
      await openRun(found);
      await use(d, found);
      return { run: found.info, curve: found.metrics.flatMap(pointOf) };
    },
    renameRun: async ({ run, name }) => {
      const found = await runOf(d, run);
      found.info = { ...found.info, name };
      await found.files.saveInfo(found.info);
      return found.info;
    },
    removeRun: async ({ run }) => {
      const found = await runOf(d, run);
      if (d.busy && d.active === found) throw new Error(`${found.info.name} is being trained; stop it first`);
      await forget(d, found);
      return null;
    },
    runObject: async ({ run, index, slice }, context) => {
      const found = await runOf(d, run);
      await openRun(found);
      found.data ??= await dataOf(d, found, context);
      return objectPicture(found, index, slice, (await d.base()).config);
    },
    exportAdapter: async ({ run }) => adapterZip(await runOf(d, run)),
    exportRun: async ({ run }) => runZip(await runOf(d, run)),
    importAdapter: async ({ files }) => {
      const id = newId();
      const info = await importedRun(id, files, await d.base(), runFiles((await d.place).drawer(id)));
      d.runs.set(id, makeRun(info, runFiles((await d.place).drawer(id)), true));
      return info;
    },
  };
}

/** A line of the metrics as a point of the curves. */
const pointOf = (line: MetricLine): CurvePoint[] =>
  line.kind === 'step'
    ? [{ step: line.step, loss: Number(line.loss) }]
    : [{ step: line.step, dice: Number(line.dice) }];

/** One run at a time. */
async function alone<T>(d: Desk, work: () => Promise<T>): Promise<T> {
  if (d.busy) throw new Error('a run is going on already; pause or stop it first');
  d.busy = true;
  try {
    return await work();
  } finally {
    d.busy = false;
  }
}

async function begin(d: Desk, { config, source, only }: ArgsOf<'adapt'>, context: CallContext): Promise<RunInfo> {
  const base = await d.base();
  await list(d);
  const parent = config.from === null ? null : await runOf(d, config.from);
  const id = newId();
  const files = runFiles((await d.place).drawer(id));
  const given = await sourceFiles(source, d.cases);
  const started = completeRun(config, {
    base: base.info.name,
    val: given?.val ?? null,
    parent: parent?.info.config ?? null,
  });
  const plan = planOf(buildRun(base, started));
  const info: RunInfo = {
    ...{ id, name: `Run ${nextNumber(d)}`, created: Date.now(), phase: 'preparing', config: started, plan, step: 0 },
    ...{ base: { name: base.info.name, fingerprint: base.fingerprint }, objects: [], seconds: 0, bytes: null },
    ...{ data: given && { name: '', counts: '', notes: given.notes }, imported: false, unsaved: null },
  };
  const start = await parent?.files.readAdapter();
  if (parent && !start)
    throw new Error(`${parent.info.name} has no adapter to begin with yet; train it for some steps`);
  try {
    // Nothing is trained on what could not be taken up again: a full disk is said here.
    if (start) await files.saveStart(start);
    if (given) await files.saveData(given.files);
  } catch (error) {
    await (await d.place).remove(id);
    throw error;
  }
  const run = makeRun(info, files, true);
  run.only = only;
  d.runs.set(id, run);
  return goOn(d, run, context);
}

async function goOn(d: Desk, run: Run, context: CallContext): Promise<RunInfo> {
  const base = await d.base();
  if (run.info.base.name !== base.info.name)
    throw new Error(`${run.info.name} was trained on ${run.info.base.name}; choose that base first`);
  const gpu = d.gpu();
  if (d.active && d.active !== run) leave(d, gpu, false);
  // A model without a trainer was only being asked for masks.
  if (run.model && !run.trainer) leave(d, gpu, false);
  d.active = run;
  const shop: Shop = {
    ...{ gpu, base, plan: d.plan },
    data: (r, c) => dataOf(d, r, c),
    stepped: (flops, seconds) => d.speed.stepped(gpu.caps, flops, seconds),
  };
  try {
    return await continueRun(run, shop, context);
  } catch (error) {
    // A run that has not begun to train leaves nothing behind.
    if (!run.info.step && run.info.phase === 'stopped') await forget(d, run);
    throw error;
  }
}

async function forget(d: Desk, run: Run): Promise<void> {
  if (d.active === run) leave(d, d.gpu(), false);
  d.runs.delete(run.info.id);
  await (await d.place).remove(run.info.id);
}

async function dataOf(d: Desk, run: Run, context: CallContext) {
  const side = (await d.base()).info.imgSize;
  return loadRunData(run.info.config, side, await run.files.data(), (done, total) => {
    // Nothing has been computed yet, so a stop need not wait for anything.
    if (run.halt === 'stop' && !run.info.step) throw new Cancelled();
    context.progress({ kind: 'work', what: 'Preparing images', done, total });
  });
}

/** Puts the adapter of a run on the device. */
async function use(d: Desk, run: Run): Promise<void> {
  if (d.active === run && run.model) return;
  if (d.busy) throw new Error('a run is going on; pause it before another adapter is used');
  const gpu = d.gpu();
  leave(d, gpu, false);
  run.model = await placeAdapter(run, { gpu, base: await d.base() });
  d.active = run;
}

/** Takes the active run off the device. */
function leave(d: Desk, gpu: Gpu, gone: boolean): void {
  const run = d.active;
  if (!run) return;
  if (!gone) {
    run.trainer?.destroy();
    if (run.model) freeModel(gpu, run.model);
  }
  run.trainer = null;
  run.model = null;
  if (!gone) d.active = null;
}
