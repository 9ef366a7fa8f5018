import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Measured } from '../../data/experiment/experimentData';
import type { Lab } from '../lab';
import type { Session } from '../session';
import { openSweepFolder } from '../sweepFolder';
import { runAll } from '../sweepRun';
import type { FailedRun } from '../sweepTables';
import { claimTime } from './claimEstimate';
import { savePanels } from './claimPanels';
import { measureMissing, measureTrained } from './claimPrompts';
import { claimSettings } from './claimResults';
import { type ClaimPlan, type ClaimRun, claimRuns } from './claimRuns';
import { type WrittenClaim, writeClaim } from './claimWrite';

/** How it ended. */
export interface ClaimResult extends WrittenClaim {
  readonly status: 'done' | 'stopped';
  readonly runs: number;
  readonly done: number;
  /** Trained runs that lack a prompt because it was stopped before them; those that could not be measured are among `failed`. */
  readonly unmeasured: number;
  readonly failed: readonly FailedRun[];
}

/** Milliseconds between two writings of the tables while runs go on. */
const EVERY = 60_000;

/**
 * Runs what of the claim is not done yet in folder `path`, measures with prompts that were added since, and writes RESULTS.md and a report
 * for each prompt there, also meanwhile: a kill loses the present run's steps since its last checkpoint and nothing else. `command` is what RESULTS.md says to type.
 */
export async function runClaim(plan: ClaimPlan, path: string, lab: Lab, command: string): Promise<ClaimResult> {
  const runs = claimRuns(plan);
  const folder = await openSweepFolder(path, claimSettings(plan), 'reproduce.json');
  let last = performance.now();
  const writeNow = async (failed: readonly FailedRun[]) => {
    if (performance.now() - last < EVERY) return;
    await writeClaim(plan, runs, folder, { failed, command });
    last = performance.now();
  };
  const trained = await runAll(runs, folder, lab, {
    command: 'reproduce',
    estimate: claimTime,
    atEnd: (run) => (s, results) => atEnd(plan, run, s, results),
    async onDone(run, failedNow) {
      // A finished run needs no state; those of large arms would fill the disk.
      await rm(join(folder.runPath(run), 'state.safetensors'), { force: true });
      await writeNow(failedNow);
    },
  });
  const { done } = trained;
  const further = await measureMissing(runs, folder, lab, (more) => writeNow([...trained.failed, ...more]));
  const failed = [...trained.failed, ...further.failed];
  const written = await writeClaim(plan, runs, folder, { failed, command });
  const status = done + trained.failed.length === runs.length && !further.left ? 'done' : 'stopped';
  return { status, runs: runs.length, done, unmeasured: further.left, failed, ...written };
}

/** Leaves panels for the figures, and measures a finished run with the other prompts that it stands for. */
async function atEnd(plan: ClaimPlan, run: ClaimRun, s: Session, results: readonly Measured[]): Promise<void> {
  const first = run.seed === plan.seeds[0] && run.prompt === plan.prompts[0] && run.fold === 0;
  if (first) await savePanels(s.folder.path, s.set, results);
  await measureTrained(run, s);
}
