import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Measured } from '../../data/experiment/experimentData';
import type { CaseRow } from '../../data/experiment/runSummary';
import { caseRows } from '../../data/experiment/summary';
import { shapeOf } from '../../train/trainItem';
import { writeWhole } from '../files';
import type { Lab } from '../lab';
import { measure } from '../measure';
import { writeReport } from '../report/writeReport';
import type { Session } from '../session';
import { openSweepFolder, type SweepFolder } from '../sweepFolder';
import { runAll } from '../sweepRun';
import type { FailedRun } from '../sweepTables';
import { claimTime } from './claimEstimate';
import { claimMarkdown, claimSettings } from './claimResults';
import { type ClaimPlan, type ClaimRun, claimRuns } from './claimRuns';
import { ALSO, claimScores, scoresWith } from './claimScores';

/** How it ended. */
export interface ClaimResult {
  readonly status: 'done' | 'stopped';
  readonly runs: number;
  readonly done: number;
  readonly failed: readonly FailedRun[];
  /** RESULTS.md and the reports by prompt. */
  readonly files: readonly string[];
  /** Text of RESULTS.md. */
  readonly results: string;
}

/** Milliseconds between two writings of the tables while runs go on. */
const EVERY = 60_000;

/**
 * Runs what of the claim is not done yet in folder `path` and writes RESULTS.md and a report for each prompt there, also meanwhile: a kill
 * loses the present run's steps since its last checkpoint and nothing else. `command` is what RESULTS.md says to type.
 */
export async function runClaim(plan: ClaimPlan, path: string, lab: Lab, command: string): Promise<ClaimResult> {
  const runs = claimRuns(plan);
  const folder = await openSweepFolder(path, claimSettings(plan), 'reproduce.json');
  let last = performance.now();
  const { done, failed } = await runAll(runs, folder, lab, {
    command: 'reproduce',
    estimate: claimTime,
    atEnd: (run) => (s, results) => atEnd(run, s, results),
    async onDone(run, failedNow) {
      // A finished run needs no state; those of large arms would fill the disk.
      await rm(join(folder.runPath(run), 'state.safetensors'), { force: true });
      if (performance.now() - last < EVERY) return;
      await writeClaim(plan, runs, folder, failedNow, command);
      last = performance.now();
    },
  });
  const written = await writeClaim(plan, runs, folder, failed, command);
  const status = done + failed.length === runs.length ? 'done' : 'stopped';
  return { status, runs: runs.length, done, failed, ...written };
}

/** Measures a finished run with the other prompts that it stands for. */
async function atEnd(run: ClaimRun, s: Session, _: readonly Measured[]): Promise<void> {
  if (!run.also.length || !s.trainer) return;
  const also: Record<string, CaseRow[]> = {};
  const { maskSide } = shapeOf(s.train, s.base.config);
  for (const prompt of run.also) {
    const set = s.data.evaluation(prompt, maskSide);
    const results = await measure(set, s.trainer, s.train, s.lab.host, `measuring with ${prompt}`);
    also[prompt] = caseRows(s.data, set, s.config.eval, results);
  }
  await writeWhole(join(s.folder.path, ALSO), JSON.stringify(also));
}

async function writeClaim(
  plan: ClaimPlan,
  runs: readonly ClaimRun[],
  folder: SweepFolder,
  failed: readonly FailedRun[],
  command: string,
): Promise<Pick<ClaimResult, 'files' | 'results'>> {
  const scores = await claimScores(folder, runs);
  const states = await Promise.all(runs.map((run) => folder.state(run)));
  const done = states.filter((s) => s === 'done').length;
  const { train } = runs[0].config;
  const results = claimMarkdown({ plan, scores, runs: runs.length, done, failed, figures: '', train, command });
  await folder.save('RESULTS.md', results);
  const files = [join(folder.path, 'RESULTS.md')];
  const open = runs.length - done;
  for (const prompt of plan.prompts) {
    const here = scoresWith(scores, prompt);
    if (!here.length) continue;
    const at = join(folder.path, 'report', prompt);
    const against = here.some((s) => s.summary.arm === 'zero-shot') ? 'zero-shot' : undefined;
    const notes = open ? [`${open} of ${runs.length} runs are not in.`] : [];
    const list = here.map((s) => ({ path: s.paths[0], summary: s.summary }));
    await writeReport(at, list, { title: `The claim, prompt ${prompt}`, notes, ...(against ? { against } : {}) });
    files.push(join(at, 'report.html'));
  }
  return { files, results };
}
