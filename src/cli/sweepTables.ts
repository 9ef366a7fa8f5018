import type { SweepConfig, SweepRun } from '../train/experiment/sweep';
import { compareRuns } from './report/comparison';
import { parseRunSummary } from './report/runSummary';
import { comparisonCsv, comparisonMarkdown } from './report/tableText';
import type { SweepFolder } from './sweepFolder';

/** A run that could not be finished, and why. */
export interface FailedRun {
  readonly run: string;
  readonly error: string;
}

/** Compares what is done: writes table.md and table.csv into the sweep's folder and gives the Markdown. Empty while nothing is done. */
export async function writeTables(
  folder: SweepFolder,
  sweep: SweepConfig,
  runs: readonly SweepRun[],
  failed: readonly FailedRun[],
): Promise<string> {
  const finished = [];
  for (const run of runs) {
    if ((await folder.state(run)) !== 'done') continue;
    finished.push(parseRunSummary(await folder.summary(run), `${folder.runPath(run)}/summary.json`));
  }
  if (!finished.length) return '';
  const against = finished.some((r) => r.arm === sweep.against) ? (sweep.against ?? undefined) : undefined;
  const comparison = compareRuns(finished, { against });
  const markdown = [comparisonMarkdown(comparison, sweep.name), ...notesOf(runs, finished.length, failed)].join('\n');
  await folder.save('table.md', markdown);
  await folder.save('table.csv', comparisonCsv(comparison));
  return markdown;
}

/** What is not in the table. */
function notesOf(runs: readonly SweepRun[], done: number, failed: readonly FailedRun[]): string[] {
  const open = runs.length - done - failed.length;
  return [
    ...(open ? [`${open} of ${runs.length} runs are not done yet.`, ''] : []),
    ...failed.flatMap(({ run, error }) => [`${run} failed: ${error.split('\n')[0]}`, '']),
  ];
}
