import { DatasetError } from '../../data/errors';
import type { RunSummary } from '../../data/experiment/runSummary';

/** `DatasetError` unless the runs can stand in one table: some, none twice, with the same units within a data set. */
export function checkRuns(runs: readonly RunSummary[]): void {
  if (runs.length === 0) throw new DatasetError('report: no runs, so there is nothing to compare; train some first');
  const seen = new Set<string>();
  const units = new Map<string, RunSummary>();
  for (const run of runs) {
    const { arm, dataset, seed } = run;
    const key = JSON.stringify([arm, dataset, seed]);
    if (seen.has(key))
      throw new DatasetError(
        `report: two runs of arm '${arm}' on ${dataset} with seed ${seed}; give different settings different names`,
      );
    seen.add(key);
    const first = units.get(dataset) ?? run;
    units.set(dataset, first);
    if (run.unit !== first.unit || run.tolerance !== first.tolerance)
      throw new DatasetError(
        `report: on ${dataset} '${arm}' measured NSD within ${run.tolerance} ${run.unit}, '${first.arm}' within ` +
          `${first.tolerance} ${first.unit}; evaluate them alike`,
      );
  }
}
