// What a claim leaves: RESULTS.md with its pictures, figures of all sets, and a report for each prompt.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeWhole } from '../files';
import { writeReport } from '../report/writeReport';
import type { SweepFolder } from '../sweepFolder';
import type { FailedRun } from '../sweepTables';
import { claimFigures, figureFile, figuresMarkdown } from './claimFigures';
import { missingPrompts } from './claimPrompts';
import { claimMarkdown } from './claimResults';
import type { ClaimPlan, ClaimRun } from './claimRuns';
import { type ClaimScore, claimScores, scoresWith } from './claimScores';

/** What was written. */
export interface WrittenClaim {
  /** Paths: RESULTS.md, reports. */
  readonly files: readonly string[];
  /** RESULTS.md and the pictures in it, from the folder: what may be given out. */
  readonly published: readonly string[];
  /** Text of RESULTS.md. */
  readonly results: string;
}

/** What stands beside the numbers. */
export interface ClaimWords {
  readonly failed: readonly FailedRun[];
  /** The command line that goes on. */
  readonly command: string;
}

/** Writes everything that can be said of the runs that are done. */
export async function writeClaim(
  plan: ClaimPlan,
  runs: readonly ClaimRun[],
  folder: SweepFolder,
  words: ClaimWords,
): Promise<WrittenClaim> {
  const scores = await claimScores(folder, runs);
  const states = await Promise.all(runs.map((run) => folder.state(run)));
  const done = runs.filter((_, i) => states[i] === 'done');
  const open = runs.filter((run, i) => states[i] !== 'done' && !words.failed.some((f) => f.run === run.key)).length;
  const missing = await Promise.all(done.map((run) => missingPrompts(folder, run)));
  const unmeasured = missing.filter((prompts) => prompts.length).length;
  const pictures = await claimFigures(plan, scores);
  for (const { set, png } of pictures) await folder.save(join('figures', `${set.name}.png`), png);
  const shown = pictures.filter(({ set }) => set.pictures.show);
  for (const { set, png } of shown) await folder.save(figureFile(set), png);
  const figures = figuresMarkdown(pictures, plan.prompts[0]);
  const { train } = runs[0].config;
  const counts = { runs: runs.length, done: done.length, open, unmeasured };
  const results = claimMarkdown({ plan, scores, ...counts, figures, train, ...words });
  await folder.save('RESULTS.md', results);
  const reports = await writeReports(plan, scores, folder, runs.length - done.length);
  const published = ['RESULTS.md', ...shown.map(({ set }) => figureFile(set))];
  return { files: [join(folder.path, 'RESULTS.md'), ...reports], published, results };
}

async function writeReports(
  plan: ClaimPlan,
  scores: readonly ClaimScore[],
  folder: SweepFolder,
  open: number,
): Promise<string[]> {
  const files: string[] = [];
  for (const prompt of plan.prompts) {
    const here = scoresWith(scores, prompt);
    if (!here.length) continue;
    const at = join(folder.path, 'report', prompt);
    const against = here.some((s) => s.summary.arm === 'zero-shot') ? { against: 'zero-shot' } : {};
    const notes = open ? [`${open} runs are not in.`] : [];
    const list = here.map((s) => ({ path: s.paths[0], summary: s.summary }));
    await writeReport(at, list, { title: `The claim, prompt ${prompt}`, notes, ...against });
    files.push(join(at, 'report.html'));
  }
  return files;
}

/** Copies RESULTS.md and its pictures from folder `from` to `to`. */
export async function publishClaim(
  { published }: Pick<WrittenClaim, 'published'>,
  from: string,
  to: string,
): Promise<void> {
  for (const name of published) await writeWhole(join(to, name), new Uint8Array(await readFile(join(from, name))));
}
