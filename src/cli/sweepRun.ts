import { wordsOf } from '../data/errors';
import { type SweepConfig, type SweepRun, sweepRuns } from '../train/experiment/sweep';
import { runExperiment } from './experimentRun';
import type { Lab } from './lab';
import { showTime } from './progress';
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

/**
 * Runs what is not done yet in the sweep's folder, one after the other on one device, and writes the tables. A run that fails is noted and
 * the others go on; asked to stop, the present run saves its state and the next call goes on from there.
 */
export async function runSweep(sweep: SweepConfig, path: string, lab: Lab): Promise<SweepResult> {
  const runs = sweepRuns(sweep);
  const folder = await openSweepFolder(path, sweep);
  const failed: FailedRun[] = [];
  const began = performance.now();
  let [done, fresh] = [0, 0];
  for (const run of runs) {
    const state = await folder.state(run);
    if (state === 'done') {
      done++;
      continue;
    }
    if (lab.host.stopped()) continue;
    const left = fresh ? `, ${showTime(((performance.now() - began) / fresh) * (runs.length - done))} left` : '';
    lab.host.log.write(`\n[${done + failed.length + 1}/${runs.length}] ${run.key}${left}\n`);
    const error = await runOne(run, folder, state === 'begun', lab);
    if (error) failed.push({ run: run.key, error });
    else if ((await folder.state(run)) === 'done') [done, fresh] = [done + 1, fresh + 1];
  }
  const table = await writeTables(folder, sweep, runs, failed);
  const status = done + failed.length === runs.length ? 'done' : 'stopped';
  return { status, path, runs: runs.length, done, failed, table };
}

/** Runs one experiment; the words of what went wrong, or null. Errors of the device or the disk end the sweep. */
async function runOne(run: SweepRun, folder: SweepFolder, resume: boolean, lab: Lab): Promise<string | null> {
  const output = { ...run.config.output, folder: folder.runPath(run) };
  try {
    const result = await runExperiment({ command: 'sweep', config: { ...run.config, output }, resume }, lab);
    if (result.status === 'done') await folder.finish(run);
    return null;
  } catch (e) {
    lab.host.log.write(`${run.key} failed: ${wordsOf(e)}\n`);
    return wordsOf(e);
  }
}
