// Which experiments the claim consists of, and in which order they are run.
import { join } from 'node:path';
import { resolveConfig } from '../../train/experiment/config';
import { canonical, merge } from '../../train/experiment/merge';
import type { Json } from '../../train/experiment/overrides';
import { recipe } from '../../train/experiment/recipes';
import type { SweepRun } from '../../train/experiment/sweep';
import type { ClaimArm } from './claimArms';
import { fewPatients, foldsOn, type Patients } from './claimPatients';
import type { ClaimSet } from './claimSets';

/** What decides the experiments. */
export interface ClaimPlan {
  readonly sets: readonly ClaimSet[];
  readonly arms: readonly ClaimArm[];
  readonly prompts: readonly string[];
  readonly seeds: readonly number[];
  /** Folder that holds each set. */
  readonly root: (set: ClaimSet) => string;
  readonly base: string;
  /** Side of the base's input. */
  readonly side: number;
  /** Parts of the cross validation; 1: one fixed split. */
  readonly folds: number;
  /** Patients of the sets: two or three have a fold each, whatever `folds` is. */
  readonly patients: Patients;
  /** Models are trained with the first prompt and measured with all of them. */
  readonly transfer: boolean;
  /** Names of sets that are measured with the first prompt alone: each further one is a pass over all slices of all volumes. */
  readonly once?: readonly string[];
  /** What all experiments have in common, on top of the defaults here. */
  readonly common: Json;
}

/** One experiment of the claim. */
export interface ClaimRun extends SweepRun {
  readonly set: ClaimSet;
  readonly of: ClaimArm;
  readonly prompt: string;
  readonly seed: number;
  /** Number of the part that is measured, from 0. */
  readonly fold: number;
  /** Prompts that the trained model is measured with, too. */
  readonly also: readonly string[];
}

/** Share of the cases that are measured where there is one fixed split. */
const FRACTION = 0.3;

/** The same budget and recipe (null: none) for every arm; an arm's own learning rate comes on top. */
export function claimCommon(steps: number, how: string | null = null): Json {
  const budget = {
    checkpoint: Math.max(10, Math.ceil(steps / 4)),
    train: { steps, batch: 8, lr: 3e-3 },
    eval: { times: 1, tolerance: 2 },
    output: { overlays: 4 },
  };
  return merge(how === null ? {} : recipe(how), budget);
}

/**
 * All experiments in the order in which they are run: a small table is complete first (main arms, first seed, first prompt, set by set),
 * then the ablations, further seeds, further prompts. What does not train is run with the first seed alone, what takes no
 * prompt with the first prompt alone. `ConfigError` where an experiment makes no sense.
 */
export function claimRuns(plan: ClaimPlan): ClaimRun[] {
  const runs: ClaimRun[] = [];
  const trained = plan.transfer ? plan.prompts.slice(0, 1) : plan.prompts;
  for (const prompt of plan.prompts) {
    for (const [i, seed] of plan.seeds.entries()) {
      for (const main of [true, false]) {
        for (const set of plan.sets.filter((s) => promptsOn(plan, s).includes(prompt))) {
          for (const of of plan.arms.filter((a) => (a.group === 'main') === main)) {
            const still = isStill(of);
            const first = prompt === plan.prompts[0];
            if (!configOf(of, set) || (i > 0 && still) || (of.promptless && !first)) continue;
            if (!still && !trained.includes(prompt)) continue;
            for (let fold = 0; fold < foldsOn(plan.folds, plan.patients, set); fold++)
              runs.push(claimRun(plan, { set, of, prompt, seed, fold }));
          }
        }
      }
    }
  }
  return runs;
}

/** Prompts that a set is measured with. */
export const promptsOn = ({ prompts, once }: ClaimPlan, { name }: ClaimSet): readonly string[] =>
  once?.includes(name) ? prompts.slice(0, 1) : prompts;

/** True for an arm in which nothing trains. */
export const isStill = (of: ClaimArm): boolean => (of.images ?? of.volumes)?.trainable === 'none';

/** The arm's part of an experiment on such a set; null where it has none. */
export const configOf = (of: ClaimArm, set: ClaimSet): ClaimArm['images'] => (set.volumes ? of.volumes : of.images);

/** Slabs of several slices are heavier than images: a quarter as many of them at once. */
function trainOf(common: Json, { volumes }: ClaimSet): { readonly [key: string]: Json } {
  return volumes ? { batch: Math.max(1, Math.floor(resolveConfig(common).train.batch / 4)) } : {};
}

function claimRun(plan: ClaimPlan, where: Pick<ClaimRun, 'set' | 'of' | 'prompt' | 'seed' | 'fold'>): ClaimRun {
  const { set, of, prompt, seed, fold } = where;
  const { side, common } = plan;
  const folds = foldsOn(plan.folds, plan.patients, set);
  const few = fewPatients(plan.patients, set) !== null;
  const base = of.scratch ? `${of.scratch}-${side}` : plan.base;
  const split: Json = folds > 1 ? { by: 'fold', folds, fold } : { by: 'fraction', fraction: FRACTION };
  const held: Json = few ? { validation: 0 } : {};
  const data: Json = { ...set.data, ...held, source: join(plan.root(set), set.name), split };
  const shared: Json = { base, prompt, train: { ...trainOf(common, set), ...(few ? { patience: null } : {}) } };
  const parts: Json[] = [shared, configOf(of, set)!, { data, seed, name: of.title }];
  const config = resolveConfig(parts.reduce<Json>(merge, common));
  const also = plan.transfer && !of.promptless && !isStill(of) ? promptsOn(plan, set).filter((p) => p !== prompt) : [];
  const key = [of.name, set.name, prompt, seed, ...(folds > 1 ? [`fold${fold + 1}of${folds}`] : [])].join('-');
  // Where the data lie does not matter: the run itself compares their hash. Nor do further prompts: a model is the same without them.
  const { output: _, checkpoint: __, ...counts } = { ...config, data: { ...config.data, source: set.name } };
  return { ...where, also, key, arm: of.title, config, identity: canonical(counts) };
}
