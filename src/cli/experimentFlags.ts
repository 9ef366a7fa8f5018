import { readFile } from 'node:fs/promises';
import { type ExperimentConfig, resolveConfig } from '../train/experiment/config';
import { ConfigError } from '../train/experiment/configError';
import { merge } from '../train/experiment/merge';
import type { Json } from '../train/experiment/overrides';
import { ARM_NAMES, arm } from '../train/experiment/presets';
import { aboutRecipe, RECIPE_NAMES, recipe } from '../train/experiment/recipes';
import type { Flag, FlagValues } from './flags';

/** Flags of every command that takes an experiment: a file, an arm by name, overrides, and short forms of frequent overrides. */
export const EXPERIMENT_FLAGS = {
  config: { kind: 'text' },
  preset: { kind: 'text', choices: ARM_NAMES },
  recipe: { kind: 'text', choices: RECIPE_NAMES },
  set: { kind: 'list' },
  base: { kind: 'text' },
  data: { kind: 'text' },
  adapter: { kind: 'text' },
  prompt: { kind: 'text' },
  steps: { kind: 'text' },
  batch: { kind: 'text' },
  lr: { kind: 'text' },
  seed: { kind: 'text' },
  out: { kind: 'text' },
} as const satisfies Record<string, Flag>;

/** What short flags set. */
const SHORT = {
  base: 'base',
  data: 'data.source',
  adapter: 'adapters',
  prompt: 'prompt',
  steps: 'train.steps',
  batch: 'train.batch',
  lr: 'train.lr',
  seed: 'seed',
  out: 'output.folder',
} as const;

/** Lines of help for them. */
export const EXPERIMENT_HELP = `  --config FILE     experiment as JSON; keys that are left out have their defaults
  --preset NAME     an arm of the paper's comparisons: ${ARM_NAMES.slice(0, 5).join(', ')},
                    ${ARM_NAMES.slice(5).join(', ')}
${RECIPE_NAMES.map((name) => `  --recipe ${name}`.padEnd(19).concat(' ', aboutRecipe(name))).join('\n')}
  --set PATH=VALUE  override, any number of times: train.lr=1e-4, adapters.medsa.r=8, data.split.by=fold
  --base, --data, --adapter NAME[,NAME…], --prompt, --steps, --batch, --lr, --seed, --out
                    short for --set base=…, data.source=…, adapters=…, prompt=…, train.steps=…, train.batch=…,
                    train.lr=…, seed=…, output.folder=…`;

/** Values of EXPERIMENT_FLAGS. */
export type ExperimentFlags = FlagValues<typeof EXPERIMENT_FLAGS>;

/** The experiment that flags describe: recipe, then preset, then file, then short flags, then --set. `ConfigError` in words. */
export async function experimentOf(flags: ExperimentFlags, start: Json = {}): Promise<ExperimentConfig> {
  const preset = merge(flags.recipe ? recipe(flags.recipe) : {}, flags.preset ? arm(flags.preset) : {});
  const file = flags.config ? await readJson(flags.config) : {};
  const short = Object.entries(SHORT).flatMap(([flag, path]) => {
    const value = flags[flag as keyof typeof SHORT];
    return value === undefined ? [] : [`${path}=${value}`];
  });
  return resolveConfig(merge(merge(start, preset), file), [...short, ...(flags.set ?? [])]);
}

/** A JSON file; `ConfigError` where it is not there or no JSON. */
export async function readJson(path: string): Promise<Json> {
  const text = await readFile(path, 'utf8').catch(() => null);
  if (text === null) throw new ConfigError(`${path}: there is no such file`);
  try {
    return JSON.parse(text) as Json;
  } catch (e) {
    throw new ConfigError(`${path}: it is no JSON: ${e instanceof Error ? e.message : String(e)}`);
  }
}
