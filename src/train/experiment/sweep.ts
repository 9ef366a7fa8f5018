import * as v from 'valibot';
import { type ExperimentConfig, experimentSchema, resolveConfig } from './config';
import { ConfigError, issueText } from './configError';
import { canonical, merge } from './merge';
import { type Json, override } from './overrides';
import { arm } from './presets';
import type { AnySchema } from './schemaWalk';

const text = v.pipe(v.string(), v.nonEmpty('expected a text that is not empty'));
/** A part of an experiment; checked when the whole is put together. */
const part = v.record(v.string(), v.unknown());

/** A grid of experiments: every arm with every seed, prompt and data set. */
export const sweepSchema = v.strictObject({
  name: v.optional(v.pipe(v.string(), v.regex(/^[\w.-]{1,60}$/, 'expected letters, digits, - . or _')), 'sweep'),
  /** What all experiments have in common. */
  common: v.optional(part, {}),
  /** Arms by name, or a name and the part of an experiment that makes it. */
  arms: v.pipe(v.array(v.union([text, v.strictObject({ name: text, config: part })])), v.minLength(1)),
  seeds: v.optional(v.pipe(v.array(v.pipe(v.number(), v.integer(), v.minValue(0))), v.minLength(1)), [1, 2, 3]),
  /** Kinds of prompt; an arm that has one of its own keeps it. */
  prompts: v.optional(v.pipe(v.array(text), v.minLength(1)), ['point-1']),
  /** Data sets: a source, or the `data` of an experiment. */
  data: v.optional(v.pipe(v.array(v.union([text, part])), v.minLength(1)), ['phantoms']),
  /** The row that the others are tested against; null: the first. */
  against: v.optional(v.nullable(text), null),
});

/** A complete sweep. */
export type SweepConfig = Readonly<v.InferOutput<typeof sweepSchema>>;

/** One experiment of a sweep. */
export interface SweepRun {
  /** Folder's name: arm, data, prompt, seed. */
  readonly key: string;
  /** The row it belongs to. */
  readonly arm: string;
  readonly config: ExperimentConfig;
  /** Text that is equal for equal experiments, wherever they write to. */
  readonly identity: string;
}

/** The sweep that `raw` describes; overrides with PATH=VALUE go to what all experiments have in common. */
export function resolveSweep(raw: Json, sets: readonly string[] = []): SweepConfig {
  const parsed = v.safeParse(sweepSchema, raw);
  if (!parsed.success) {
    const lines = parsed.issues.map((i) => issueText(sweepSchema as AnySchema, raw, i));
    throw new ConfigError(`the sweep: ${lines.join('; ')}`);
  }
  const common = sets.reduce<Json>(
    (c, set) => override(experimentSchema as AnySchema, c, set),
    parsed.output.common as Json,
  );
  const sweep = { ...parsed.output, common: common as Record<string, unknown> };
  sweepRuns(sweep);
  return sweep;
}

/**
 * All experiments, seeds outermost: stopped early, every arm has been run with as many seeds. What does not train is the same for every
 * seed and is run with the first alone. `ConfigError` names the arm whose experiment is wrong.
 */
export function sweepRuns(sweep: SweepConfig): SweepRun[] {
  const runs = new Map<string, SweepRun>();
  for (const [i, seed] of sweep.seeds.entries()) {
    for (const data of sweep.data) {
      for (const one of sweep.arms) {
        for (const prompt of sweep.prompts) {
          const run = sweepRun(sweep, one, data, prompt, seed);
          if (i > 0 && run.config.trainable === 'none') continue;
          const before = runs.get(run.key);
          if (before && before.identity !== run.identity)
            throw new ConfigError(`two experiments are called ${run.key}; give their arms different names`);
          runs.set(run.key, run);
        }
      }
    }
  }
  return [...runs.values()];
}

function sweepRun(
  sweep: SweepConfig,
  one: SweepConfig['arms'][number],
  data: SweepConfig['data'][number],
  prompt: string,
  seed: number,
): SweepRun {
  const name = typeof one === 'string' ? one : one.name;
  const own = (typeof one === 'string' ? arm(one) : one.config) as { readonly [key: string]: Json };
  const source = (typeof data === 'string' ? { source: data } : data) as Json;
  const kind = own.prompt === undefined ? prompt : String(own.prompt);
  const row = sweep.prompts.length > 1 || own.prompt !== undefined ? `${name}, ${kind}` : name;
  const experiment = [{ prompt }, own, { data: source }, { seed, name: row }].reduce<Json>(merge, sweep.common as Json);
  try {
    const config = resolveConfig(experiment);
    const { output: _, checkpoint: __, ...counts } = config;
    const set = config.data.source.split(/[\\/]/).filter(Boolean).at(-1) ?? '';
    const key = [name, set, kind, seed].join('-').replace(/[^\w.-]+/g, '_');
    return { key, arm: row, config, identity: canonical(counts) };
  } catch (e) {
    if (e instanceof ConfigError) throw new ConfigError(`arm ${name}: ${e.message}`);
    throw e;
  }
}
