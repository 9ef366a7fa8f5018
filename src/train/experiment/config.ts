import * as v from 'valibot';
import { adapterKind } from '../../adapters/all';
import { trainSchema } from '../trainConfig';
import { ConfigError, issueText } from './configError';
import { type Json, override } from './overrides';
import type { AnySchema } from './schemaWalk';

const whole = (least: number, most = 2 ** 31 - 1) =>
  v.pipe(v.number(), v.integer(), v.minValue(least), v.maxValue(most));
const positive = v.pipe(v.number(), v.gtValue(0), v.maxValue(1e4));
const part = v.pipe(v.number(), v.gtValue(0), v.ltValue(1));
const text = v.pipe(v.string(), v.nonEmpty('expected a text that is not empty'));

const splitSchema = v.strictObject({
  /**
   * `fraction`: by chance; `fold`: number `fold` of `folds` validates; `list`: the cases in `val` validate; `all`: every case does, and
   * nothing is left to train on.
   */
  by: v.optional(v.picklist(['fraction', 'fold', 'list', 'all']), 'fraction'),
  /** Share of the cases that validate. */
  fraction: v.optional(part, 0.25),
  folds: v.optional(whole(2, 1000), 5),
  fold: v.optional(whole(0, 999), 0),
  /** Ids of the cases that validate. */
  val: v.optional(v.array(text), []),
});

const volumeSchema = v.strictObject({
  /** Slices D of a slab: a row group of a batch; `train.batch` slabs are computed at once. */
  depth: v.optional(whole(1, 256), 8),
  /** Part of a slab that the next one of the sliding window shares with it. */
  overlap: v.optional(v.pipe(v.number(), v.minValue(0), v.ltValue(1)), 0.5),
  /** Which way the slices are cut. */
  plane: v.optional(v.picklist(['auto', 'axial', 'coronal', 'sagittal']), 'auto'),
  /** Values shown from black to white: a preset's name, [low, high], or `auto`. */
  window: v.optional(v.union([text, v.tuple([v.number(), v.number()])]), 'auto'),
  /** mm along columns, rows and slices that volumes are resampled to, null leaves an axis alone; null: as stored. */
  spacing: v.optional(v.nullable(v.tuple([v.nullable(positive), v.nullable(positive), v.nullable(positive)])), null),
  /** Name of the image where a case has several (t1, flair, …). */
  image: v.optional(v.nullable(text), null),
  /** Which channel of a 4-D volume; null: only 3-D volumes. */
  channel: v.optional(v.nullable(whole(0, 10_000)), null),
});

const dataSchema = v.strictObject({
  /** Made in code: `phantoms` (2-D), `phantom-3d`, also with kinds and difficulty (`phantoms:fundus?level=0.8`); or a folder of images or volumes with masks. */
  source: v.optional(text, 'phantoms'),
  /** Of the split and of the phantoms; not of the order and prompts, so that runs of several seeds see the same data. */
  seed: v.optional(whole(0), 1),
  split: v.optional(splitSchema, {}),
  /**
   * Share of the training cases that is held back to choose the best step by; 0: none. The best adapter by their Dice is what is measured
   * in the end; the cases that validate (`split`) have no part in it.
   */
  validation: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(0.9)), 0),
  /** Most cases that train and that validate; null: all. Of 2-D phantoms: how many are drawn. */
  maxTrain: v.optional(v.nullable(whole(1)), null),
  maxVal: v.optional(v.nullable(whole(1)), null),
  /** Objects with these class names only; empty: all. */
  classes: v.optional(v.array(text), []),
  /** Objects of several classes together, by name: { "whole tumour": ["oedema", "necrosis"] }; the classes themselves stay. */
  unions: v.optional(v.record(text, v.array(text)), {}),
  /** Each connected part of a class is an object of its own (images). */
  instances: v.optional(v.boolean(), false),
  /** What a case with an empty mask does: left out by name, or an error. */
  emptyMasks: v.optional(v.picklist(['skip', 'refuse']), 'skip'),
  volume: v.optional(volumeSchema, {}),
});

const evalSchema = v.strictObject({
  /** Kind of prompt; null: that of training (of several, the first). */
  prompt: v.optional(v.nullable(text), null),
  /** Distance within which a surface counts as right, in mm (pixels in images without spacing). */
  tolerance: v.optional(v.pipe(v.number(), v.minValue(0)), 2),
  /** Surface distances, too; Dice and IoU always. */
  surfaces: v.optional(v.boolean(), true),
  /** Evaluations in a run, about; the last step always. */
  times: v.optional(whole(1, 1000), 3),
  /** Looks at the cases of `data.validation` in a run, about; the last step always. */
  validations: v.optional(whole(1, 1000), 10),
});

const outputSchema = v.strictObject({
  /** Run folder; null: runs/NAME. */
  folder: v.optional(v.nullable(text), null),
  /** Images that get an overlay. */
  overlays: v.optional(whole(0, 1000), 8),
});

/** One adapter: its kind by `name`, where it is attached, and its own options beside them. */
const adapterSchema = v.lazy((input) => {
  const name = typeof input === 'object' && input !== null && 'name' in input ? input.name : undefined;
  if (typeof name !== 'string') return v.strictObject({ name: v.string() }) as AnySchema;
  const kind = kindOrNull(name);
  if (!kind)
    return v.looseObject({
      name: v.pipe(
        v.string(),
        v.check(() => false, unknownAdapter(name)),
      ),
    }) as AnySchema;
  const entries = 'entries' in kind.schema ? (kind.schema.entries as v.ObjectEntries) : {};
  const options = v.strictObject({ name: v.string(), pattern: v.optional(v.string(), kind.pattern), ...entries });
  return v.pipe(
    options,
    v.rawCheck(({ dataset, addIssue }) => {
      if (!dataset.typed) return;
      const { name: _, pattern: __, ...own } = dataset.value as Record<string, unknown>;
      const problem = problemOf(() => kind(own));
      if (problem) addIssue({ message: problem });
    }),
  ) as AnySchema;
});

const kindOrNull = (name: string) => {
  try {
    return adapterKind(name);
  } catch {
    return null;
  }
};

const unknownAdapter = (name: string): string => problemOf(() => adapterKind(name)) ?? '';

function problemOf(f: () => unknown): string | null {
  try {
    f();
    return null;
  } catch (e) {
    return e instanceof Error ? e.message : String(e);
  }
}

/** An experiment: everything that decides what a run does, each key with its default. */
export const experimentSchema = v.strictObject({
  /** What tables and folders call it; empty: made from data and adapters. */
  name: v.optional(v.pipe(v.string(), v.maxLength(120)), ''),
  /** Name of a base in weights/, or a checkpoint file; `unet-SIDE`: a plain U-Net from scratch (`trainable: 'all'`, no adapters). */
  base: v.optional(text, 'sam-nano'),
  data: v.optional(dataSchema, {}),
  /** Attached in this order; none: the base itself. */
  adapters: v.optional(v.array(adapterSchema), [{ name: 'medsa' }]),
  /** `adapters`: these and what they say of the base; `decoder`: and the mask decoder; `all`, `none`, or names as patterns. */
  trainable: v.optional(v.union([v.picklist(['adapters', 'decoder', 'all', 'none']), v.array(text)]), 'adapters'),
  /** Kind of prompt in training; of several, every step draws one. */
  prompt: v.optional(v.union([text, v.pipe(v.array(text), v.minLength(1))]), 'point-1'),
  train: v.optional(v.omit(trainSchema, ['points', 'depth', 'seed']), {}),
  eval: v.optional(evalSchema, {}),
  /** Of order, prompts and initial values. */
  seed: v.optional(whole(0), 1),
  /** Steps between saved states. */
  checkpoint: v.optional(whole(1, 1_000_000), 10),
  output: v.optional(outputSchema, {}),
});

/** An adapter of an experiment: name, pattern and every option. */
export type AdapterChoice = { readonly name: string; readonly pattern: string } & Readonly<Record<string, unknown>>;

/** A complete experiment. */
export type ExperimentConfig = Readonly<
  Omit<v.InferOutput<typeof experimentSchema>, 'adapters'> & { readonly adapters: readonly AdapterChoice[] }
>;

/** How data are chosen and split. */
export type DataConfig = Readonly<v.InferOutput<typeof dataSchema>>;

/**
 * The experiment that `raw` (plain JSON, keys may be left out) and `PATH=VALUE` overrides describe, complete. Adapters may be given by
 * name alone. `ConfigError` lists what is wrong: path, nearest key, what was expected and found.
 */
export function resolveConfig(raw: Json = {}, sets: readonly string[] = []): ExperimentConfig {
  const changed = sets.reduce<Json>(
    (config, set) => named(override(experimentSchema as AnySchema, config, set)),
    startOf(raw),
  );
  const parsed = v.safeParse(experimentSchema, changed);
  if (parsed.success) return parsed.output as ExperimentConfig;
  const lines = parsed.issues.map((i) => issueText(experimentSchema as AnySchema, changed, i));
  throw new ConfigError(lines.length > 1 ? `${lines.length} things are wrong:\n  ${lines.join('\n  ')}` : lines[0]);
}

/** Overrides of list entries (`adapters.medsa.r=4`) need the list that is there by default. */
function startOf(raw: Json): Json {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw))
    throw new ConfigError(
      `the configuration is ${JSON.stringify(raw)}; expected an object, such as {"train": {"lr": 1e-4}}`,
    );
  return named({ adapters: [{ name: 'medsa' }], ...raw } as Json);
}

/** Adapters given by name alone as objects. */
function named(raw: Json): Json {
  const { adapters, ...rest } = raw as { adapters?: Json } & Record<string, Json>;
  if (!Array.isArray(adapters)) return raw;
  return { ...rest, adapters: adapters.map((a: Json) => (typeof a === 'string' ? { name: a } : a)) } as Json;
}

/** The options of an adapter without its name and pattern. */
export function optionsOf({ name: _, pattern: __, ...options }: AdapterChoice): Readonly<Record<string, unknown>> {
  return options;
}
