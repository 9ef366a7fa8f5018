// Scores of trained models with other prompts than the one that they were trained with.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatasetError, wordsOf } from '../../data/errors';
import { RUN_FILES } from '../../data/experiment/runFiles';
import type { CaseRow } from '../../data/experiment/runSummary';
import { caseRows } from '../../data/experiment/summary';
import { shapeOf } from '../../train/trainItem';
import { evaluateRows } from '../evaluateModel';
import { writeWhole } from '../files';
import type { Lab } from '../lab';
import { measure } from '../measure';
import { showTime } from '../progress';
import type { Session } from '../session';
import type { SweepFolder } from '../sweepFolder';
import type { RunTime } from '../sweepRun';
import type { FailedRun } from '../sweepTables';
import { openTrained } from '../trainedModel';
import { claimTime } from './claimEstimate';
import type { ClaimRun } from './claimRuns';

/** Beside a run's summary: what it scored with other prompts than that which it was trained with, by prompt. */
export const ALSO = 'also.json';

/** Rows of what was scored with each further prompt. */
type ByPrompt = Record<string, CaseRow[]>;

/** What is in a run's also.json; nothing where there is none. */
export async function readPrompts(path: string): Promise<Readonly<ByPrompt>> {
  const text = await readFile(join(path, ALSO), 'utf8').catch(() => '{}');
  try {
    return JSON.parse(text) as ByPrompt;
  } catch {
    throw new DatasetError(
      `${join(path, ALSO)}: it is no JSON; take the file away, and the same command measures again`,
    );
  }
}

/** Prompts that a finished run has still to be measured with. */
export async function missingPrompts(folder: SweepFolder, run: ClaimRun): Promise<readonly string[]> {
  if (!run.also.length) return [];
  const there = await readPrompts(folder.runPath(run));
  return run.also.filter((prompt) => !(prompt in there));
}

/** Measures a run that has just been trained, and is still on the device, with the other prompts that it stands for. */
export async function measureTrained(run: ClaimRun, s: Session): Promise<void> {
  const { trainer } = s;
  if (!run.also.length || !trainer) return;
  const { maskSide } = shapeOf(s.train, s.base.config);
  await addPrompts(s.folder.path, {}, run.also, s.lab, async (prompt, label) => {
    const set = s.data.evaluation(prompt, maskSide);
    return caseRows(s.data, set, s.config.eval, await measure(set, trainer, s.train, s.lab.host, label));
  });
}

/** What a pass over finished runs came to. */
export interface PromptsResult {
  /** Runs that still lack a prompt: it was stopped before them. */
  readonly left: number;
  readonly failed: readonly FailedRun[];
}

/**
 * Measures finished runs of `runs` with prompts that they lack, because these were added later or the run was stopped: their weights are read
 * back from their folders, nothing trains. It ends between two prompts when it is asked to stop. `onDone` is called after each run.
 */
export async function measureMissing(
  runs: readonly ClaimRun[],
  folder: SweepFolder,
  lab: Lab,
  onDone: (failed: readonly FailedRun[]) => Promise<void>,
): Promise<PromptsResult> {
  const open: ClaimRun[] = [];
  for (const run of runs)
    if ((await folder.state(run)) === 'done' && (await missingPrompts(folder, run)).length) open.push(run);
  const failed: FailedRun[] = [];
  const times: RunTime<ClaimRun>[] = [];
  for (const [k, run] of open.entries()) {
    if (lab.host.stopped()) return { left: open.length - k, failed };
    const left = times.length ? `, ${showTime(claimTime(times, open.slice(k)))} left` : '';
    lab.host.log.write(`\n[${k + 1}/${open.length}] ${run.key}, further prompts${left}\n`);
    const began = performance.now();
    try {
      await measureKept(run, folder.runPath(run), lab);
    } catch (e) {
      lab.host.log.write(`${run.key} failed: ${wordsOf(e)}\n`);
      failed.push({ run: `${run.key}, further prompts`, error: wordsOf(e) });
      continue;
    }
    if ((await missingPrompts(folder, run)).length) return { left: open.length - k, failed };
    times.push({ run, ms: performance.now() - began });
    await onDone(failed);
  }
  return { left: 0, failed };
}

/** The model that a finished run was measured with, measured with what it lacks. */
async function measureKept(run: ClaimRun, path: string, lab: Lab): Promise<void> {
  const { config } = run;
  const base = await lab.base(config.base);
  const { heldBack } = await lab.data(config.data, base.config.imageEncoder.imgSize);
  // Where cases are held back it was the best step that was measured, else the last.
  const weights = join(path, heldBack.length ? RUN_FILES.best : RUN_FILES.last);
  const model = await openTrained({ base: config.base, adapter: weights });
  const there = await readPrompts(path);
  await addPrompts(path, there, run.also, lab, (prompt, label) =>
    evaluateRows(model, { ...config, eval: { ...config.eval, prompt } }, lab, label),
  );
}

/** Adds what is not `there` of `prompts`, and saves after each of them; what was asked for less is kept. */
async function addPrompts(
  path: string,
  there: Readonly<ByPrompt>,
  prompts: readonly string[],
  lab: Lab,
  rows: (prompt: string, label: string) => Promise<CaseRow[]>,
): Promise<void> {
  let also = { ...there };
  for (const prompt of prompts.filter((p) => !(p in there))) {
    if (lab.host.stopped()) return;
    also = { ...also, [prompt]: await rows(prompt, `measuring with ${prompt}`) };
    await writeWhole(join(path, ALSO), JSON.stringify(also));
  }
}
