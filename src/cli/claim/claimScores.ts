// What the finished runs of the claim scored, gathered by prompt.
import { parseRunSummary, type RunSummary } from '../../data/experiment/runSummary';
import type { SweepFolder } from '../sweepFolder';
import type { ClaimArm } from './claimArms';
import { ALSO, readPrompts } from './claimPrompts';
import { type ClaimRun, isStill } from './claimRuns';
import type { ClaimSet } from './claimSets';

/** All folds of one arm on one set with one seed, measured with one prompt. */
export interface ClaimScore {
  readonly of: ClaimArm;
  readonly set: ClaimSet;
  readonly prompt: string;
  readonly seed: number;
  /** Folders of its runs, the first fold's first. */
  readonly paths: readonly string[];
  readonly summary: RunSummary;
}

/** A run's scores with one prompt. */
interface Part {
  readonly run: ClaimRun;
  readonly path: string;
  readonly summary: RunSummary;
}

/** Scores of what is done; a seed of which a fold is missing is missing. In the order of `runs`. */
export async function claimScores(folder: SweepFolder, runs: readonly ClaimRun[]): Promise<ClaimScore[]> {
  const groups = new Map<string, { wanted: number; parts: Part[]; prompt: string }>();
  for (const run of runs) {
    const done = (await folder.state(run)) === 'done';
    const found = done ? await partsOf(folder, run) : [];
    for (const prompt of [run.prompt, ...run.also]) {
      const key = JSON.stringify([run.of.name, run.set.name, prompt, run.seed]);
      const group = groups.get(key) ?? { wanted: 0, parts: [], prompt };
      groups.set(key, group);
      group.wanted++;
      group.parts.push(...found.filter((f) => f.prompt === prompt));
    }
  }
  return [...groups.values()]
    .filter((g) => g.parts.length === g.wanted)
    .map(({ parts, prompt }) => {
      const { of, set, seed } = parts[0].run;
      return { of, set, prompt, seed, paths: parts.map((p) => p.path), summary: joined(parts.map((p) => p.summary)) };
    });
}

async function partsOf(folder: SweepFolder, run: ClaimRun): Promise<(Part & { prompt: string })[]> {
  const path = folder.runPath(run);
  const summary = parseRunSummary(await folder.summary(run), `${path}/summary.json`);
  const own = { run, path, summary, prompt: run.prompt };
  if (!run.also.length) return [own];
  return [
    own,
    ...Object.entries(await readPrompts(path)).map(([prompt, cases]) => ({
      ...own,
      prompt,
      summary: parseRunSummary({ ...summary, cases, overlays: [] }, `${path}/${ALSO}`),
    })),
  ];
}

/** Folds as one run: every case was measured once. */
function joined(parts: readonly RunSummary[]): RunSummary {
  const [first] = parts;
  if (parts.length === 1) return first;
  const peaks = parts.flatMap((p) => p.peakBytes ?? []);
  return {
    ...first,
    cases: parts.flatMap((p) => p.cases),
    seconds: parts.reduce((sum, p) => sum + p.seconds, 0),
    peakBytes: peaks.length ? Math.max(...peaks) : null,
  };
}

/** Scores that stand in the tables of `prompt`: what takes no prompt stands in all. */
export const scoresWith = (scores: readonly ClaimScore[], prompt: string): readonly ClaimScore[] =>
  scores.filter((s) => s.prompt === prompt || s.of.promptless);

/**
 * What is comparable among arms `names`: on each set the seeds that every one of them has which was measured there. Seeds differ by more than arms
 * do, so one arm's mean of three against another's first seed would compare seeds. What does not train has no seeds and stays.
 */
export function withCommonSeeds(scores: readonly ClaimScore[], names: readonly string[]): readonly ClaimScore[] {
  const among = scores.filter((s) => names.includes(s.of.name));
  const trained = among.filter((s) => !isStill(s.of));
  return among.filter((s) => {
    const here = trained.filter((t) => t.set === s.set && t.prompt === s.prompt);
    const arms = new Set(here.map((t) => t.of.name));
    return isStill(s.of) || here.filter((t) => t.seed === s.seed).length === arms.size;
  });
}
