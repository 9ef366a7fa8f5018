/** Beginning runs and going on with them, one at a time. */
import { completeRun } from '../configs';
import type { ArgsOf } from '../protocol';
import type { CallContext } from '../rpc';
import { appliedOf } from '../runAdapters';
import type { RunInfo, RunSource } from '../runProtocol';
import { Cancelled } from './describe';
import { buildRun, planOf } from './model';
import { continueRun, makeRun, type Run } from './run';
import { loadRunData } from './runData';
import type { Shop } from './runDevice';
import { runFiles } from './runFiles';
import { asMine, list, newId, nextNumber, runOf } from './runList';
import { type Desk, leave, place } from './runPlace';
import { sourceFiles } from './runSource';

/** One run at a time. */
export async function alone<T>(d: Desk, work: () => Promise<T>): Promise<T> {
  if (d.busy) throw new Error('a run is going on already; pause or stop it first');
  d.busy = true;
  try {
    return await work();
  } finally {
    d.busy = false;
  }
}

/** A new run, trained until it ends or pauses. */
export async function begin(
  d: Desk,
  { config, source, only }: ArgsOf<'adapt'>,
  context: CallContext,
): Promise<RunInfo> {
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
    ...{ data: given && { name: nameOf(source), counts: '', notes: given.notes }, imported: false, unsaved: null },
    ...{ best: null, applied: null, elsewhere: false },
  };
  const start = await parent?.files.readAdapter('best');
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
  const done = await d.locks.hold(id, () => asMine(run, () => goOn(d, run, context)));
  if (!done) throw new Error(`${info.name} is held by another tab`);
  return done.value;
}

/** What data that came with a run are called where they say no name. */
const nameOf = (source: RunSource) => (source.kind === 'folder' ? source.name : 'own labels');

/** Trains a run that this tab holds until it ends or pauses. */
export async function goOn(d: Desk, run: Run, context: CallContext): Promise<RunInfo> {
  const base = await d.base();
  if (run.info.base.name !== base.info.name)
    throw new Error(`${run.info.name} was trained on ${run.info.base.name}; choose that base first`);
  const gpu = d.gpu();
  if (d.active && d.active !== run) leave(d, gpu, false);
  // A model without a trainer was only being asked for masks.
  if (run.model && !run.trainer) leave(d, gpu, false);
  Object.assign(d, { active: run, applied: 'last' });
  run.info = { ...run.info, applied: null };
  const shop: Shop = {
    ...{ gpu, base, plan: d.plan, turn: d.turn },
    data: (r, c) => dataOf(d, r, c),
    stepped: (flops, seconds) => d.speed.stepped(gpu.caps, flops, seconds),
  };
  try {
    await continueRun(run, shop, context);
  } catch (error) {
    // A run that has not begun to train leaves nothing behind.
    if (!run.info.step && run.info.phase === 'stopped') await forget(d, run);
    throw error;
  }
  // Nothing trains any more, so the best one can take the place of the last.
  if (appliedOf(run.info) === 'best') await place(d, run, 'best');
  return run.info;
}

/** Removes a run, on disk, too. */
export async function forget(d: Desk, run: Run): Promise<void> {
  if (d.active === run) leave(d, d.gpu(), false);
  d.runs.delete(run.info.id);
  await (await d.place).remove(run.info.id);
}

/** What a run trains on; stops where it was stopped before its first step. */
export async function dataOf(d: Desk, run: Run, context: CallContext) {
  const side = (await d.base()).info.imgSize;
  return loadRunData(
    run.info.config,
    side,
    await run.files.data(run.info.data?.name || 'own labels'),
    (done, total) => {
      // Nothing has been computed yet, so a stop need not wait for anything.
      if (run.halt === 'stop' && !run.info.step) throw new Cancelled();
      context.progress({ kind: 'work', what: 'Preparing images', done, total });
    },
  );
}
