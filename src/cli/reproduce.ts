import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { promptTokens } from '../data/trainItems';
import { experimentSchema } from '../train/experiment/config';
import { type Json, override } from '../train/experiment/overrides';
import { aboutRecipe, RECIPE_NAMES } from '../train/experiment/recipes';
import type { AnySchema } from '../train/experiment/schemaWalk';
import { openBase } from './baseFile';
import { projectRoot } from './chromium.mjs';
import { CLAIM_ARMS, claimArms } from './claim/claimArms';
import { countPatients } from './claim/claimPatients';
import { runClaim } from './claim/claimRun';
import { type ClaimPlan, claimCommon, claimRuns } from './claim/claimRuns';
import { CLAIM_SETS, type ClaimSet, claimSets } from './claim/claimSets';
import { publishClaim } from './claim/claimWrite';
import { command } from './command';
import { type Flag, type FlagValues, UsageError } from './flags';
import { INTERRUPTED, onInterrupt } from './interrupt';
import { makeLab } from './lab';
import { tunedHost } from './tunedHost';

const FLAGS = {
  data: { kind: 'list' },
  sets: { kind: 'text' },
  arms: { kind: 'text' },
  prompts: { kind: 'text' },
  seeds: { kind: 'text' },
  steps: { kind: 'whole', min: 1, max: 1_000_000 },
  recipe: { kind: 'text', choices: ['none', ...RECIPE_NAMES] },
  base: { kind: 'text' },
  folds: { kind: 'whole', min: 1, max: 100 },
  transfer: { kind: 'switch' },
  once: { kind: 'text' },
  budget: { kind: 'number', min: 0, max: 1e6 },
  set: { kind: 'list' },
  out: { kind: 'text' },
  publish: { kind: 'switch' },
  'dry-run': { kind: 'switch' },
} as const satisfies Record<string, Flag>;

const D = {
  data: ['../shared/data'],
  prompts: 'point-1,point-3,box-0.75,box-0.5',
  seeds: '1,2,3',
  steps: 120,
  recipe: 'small-set',
  base: 'sam-nano',
  out: join('runs', 'reproduce'),
} as const;

const HELP = `reproduce: measure the claim of Med-SA on real images, and write RESULTS.md

  npm run reproduce -- [flags]

  --data DIR        folder with the data sets in it; any number of times, the first that has a set counts (${D.data[0]})
  --sets A,B        only these: ${CLAIM_SETS.map((s) => s.name).join(', ')}
  --arms A,B        only these (main and ablation stand for groups): ${CLAIM_ARMS.map((a) => a.name).join(', ')}
  --prompts A,B     (${D.prompts})
  --seeds 1,2,3     (${D.seeds})
  --steps N         training steps of every arm (${D.steps})
  --recipe NAME     how every arm trains: none, ${RECIPE_NAMES.join(', ')} (${D.recipe}: ${aboutRecipe(D.recipe)})
  --base NAME|FILE  (${D.base})
  --folds K         K-fold cross validation instead of one fixed split (at most one for each patient; of two or three patients each is a fold in any case)
  --transfer        train with the first prompt only and measure those models with all prompts; the tables say so
  --once A,B        sets that are measured with the first prompt alone (of volumes every further one is a pass over all slices)
  --budget MINUTES  do what fits into so many minutes and stop cleanly; the same command goes on from there (0: only writes the tables)
  --set PATH=VALUE  override in all experiments, any number of times: train.batch=4
  --out DIR         folder of runs, reports and RESULTS.md (${D.out})
  --publish         copy RESULTS.md and its pictures to weights/ (of a base other than ${D.base}: to weights/results-NAME/)
  --dry-run         list the experiments in their order and do nothing
  --json            result as JSON on stdout instead of RESULTS.md
  --help            this text

One model per set, arm and seed. First comes a small complete table: the first seed and prompt on all sets; then ablations,
further seeds, further prompts. It may be killed at any moment: called again with the same settings it goes on; sets,
arms, seeds and prompts may be added (with --transfer models that are there are measured with prompts that they lack,
and nothing trains again). What was not run is a dash in the tables. Sets that are not in --data are left out
by name.
Exit codes: 0 done, 1 some runs failed, 2 wrong command line, 130 stopped before the end.`;

type ReproduceFlags = FlagValues<typeof FLAGS>;

/** `npm run reproduce -- [flags]`: see HELP. */
export const run = command(
  'reproduce',
  HELP,
  FLAGS,
  async ({ budget, out = D.out, publish, json, 'dry-run': dry, ...flags }) => {
    const plan = await planOf(flags);
    if (dry) {
      const keys = claimRuns(plan).map((r) => r.key);
      console.log(json ? JSON.stringify(keys) : keys.join('\n'));
      return 0;
    }
    const interrupt = onInterrupt();
    const end = performance.now() + (budget ?? Number.POSITIVE_INFINITY) * 60_000;
    const stopped = () => interrupt.asked() || performance.now() >= end;
    const lab = makeLab(tunedHost({ log: process.stderr, stopped }));
    try {
      const { results, ...result } = await runClaim(plan, out, lab, commandLine(flags));
      const { status, done, runs, unmeasured, failed, files } = result;
      if (publish) await publishClaim(result, out, publishedAt(plan.base));
      console.log(json ? JSON.stringify(result) : `${results}\nwritten: ${files.join(', ')}`);
      if (status === 'done') return failed.length ? 1 : 0;
      const further = unmeasured ? `, ${unmeasured} of them not with every prompt` : '';
      console.error(`stopped: ${done} of ${runs} runs are in${further}; the same command goes on`);
      return INTERRUPTED;
    } finally {
      lab.close();
      interrupt.forget();
    }
  },
);

/** Where the results of a base are published: those of the default base stand for all. */
const publishedAt = (base: string): string =>
  join(projectRoot, 'weights', ...(base === D.base ? [] : [`results-${basename(base).replace(/\.\w+$/, '')}`]));

/** What the flags ask for, of the sets that are there. `UsageError` where none is. */
async function planOf(f: ReproduceFlags): Promise<ClaimPlan> {
  const roots = f.data ?? D.data;
  const rootOf = (set: ClaimSet) => roots.find((r) => existsSync(join(r, set.name)));
  const wanted = claimSets(listOf(f.sets));
  const sets = wanted.filter((s) => rootOf(s) !== undefined);
  const gone = wanted.filter((s) => !sets.includes(s)).map((s) => s.name);
  if (!sets.length)
    throw new UsageError(`--data ${roots.join(', ')}: none of these folders is there: ${gone.join(', ')}`);
  if (gone.length) process.stderr.write(`left out, not in --data: ${gone.join(', ')}\n`);
  const how = f.recipe ?? D.recipe;
  const common = (f.set ?? []).reduce<Json>(
    (c, set) => override(experimentSchema as AnySchema, c, set),
    claimCommon(f.steps ?? D.steps, how === 'none' ? null : how),
  );
  const { base = D.base, folds = 1, transfer = false } = f;
  const prompts = promptsOf(f.prompts ?? D.prompts);
  const seeds = seedsOf(f.seeds ?? D.seeds);
  return {
    sets,
    arms: claimArms(listOf(f.arms)),
    prompts,
    seeds,
    root: (s) => rootOf(s)!,
    base,
    side: (await openBase(base)).config.imageEncoder.imgSize,
    folds,
    patients: await countPatients(sets, (s) => join(rootOf(s)!, s.name)),
    transfer,
    once: f.once ? claimSets(listOf(f.once), '--once').map((s) => s.name) : [],
    common,
  };
}

const listOf = (text?: string): string[] => [...new Set(text?.split(',').filter(Boolean))];

function promptsOf(text: string): string[] {
  const prompts = listOf(text);
  if (!prompts.length) throw new UsageError(`--prompts: expected kinds of prompt, such as ${D.prompts}`);
  try {
    prompts.forEach(promptTokens);
  } catch (e) {
    throw new UsageError(`--prompts: ${e instanceof Error ? e.message : String(e)}`);
  }
  return prompts;
}

function seedsOf(text: string): number[] {
  const seeds = listOf(text).map(Number);
  if (seeds.length && seeds.every((s) => Number.isInteger(s) && s >= 0 && s < 2 ** 31)) return seeds;
  throw new UsageError(`--seeds ${text}: expected whole numbers with commas, such as ${D.seeds}`);
}

/** The command that was typed, without what only says where things lie. */
function commandLine(f: ReproduceFlags): string {
  const shown = Object.entries(f).flatMap(([name, value]) =>
    name === 'data' || value === undefined
      ? []
      : value === true
        ? [`--${name}`]
        : [value].flat().map((v) => `--${name} ${v}`),
  );
  return `npm run reproduce${shown.length ? ` -- ${shown.join(' ')}` : ''}`;
}
