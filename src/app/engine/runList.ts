/** Runs by id: those in memory, and those on disk, where other tabs may have changed them. */
import type { RunInfo } from '../runProtocol';
import { makeRun, type Run } from './run';
import { runFiles } from './runFiles';
import type { RunLocks } from './runLocks';
import type { SpareDrawer } from './spareDrawer';

/** Where runs are kept, and those that are known. */
export interface RunShelf {
  readonly runs: Map<string, Run>;
  readonly place: Promise<SpareDrawer>;
  readonly locks: RunLocks;
}

/** An id that no run has. */
export const newId = () => `run-${Date.now().toString(36)}-${Math.floor(Math.random() * 36 ** 3).toString(36)}`;

/** Reads the records of the runs that are kept. A run that another tab went on with, or removed, is then so here, too. */
export async function list(d: RunShelf): Promise<void> {
  const place = await d.place;
  const elsewhere = await d.locks.elsewhere();
  const ids = new Set(await place.drawers());
  for (const id of ids) {
    const known = d.runs.get(id);
    if (known?.mine) continue;
    const files = known?.files ?? runFiles(place.drawer(id));
    const read = await files.readInfo();
    if (!read) continue;
    const info = { ...asLeft(read), elsewhere: elsewhere.has(id) };
    if (!known || differ(asLeft(known.info), info)) d.runs.set(id, makeRun(info, files, false));
    else known.info = { ...known.info, elsewhere: info.elsewhere, unsaved: await stillUnsaved(known) };
  }
  for (const [id, run] of d.runs) if (!ids.has(id) && !run.mine) d.runs.delete(id);
}

/** Room may have been made: what is in memory alone goes to the disk. */
async function stillUnsaved({ info, files }: Run): Promise<string | null> {
  return info.unsaved === null || (await files.drawer.settle()) ? null : info.unsaved;
}

/** Somebody else wrote it. */
const differ = (a: RunInfo, b: RunInfo) =>
  a.step !== b.step || a.phase !== b.phase || a.name !== b.name || a.objects.length !== b.objects.length;

/** A run that the page left in its midst goes on from its last checkpoint. */
function asLeft(info: RunInfo): RunInfo {
  const ended = info.phase === 'done' || info.phase === 'stopped';
  return ended ? info : { ...info, phase: 'paused' };
}

/** A kept run. Throws where it is gone. */
export async function runOf(d: RunShelf, id: string): Promise<Run> {
  if (!d.runs.has(id)) await list(d);
  const found = d.runs.get(id);
  if (!found) throw new Error(`the run ${id} is not kept here any more`);
  return found;
}

/**
 * Does `work` with the run as it is on disk, while no other tab may write it. Throws where another tab does, or where it
 * is gone.
 */
export async function withRun<T>(d: RunShelf, id: string, work: (run: Run) => Promise<T>): Promise<T> {
  const { info } = await runOf(d, id);
  const done = await d.locks.hold(id, async () => {
    await list(d);
    return asMine(await runOf(d, id), work);
  });
  if (done) return done.value;
  throw new Error(
    `${info.name} is being trained in another tab: pause or stop it there first. Here it can be looked at, used and saved.`,
  );
}

/** Does `work` with a run that this tab holds. */
export async function asMine<T>(run: Run, work: (run: Run) => Promise<T>): Promise<T> {
  const { mine } = run;
  run.mine = true;
  try {
    return await work(run);
  } finally {
    run.mine = mine;
  }
}

/** The number in a new run's name. */
export function nextNumber({ runs }: RunShelf): number {
  const taken = [...runs.values()].map((r) => Number(/^Run (\d+)$/.exec(r.info.name)?.[1] ?? 0));
  return 1 + Math.max(0, ...taken);
}

/** A run in a few words, for diagnostics. */
export function wordsOf(run: Run | null): string {
  if (!run) return 'none';
  const { config, phase, step } = run.info;
  const { adapters, train } = config.experiment;
  return `${adapters.map((a) => a.name).join(' + ')}, ${phase}, step ${step} of ${train.steps}`;
}
