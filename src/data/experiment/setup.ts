// What follows from an experiment's config, its data and its base, the same for whoever runs it: command line or page.
import type { SegmenterConfig } from '../../models/segmenter';
import type { AdapterChoice, ExperimentConfig } from '../../train/experiment/config';
import { ConfigError } from '../../train/experiment/configError';
import { itemsPerStep, TRAIN_DEFAULTS, type TrainConfig } from '../../train/trainConfig';
import { shapeOf, type TrainItem } from '../../train/trainItem';
import { promptHasMask } from '../trainItems';
import type { EvaluationSet, ExperimentData } from './experimentData';
import { type PromptPlan, padded } from './promptPlan';

/** How a run trains and is measured. */
export interface TrainingSetup {
  readonly train: TrainConfig;
  /** Validation objects with their fixed prompts. */
  readonly set: EvaluationSet;
  /** Objects held back from training, likewise; null: there are none. */
  readonly validation: EvaluationSet | null;
  /** Rows of step t = 0, 1, …: they depend on nothing else. */
  items(t: number): readonly TrainItem[];
}

/** The setup of `config` on `data` with a base of configuration `sam`. `ConfigError` where nothing is left to train on. */
export function trainingSetup(
  config: ExperimentConfig,
  prompts: PromptPlan,
  data: ExperimentData,
  sam: Pick<SegmenterConfig, 'imageEncoder' | 'promptEncoder'>,
): TrainingSetup {
  checkTraining(config, data);
  const { seed } = config;
  const train = trainConfigOf(config, prompts, data.depth);
  const { maskSide } = shapeOf(train, sam);
  const { prompts: each } = train;
  const batch = itemsPerStep(train) / (train.depth * each);
  return {
    train,
    set: data.evaluation(prompts.evaluation, maskSide),
    validation: data.validation(prompts.evaluation, maskSide),
    items: (t) =>
      data
        .batch({ seed, batch, prompts: each, prompt: prompts.kindAt(t), maskSide }, t)
        .map((item) => padded(item, train.points)),
  };
}

/** How the steps of `config` are made, as far as it is known before its data are read: `depth` slices a slab, 1 for images. */
export function trainConfigOf({ train, seed }: ExperimentConfig, prompts: PromptPlan, depth: number): TrainConfig {
  const maskPrompts = train.maskPrompts || prompts.masks || promptHasMask(prompts.evaluation);
  // A slice of a volume has one prompt.
  const each = depth > 1 ? 1 : train.prompts;
  return { ...train, prompts: each, seed, depth, points: prompts.points, maskPrompts };
}

/** `data.split.by=all` leaves nothing to train on. */
function checkTraining(
  { trainable, adapters, train, data }: ExperimentConfig,
  { name, train: objects }: ExperimentData,
): void {
  if (!objects.length && trainable !== 'none' && (adapters.length || trainable !== 'adapters'))
    throw new ConfigError(`data.split.by: all cases of ${name} validate, so there is nothing to train on`);
  if (train.patience !== null && !data.validation)
    throw new ConfigError(
      'train.patience: training can end early only where cases are held back for it; set data.validation, 0.2 for instance',
    );
}

/** Whether a run is measured after `step`: `eval.times` times in all, about, and at the end. */
export function isMeasuredAt({ checkpoint, eval: how, train }: ExperimentConfig, step: number): boolean {
  const every = checkpoint * Math.max(1, Math.ceil(train.steps / (how.times * checkpoint)));
  return step >= train.steps || step % every === 0;
}

/** Steps between saved states: where cases are held back, no more than between two looks at them. */
export function checkpointEvery({ checkpoint, data, eval: how, train }: ExperimentConfig): number {
  return data.validation ? Math.min(checkpoint, Math.ceil(train.steps / how.validations)) : checkpoint;
}

/** Whether the cases held back are looked at after `step`: `eval.validations` times in all, about, and at the end. */
export function isValidatedAt(config: ExperimentConfig, step: number): boolean {
  const { eval: how, train } = config;
  const saved = checkpointEvery(config);
  const every = saved * Math.ceil(Math.ceil(train.steps / how.validations) / saved);
  return config.data.validation > 0 && (step >= train.steps || step % every === 0);
}

/** An adapter whose plan depends on how long training will take. */
const followsSteps = (a: AdapterChoice): boolean => 'totalSteps' in a && a.totalSteps === null;

/** What must be the same for a run to be the same run, by path. `base` and `data` are their hashes. */
export function runIdentity(
  config: ExperimentConfig,
  { steps, ...train }: TrainConfig,
  { base, data }: { readonly base: string | null; readonly data: string },
): Record<string, unknown> {
  return {
    ...{ base, data, prompt: config.prompt, adapters: config.adapters, trainable: config.trainable },
    ...train,
    // The length of the run is part of it only where the schedule depends on it.
    ...(train.schedule === 'constant' && !config.adapters.some(followsSteps) ? {} : { steps }),
  };
}

/** Where a run's identity differs from that which it was saved with, in words; none: it is the same run. */
export function identityDifferences(
  mine: Readonly<Record<string, unknown>>,
  saved: Readonly<Record<string, unknown>> = {},
): string[] {
  // Options that came after the run was begun had their defaults then.
  const before: Record<string, unknown> = { ...TRAIN_DEFAULTS, ...saved };
  const text = (v: unknown) => JSON.stringify(v);
  return Object.keys(mine)
    .filter((k) => text(mine[k]) !== text(before[k]))
    .map((k) => `${k} was ${text(before[k])}, now ${text(mine[k])}`);
}
