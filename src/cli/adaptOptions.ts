import { ADAPTERS } from '../adapters/all';
import { promptTokens } from '../data/trainItems';
import { type ExperimentConfig, resolveConfig } from '../train/experiment/config';
import { LOSSES, type LossName } from '../train/losses';
import { TRAIN_DEFAULTS } from '../train/trainConfig';
import { type Flag, parseFlags, UsageError } from './flags';

/** What `adapt` was asked for, with every default filled in. */
export interface AdaptOptions {
  /** Folder of images and masks; null: the embedded phantoms. */
  readonly data: string | null;
  /** Name of a base in weights/, or a checkpoint file. */
  readonly base: string;
  /** Kind of adapter. */
  readonly adapter: string;
  readonly prompt: string;
  readonly loss: LossName;
  readonly steps: number;
  readonly batch: number;
  readonly lr: number;
  readonly seed: number;
  /** Share of the cases that validate. */
  readonly val: number;
  /** Stop at a case with an empty mask instead of leaving it out. */
  readonly refuseEmpty: boolean;
  readonly out: string | null;
  readonly resume: boolean;
  readonly json: boolean;
}

/** Defaults; measured so that the phantoms take well under four minutes on two cores without a GPU. */
export const ADAPT_DEFAULTS: AdaptOptions = {
  data: null,
  base: 'sam-nano',
  adapter: 'medsa',
  prompt: 'point-1',
  loss: TRAIN_DEFAULTS.loss,
  steps: 120,
  batch: TRAIN_DEFAULTS.batch,
  lr: TRAIN_DEFAULTS.lr,
  seed: 1,
  val: 0.25,
  refuseEmpty: false,
  out: null,
  resume: false,
  json: false,
};

const FLAGS = {
  data: { kind: 'text' },
  base: { kind: 'text' },
  adapter: { kind: 'text', choices: [...ADAPTERS.keys()] },
  prompt: { kind: 'text' },
  loss: { kind: 'text', choices: LOSSES },
  steps: { kind: 'whole', min: 1, max: 1_000_000 },
  batch: { kind: 'whole', min: 1, max: 1024 },
  lr: { kind: 'number', min: 1e-12, max: 10 },
  seed: { kind: 'whole', min: 0, max: 2 ** 31 - 1 },
  val: { kind: 'number', min: 0.01, max: 0.99 },
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
  --adapter NAME    (${d.adapter}) ${[...ADAPTERS.keys()].join(', ')}
  --prompt KIND     point-1, point-N, box (tight) or box-T (jittered to IoU T) (${d.prompt})
  --loss NAME       ${LOSSES.join(' or ')} (${d.loss})
  --steps N         training steps (${d.steps})
  --batch N         objects a step (${d.batch})
  --lr X            peak learning rate of AdamW (${d.lr})
  --seed S          order, prompts, split and initial adapter (${d.seed})
  --val F           share of the cases that validate (${d.val})
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
  const { help: _, 'refuse-empty': refuseEmpty = false, ...given } = parseFlags(argv, FLAGS);
  const options = { ...ADAPT_DEFAULTS, ...given, refuseEmpty } as AdaptOptions;
  try {
    promptTokens(options.prompt);
  } catch (e) {
    throw new UsageError(`--prompt: ${e instanceof Error ? e.message : String(e)}`);
  }
  return options;
}

/** The experiment that the flags describe. */
export function adaptConfig(o: AdaptOptions): ExperimentConfig {
  const { base, adapter, prompt, seed, loss, steps, batch, lr, data, val, refuseEmpty, out } = o;
  return resolveConfig({
    ...{ base, adapters: [adapter], prompt, seed },
    train: { loss, steps, batch, lr },
    data: {
      source: data ?? 'phantoms',
      seed,
      split: { fraction: val },
      emptyMasks: refuseEmpty ? 'refuse' : 'skip',
    },
    output: { folder: out },
  });
}
