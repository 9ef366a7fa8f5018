import type { RunTime } from '../sweepRun';
import type { ClaimRun } from './claimRuns';

/**
 * Milliseconds that the runs of `rest` will take: as those of the same arm on the same set took, else as those on the same set, else as all.
 * A run of another arm tells little, so this settles only when every kind has been run once.
 */
export function claimTime(done: readonly RunTime<ClaimRun>[], rest: readonly ClaimRun[]): number {
  return rest.reduce((sum, run) => sum + timeOf(done, run), 0);
}

function timeOf(done: readonly RunTime<ClaimRun>[], run: ClaimRun): number {
  const sameSet = done.filter((d) => d.run.set.name === run.set.name);
  const same = sameSet.filter((d) => d.run.of.name === run.of.name);
  const known = [same, sameSet, done].find((some) => some.length) ?? [];
  return known.reduce((sum, d) => sum + d.ms, 0) / Math.max(1, known.length);
}
