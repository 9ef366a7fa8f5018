import { ADAPTERS } from '../adapters/all';
import { promptTokens } from '../data/trainItems';
import { type ExperimentConfig, resolveConfig } from '../train/experiment/config';
import { merge } from '../train/experiment/merge';
import type { Json } from '../train/experiment/overrides';
import { ARM_NAMES, arm } from '../train/experiment/presets';
import { aboutRecipe, RECIPE_NAMES, recipe } from '../train/experiment/recipes';
import { LOSSES, type LossName } from '../train/losses';
import { TRAIN_DEFAULTS } from '../train/trainConfig';
import { type Flag, parseFlags, UsageError } from './flags';

/** What `adapt` was asked for, with every default filled in. */
export interface AdaptOptions {
  /** Folder of images and masks; null: the embedded phantoms. */
  readonly data: string | null;
  /** Name of a base in weights/, or a checkpoint file. */
  readonly base: string;
  /** An arm of the papers' comparisons. */
  readonly preset: string;
  /** Kind of adapter, with its defaults, instead of the arm's. */
  readonly adapter: string | null;
  /** How to train, by name; null: as these options say. */
  readonly recipe: string | null;
  /** Null: the arm's, else PROMPT. */
  readonly prompt: string | null;
  readonly loss: LossName;
  readonly steps: number;
  /** Images a step. */
  readonly batch: number;
  /** Prompts of each image. */
  readonly perImage: number;
  /** Null: the arm's, else LR. */
  readonly lr: number | null;
  /** Null: the recipe's, else cosine. */
  readonly schedule: ExperimentConfig['train']['schedule'] | null;
  readonly seed: number;
  /** Share of the cases that validate. */
  readonly val: number;
  /** Most cases to train on; null: all, and PHANTOMS of the embedded set. */
  readonly maxTrain: number | null;
  /** Stop at a case with an empty mask instead of leaving it out. */
  readonly refuseEmpty: boolean;
  readonly out: string | null;
  readonly resume: boolean;
  readonly json: boolean;
}

const PROMPT = 'point-1';

/** Peak rate of adapters in so few steps. */
const LR = 6e-3;

/** Phantoms that are drawn to train on: a few milliseconds each, and more of them are worth more than seeing few again and again. */
const PHANTOMS = 72;

/** What goes with that rate: a slow start, and no step of an odd batch. */
const STEADY = { warmup: 15, clip: 1 };

/**
 * Defaults: many steps of few rows learn more in the same time than few of many. Chosen by measuring: the phantoms take less than four
 * minutes on two cores without a GPU.
 */
export const ADAPT_DEFAULTS: AdaptOptions = {
  data: null,
  base: 'sam-nano',
  preset: 'medsa-slim',
  adapter: null,
  recipe: null,
  prompt: null,
  loss: TRAIN_DEFAULTS.loss,
  steps: 240,
  batch: 2,
  perImage: 2,
  lr: null,
  schedule: null,
  seed: 1,
  val: 0.25,
  maxTrain: null,
  refuseEmpty: false,
  out: null,
  resume: false,
  json: false,
};

const FLAGS = {
  data: { kind: 'text' },
  base: { kind: 'text' },
  preset: { kind: 'text', choices: ARM_NAMES },
  adapter: { kind: 'text', choices: [...ADAPTERS.keys()] },
  recipe: { kind: 'text', choices: RECIPE_NAMES },
  prompt: { kind: 'text' },
  loss: { kind: 'text', choices: LOSSES },
  steps: { kind: 'whole', min: 1, max: 1_000_000 },
  batch: { kind: 'whole', min: 1, max: 1024 },
  'per-image': { kind: 'whole', min: 1, max: 64 },
  schedule: { kind: 'text', choices: ['constant', 'step', 'cosine'] },
  lr: { kind: 'number', min: 1e-12, max: 10 },
  seed: { kind: 'whole', min: 0, max: 2 ** 31 - 1 },
  val: { kind: 'number', min: 0.01, max: 0.99 },
  'max-train': { kind: 'whole', min: 1, max: 1_000_000 },
  'refuse-empty': { kind: 'switch' },
  out: { kind: 'text' },
  resume: { kind: 'switch' },
  json: { kind: 'switch' },
  help: { kind: 'switch' },
} as const satisfies Record<string, Flag>;

const d = ADAPT_DEFAULTS;

export const ADAPT_HELP = `adapt: train an adapter on images with masks, and measure before and after

  npm run adapt -- [flags]

  --data DIR        folder with images/ and masks/ (paired by name), or with an index.json; PNG or JPEG.
                    Without it: embedded phantoms of three modalities, made in code.
  --base NAME|FILE  base model: a name in weights/, or a SAM checkpoint (.safetensors, .pth) (${d.base})
  --preset NAME     what trains, an arm of the papers' comparisons (${d.preset}):
                    ${ARM_NAMES.slice(0, 8).join(', ')},
                    ${ARM_NAMES.slice(8).join(', ')}
  --adapter NAME    one kind of adapter instead: ${[...ADAPTERS.keys()].join(', ')}
${RECIPE_NAMES.map((name) => `  --recipe ${name}`.padEnd(19).concat(' ', aboutRecipe(name))).join('\n')}
  --prompt KIND     point-1, point-N, box (tight) or box-T (jittered to IoU T) (${PROMPT})
  --loss NAME       ${LOSSES.join(' or ')} (${d.loss})
  --steps N         training steps (${d.steps})
  --batch N         images a step (${d.batch}), each with --per-image N prompts (${d.perImage}): it is encoded once for all of them
  --lr X            peak learning rate of AdamW (the preset's, else ${LR})
  --schedule NAME   constant, step or cosine (cosine); a run can be made longer later where it is constant
  --seed S          order, prompts, split and initial adapter (${d.seed})
  --val F           share of the cases that validate (${d.val})
  --max-train N     most cases to train on (all; of the phantoms ${PHANTOMS} are drawn)
  --refuse-empty    stop at a case whose mask is empty; by default it is left out, by name
  --out DIR         run folder (runs/DATA-ADAPTER-SEED, with a number if there is one already)
  --resume          go on with the run in --out (or with the latest one of that name)
  --json            result as JSON on stdout instead of a table
  --help            this text

Progress goes to stderr, the table to stdout. Ctrl-C stops after the present step and saves; --resume goes on.
The run folder holds run.json, metrics.jsonl, last.safetensors, best.safetensors, README.md, overlays/ and the state for resuming.`;

/** Reads the command line. UsageError for what makes no sense; null when only help is wanted. */
export function parseAdapt(argv: readonly string[]): AdaptOptions | null {
  if (argv.includes('-h') || argv.includes('--help')) return null;
  const { help: _, 'refuse-empty': refuseEmpty = d.refuseEmpty, ...flags } = parseFlags(argv, FLAGS);
  const { 'per-image': perImage = d.perImage, 'max-train': maxTrain = d.maxTrain, ...given } = flags;
  const options = { ...ADAPT_DEFAULTS, ...given, refuseEmpty, perImage, maxTrain } as AdaptOptions;
  try {
    if (options.prompt !== null) promptTokens(options.prompt);
  } catch (e) {
    throw new UsageError(`--prompt: ${e instanceof Error ? e.message : String(e)}`);
  }
  return options;
}

/** The experiment that the flags describe: defaults, then the recipe, then what trains, then what was said of these. */
export function adaptConfig(o: AdaptOptions): ExperimentConfig {
  const { base, prompt, lr, schedule, seed, loss, steps, batch, perImage, data, val, refuseEmpty, out } = o;
  const what: Json = o.adapter === null ? arm(o.preset) : { adapters: [o.adapter], train: rateOfKind(o.adapter) };
  const own: Json = {
    ...{ base, prompt: PROMPT, seed },
    train: { ...STEADY, lr: LR, loss, steps, batch, prompts: perImage, schedule: 'cosine' },
    data: {
      source: data ?? 'phantoms',
      seed,
      split: { fraction: val },
      maxTrain: o.maxTrain ?? (data === null ? PHANTOMS : null),
      emptyMasks: refuseEmpty ? 'refuse' : 'skip',
    },
    eval: { times: 2 },
    output: { folder: out },
  };
  const said: Json = {
    ...(prompt === null ? {} : { prompt }),
    train: { ...(lr === null ? {} : { lr }), ...(schedule === null ? {} : { schedule }) },
  };
  return resolveConfig([o.recipe === null ? {} : recipe(o.recipe), what, said].reduce<Json>(merge, own));
}

/** The rate of the arm that such an adapter has in the comparisons, where it has one of its own. */
function rateOfKind(adapter: string): Json {
  const alone = (list: Json) => Array.isArray(list) && list.length === 1 && list[0];
  const isIt = (a: Json) => a === adapter || (typeof a === 'object' && a !== null && 'name' in a && a.name === adapter);
  const found = ARM_NAMES.map(arm).find((config) => isIt(alone(config.adapters)));
  return found?.train ?? {};
}
