import { CheckpointError } from '../data/errors';
import { promptHasMask } from '../data/trainItems';
import type { Gpu } from '../gpu/device';
import type { AdapterChoice, ExperimentConfig } from '../train/experiment/config';
import { ConfigError } from '../train/experiment/configError';
import { TRAIN_DEFAULTS, type TrainConfig } from '../train/trainConfig';
import type { Trainer } from '../train/trainer';
import { shapeOf } from '../train/trainItem';
import type { BaseFile } from './baseFile';
import type { EvaluationSet, ExperimentData, Measured } from './experimentData';
import { buildModel, type ExperimentModel } from './experimentModel';
import type { Lab } from './lab';
import { type PromptPlan, promptPlan } from './promptPlan';
import type { Rig } from './rigs';
import { openRunFolder, type RunFolder, runPath } from './runFolder';

/** One run: what, where to, and whether it goes on with one that is there. */
export interface RunChoice {
  /** What was typed: `train`, `adapt`, `sweep`; for the record and for advice. */
  readonly command: string;
  readonly config: ExperimentConfig;
  readonly resume: boolean;
}

/** The evaluation with the highest mean Dice so far. */
export interface Best {
  readonly step: number;
  readonly dice: number;
}

/** Seconds spent. */
export interface Seconds {
  data: number;
  compile: number;
  before: number;
  training: number;
  evaluation: number;
  total: number;
}

/** Everything about one run. */
export interface Session extends RunChoice, ExperimentModel {
  readonly lab: Lab;
  readonly base: BaseFile;
  readonly data: ExperimentData;
  readonly train: TrainConfig;
  readonly folder: RunFolder;
  readonly prompts: PromptPlan;
  /** Kind of prompt that is measured with. */
  readonly evalPrompt: string;
  /** Validation objects with their fixed prompts. */
  readonly set: EvaluationSet;
  readonly seconds: Seconds;
  /** Milliseconds of each step of this process. */
  readonly stepTimes: number[];
  before: readonly Measured[];
  after: { readonly step: number; readonly results: readonly Measured[] } | null;
  best: Best | null;
  gpu: Gpu | null;
  trainer: Trainer | null;
  /** Model and steps on the device; null where nothing trains. */
  rig: Rig | null;
}

/** Loads base and data, builds the model and opens the run folder; no GPU yet, so most of what can be wrong is found at once. */
export async function prepareSession(choice: RunChoice, lab: Lab): Promise<Session> {
  const { config, resume } = choice;
  const { seed } = config;
  const prompts = promptPlan(config);
  const { points, evaluation: evalPrompt } = prompts;
  const base = await lab.base(config.base);
  const data = await lab.data(config.data, base.config.imageEncoder.imgSize);
  const maskPrompts = config.train.maskPrompts || prompts.masks || promptHasMask(evalPrompt);
  const train: TrainConfig = { ...config.train, seed, depth: data.depth, points, maskPrompts };
  checkTraining(config, data);
  const model = buildModel(config, base);
  const name = config.name || runName(config, data.name);
  const folder = await openRunFolder(runPath(config.output.folder, name, resume), resume);
  const set = data.evaluation(evalPrompt, shapeOf(train, base.config).maskSide);
  const seconds = { data: 0, compile: 0, before: 0, training: 0, evaluation: 0, total: 0 };
  const s: Session = {
    ...{ ...choice, ...model, lab, base, data, train, folder, prompts, evalPrompt, set, seconds, stepTimes: [] },
    ...{ before: [], after: null, best: null, gpu: null, trainer: null, rig: null },
  };
  takeUp(s);
  return s;
}

/** `data.split.by=all` leaves nothing to train on. */
function checkTraining({ trainable, adapters }: ExperimentConfig, { name, train }: ExperimentData): void {
  if (!train.length && trainable !== 'none' && (adapters.length || trainable !== 'adapters'))
    throw new ConfigError(`data.split.by: all cases of ${name} validate, so there is nothing to train on`);
}

/** DATA-ADAPTERS-SEED, as a folder's name. */
function runName({ adapters, seed }: ExperimentConfig, data: string): string {
  return `${data}-${adapters.map((a) => a.name).join('+') || 'base'}-${seed}`;
}

/** An adapter whose plan depends on how long training will take. */
const followsSteps = (a: AdapterChoice): boolean => 'totalSteps' in a && a.totalSteps === null;

/** What must be the same for a run to be the same run, by path. */
export function sessionIdentity(s: Session): Record<string, unknown> {
  const { steps, ...train } = s.train;
  return {
    base: s.base.fingerprint,
    data: s.data.hash,
    prompt: s.config.prompt,
    adapters: s.config.adapters,
    trainable: s.config.trainable,
    ...train,
    // The length of the run is part of it only where the schedule depends on it.
    ...(train.schedule === 'constant' && !s.config.adapters.some(followsSteps) ? {} : { steps }),
  };
}

/** Takes over from the saved run. `CheckpointError` names what differs from it. */
function takeUp(s: Session): void {
  const { saved } = s.folder;
  if (!saved) return;
  const extra = saved.extra as { identity?: Record<string, unknown>; best?: Best | null };
  const mine = sessionIdentity(s);
  // Options that came after the run was begun had their defaults then.
  const identity: Record<string, unknown> = { ...TRAIN_DEFAULTS, ...extra.identity };
  const differ = Object.keys(mine).filter((k) => JSON.stringify(mine[k]) !== JSON.stringify(identity[k]));
  if (differ.length) {
    const list = differ.map((k) => `${k} was ${JSON.stringify(identity[k])}, now ${JSON.stringify(mine[k])}`);
    throw new CheckpointError(
      `--resume: the run in ${s.folder.path} is another one: ${list.join('; ')}; give the same flags, or begin a new run`,
    );
  }
  s.best = extra.best ?? null;
}

/** Writes a line to the log. */
export const say = (s: { readonly lab: Lab }, text: string): void => void s.lab.host.log.write(`${text}\n`);
