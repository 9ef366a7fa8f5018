import { CheckpointError } from '../data/errors';
import type { EvaluationSet, Measured } from '../data/experiment/experimentData';
import { type PromptPlan, promptPlan } from '../data/experiment/promptPlan';
import { identityDifferences, runIdentity, trainingSetup } from '../data/experiment/setup';
import type { Best } from '../data/experiment/summary';
import type { Gpu } from '../gpu/device';
import { PATIENCE_START, type Patience } from '../train/earlyStopping';
import type { ExperimentConfig } from '../train/experiment/config';
import type { TrainConfig } from '../train/trainConfig';
import type { Trainer } from '../train/trainer';
import type { TrainItem } from '../train/trainItem';
import type { Lab } from './lab';
import type { Rig } from './rigs';
import { openRunFolder, type RunFolder, runPath } from './runFolder';
import { type SessionModel, sessionModel } from './sessionModel';

/** One run: what, where to, and whether it goes on with one that is there. */
export interface RunChoice {
  /** What was typed: `train`, `adapt`, `sweep`; for the record and for advice. */
  readonly command: string;
  readonly config: ExperimentConfig;
  readonly resume: boolean;
  /** Called when the run has been measured for the last time, before its device state goes to others. */
  readonly atEnd?: (s: Session, results: readonly Measured[]) => Promise<void>;
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
export interface Session extends RunChoice, SessionModel {
  readonly lab: Lab;
  readonly train: TrainConfig;
  readonly folder: RunFolder;
  readonly prompts: PromptPlan;
  /** Kind of prompt that is measured with. */
  readonly evalPrompt: string;
  /** Validation objects with their fixed prompts. */
  readonly set: EvaluationSet;
  /** Objects held back from training, likewise; null: none are, and every step is trained. */
  readonly validation: EvaluationSet | null;
  /** Rows of step t. */
  items(t: number): readonly TrainItem[];
  readonly seconds: Seconds;
  /** Milliseconds of each step of this process. */
  readonly stepTimes: number[];
  before: readonly Measured[];
  after: { readonly step: number; readonly results: readonly Measured[] } | null;
  /** By the cases held back where there are such, else by those that validate. */
  best: Best | null;
  /** Where early stopping stands, and the parameters of the best step. */
  patience: Patience;
  bestParams: Float32Array<ArrayBuffer> | null;
  gpu: Gpu | null;
  trainer: Trainer | null;
  /** Model and steps on the device; null where nothing trains. */
  rig: Rig | null;
}

/** Loads base and data, builds the model and opens the run folder; no GPU yet, so most of what can be wrong is found at once. */
export async function prepareSession(choice: RunChoice, lab: Lab): Promise<Session> {
  const { config, resume } = choice;
  const prompts = promptPlan(config);
  const model = await sessionModel(config, lab);
  const { base, data } = model;
  const { train, set, validation, items } = trainingSetup(config, prompts, data, base.config);
  const name = config.name || runName(config, data.name);
  const folder = await openRunFolder(runPath(config.output.folder, name, resume), resume);
  const seconds = { data: 0, compile: 0, before: 0, training: 0, evaluation: 0, total: 0 };
  const s: Session = {
    ...{
      ...choice,
      ...model,
      lab,
      train,
      folder,
      prompts,
      evalPrompt: prompts.evaluation,
      set,
      validation,
      items,
      seconds,
      stepTimes: [],
    },
    ...{ before: [], after: null, best: null, patience: PATIENCE_START, bestParams: null },
    ...{ gpu: null, trainer: null, rig: null },
  };
  takeUp(s);
  return s;
}

/** DATA-ADAPTERS-SEED, as a folder's name. */
function runName({ adapters, seed }: ExperimentConfig, data: string): string {
  return `${data}-${adapters.map((a) => a.name).join('+') || 'base'}-${seed}`;
}

/** What must be the same for a run to be the same run, by path. */
export function sessionIdentity({ config, train, base, data }: Session): Record<string, unknown> {
  return runIdentity(config, train, { base: base.fingerprint, data: data.hash });
}

/** Takes over from the saved run. `CheckpointError` names what differs from it. */
function takeUp(s: Session): void {
  const { saved } = s.folder;
  if (!saved) return;
  const extra = saved.extra as { identity?: Record<string, unknown>; best?: Best | null; patience?: Patience };
  const list = identityDifferences(sessionIdentity(s), extra.identity);
  if (list.length) {
    throw new CheckpointError(
      `--resume: the run in ${s.folder.path} is another one: ${list.join('; ')}; give the same flags, or begin a new run`,
    );
  }
  s.best = extra.best ?? null;
  s.patience = extra.patience ?? PATIENCE_START;
  s.bestParams = saved.best ?? null;
}

/** Writes a line to the log. */
export const say = (s: { readonly lab: Lab }, text: string): void => void s.lab.host.log.write(`${text}\n`);
