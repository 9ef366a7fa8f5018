/** Runs by id: those on disk are listed once, when they are first asked for. */
import type { RunInfo } from '../runProtocol';
import type { Drawer } from './drawer';
import { makeRun, type Run } from './run';
import { runFiles } from './runFiles';

/** Where runs are kept, and those that are known. */
export interface RunShelf {
  readonly runs: Map<string, Run>;
  /** Listed from disk once. */
  listed: Promise<void> | null;
  readonly place: Promise<Drawer>;
}

/** An id that no run has. */
export const newId = () => `run-${Date.now().toString(36)}-${Math.floor(Math.random() * 36 ** 3).toString(36)}`;

/** Reads the records of runs that are kept; those in memory count. */
export function list(d: RunShelf): Promise<void> {
  d.listed ??= (async () => {
    const place = await d.place;
    for (const id of await place.drawers()) {
      const files = runFiles(place.drawer(id));
      const info = d.runs.has(id) ? null : await files.readInfo();
      if (info) d.runs.set(id, makeRun(asLeft(info), files, false));
    }
  })();
  return d.listed;
}

/** A run that the page left in its midst goes on from its last checkpoint. */
function asLeft(info: RunInfo): RunInfo {
  const ended = info.phase === 'done' || info.phase === 'stopped';
  return ended ? info : { ...info, phase: 'paused' };
}

/** A kept run. Throws where it is gone. */
export async function runOf(d: RunShelf, id: string): Promise<Run> {
  await list(d);
  const found = d.runs.get(id);
  if (!found) throw new Error(`the run ${id} is not kept here any more`);
  return found;
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
