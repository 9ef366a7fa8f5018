import { parseRunSummary } from '../data/experiment/runSummary';
import type { SweepConfig, SweepRun } from '../train/experiment/sweep';
import { writeReport } from './report/writeReport';
import type { SweepFolder } from './sweepFolder';

/** A run that could not be finished, and why. */
export interface FailedRun {
  readonly run: string;
  readonly error: string;
}

/** Compares what is done: writes table.md, table.csv and report.html into the sweep's folder and gives the Markdown. Empty while nothing is done. */
export async function writeTables(
  folder: SweepFolder,
  sweep: SweepConfig,
  runs: readonly SweepRun[],
  failed: readonly FailedRun[],
): Promise<string> {
  const finished = [];
  for (const run of runs) {
    if ((await folder.state(run)) !== 'done') continue;
    const path = folder.runPath(run);
    finished.push({ path, summary: parseRunSummary(await folder.summary(run), `${path}/summary.json`) });
  }
  if (!finished.length) return '';
  const against = finished.some((r) => r.summary.arm === sweep.against) ? (sweep.against ?? undefined) : undefined;
  const notes = notesOf(runs, finished.length, failed);
  const { markdown } = await writeReport(folder.path, finished, { title: sweep.name, against, notes });
  return markdown;
}

/** What is not in the table. */
function notesOf(runs: readonly SweepRun[], done: number, failed: readonly FailedRun[]): string[] {
  const open = runs.length - done - failed.length;
  return [
    ...(open ? [`${open} of ${runs.length} runs are not done yet.`] : []),
    ...failed.flatMap(({ run, error }) => [`${run} failed: ${error.split('\n')[0]}`]),
  ];
}
