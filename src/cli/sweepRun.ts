import { wordsOf } from '../data/errors';
import { type SweepConfig, type SweepRun, sweepRuns } from '../train/experiment/sweep';
import { runExperiment } from './experimentRun';
import type { Lab } from './lab';
import { showTime } from './progress';
import type { RunChoice } from './session';
import { openSweepFolder, type SweepFolder } from './sweepFolder';
import { type FailedRun, writeTables } from './sweepTables';

/** How a sweep ended. */
export interface SweepResult {
  readonly status: 'done' | 'stopped';
  readonly path: string;
  readonly runs: number;
  readonly done: number;
  /** Runs that could not be finished, with the reason. */
  readonly failed: readonly FailedRun[];
  /** The comparison as Markdown. */
  readonly table: string;
}

/** How long a finished run took. */
export interface RunTime<R extends SweepRun> {
  readonly run: R;
  readonly ms: number;
}

/** What differs between those who run many experiments. */
export interface RunAllOptions<R extends SweepRun> {
  /** The command's name, for records. */
  readonly command: string;
  /** Milliseconds that the runs of `rest` will take, by those that were run. */
  readonly estimate?: (done: readonly RunTime<R>[], rest: readonly R[]) => number;
  /** What a run does when it has been measured. */
  readonly atEnd?: (run: R) => RunChoice['atEnd'];
  /** After each run that was finished now. */
  readonly onDone?: (run: R, failed: readonly FailedRun[]) => Promise<void>;
}

/**
 * Runs what is not done yet in the sweep's folder, one after the other on one device, and writes the tables. A run that fails is noted and
 * the others go on; asked to stop, the present run saves its state and the next call goes on from there.
 */
export async function runSweep(sweep: SweepConfig, path: string, lab: Lab): Promise<SweepResult> {
  const runs = sweepRuns(sweep);
  const folder = await openSweepFolder(path, sweep);
  const { done, failed } = await runAll(runs, folder, lab, { command: 'sweep' });
  const table = await writeTables(folder, sweep, runs, failed);
  const status = done + failed.length === runs.length ? 'done' : 'stopped';
  return { status, path, runs: runs.length, done, failed, table };
}

const meanOf = (done: readonly RunTime<SweepRun>[], rest: readonly SweepRun[]): number =>
  (done.reduce((sum, d) => sum + d.ms, 0) / done.length) * rest.length;

/** Runs what is not done yet of `runs`, in their order; how many are done now, and which could not be finished. */
export async function runAll<R extends SweepRun>(
  runs: readonly R[],
  folder: SweepFolder,
  lab: Lab,
  { command, estimate = meanOf, atEnd, onDone }: RunAllOptions<R>,
): Promise<{ readonly done: number; readonly failed: readonly FailedRun[] }> {
  const failed: FailedRun[] = [];
  const times: RunTime<R>[] = [];
  const states = await Promise.all(runs.map((run) => folder.state(run)));
  let done = states.filter((s) => s === 'done').length;
  const open = runs.filter((_, i) => states[i] !== 'done');
  for (const [k, run] of open.entries()) {
    if (lab.host.stopped()) break;
    const left = times.length ? `, ${showTime(estimate(times, open.slice(k)))} left` : '';
    lab.host.log.write(`\n[${done + failed.length + 1}/${runs.length}] ${run.key}${left}\n`);
    const began = performance.now();
    const choice = { command, resume: (await folder.state(run)) === 'begun', atEnd: atEnd?.(run) };
    const error = await runOne(run, folder, choice, lab);
    if (error) failed.push({ run: run.key, error });
    else if ((await folder.state(run)) === 'done') {
      done++;
      times.push({ run, ms: performance.now() - began });
      await onDone?.(run, failed);
    }
  }
  return { done, failed };
}

/** Runs one experiment; the words of what went wrong, or null. Errors of the device or the disk end the sweep. */
async function runOne(
  run: SweepRun,
  folder: SweepFolder,
  choice: Omit<RunChoice, 'config'>,
  lab: Lab,
): Promise<string | null> {
  const output = { ...run.config.output, folder: folder.runPath(run) };
  try {
    const result = await runExperiment({ ...choice, config: { ...run.config, output } }, lab);
    if (result.status === 'done') await folder.finish(run);
    return null;
  } catch (e) {
    lab.host.log.write(`${run.key} failed: ${wordsOf(e)}\n`);
    return wordsOf(e);
  }
}
