// run.json: enough to do a run again, and to know what it took; the same for command line and page.
import type { Attachment } from '../../adapters/adapter';
import { deviceName, type Gpu } from '../../gpu/device';
import type { ParamCounts } from '../../nn/params';
import type { ExperimentConfig } from '../../train/experiment/config';
import type { TrainConfig } from '../../train/trainConfig';
import type { Trainer } from '../../train/trainer';
import type { ExperimentData } from './experimentData';
import type { Best } from './summary';

/** How a run stands. */
export type RunStatus = 'running' | 'done' | 'stopped' | 'failed';

/** What is known of a run. */
export interface RunFacts {
  /** What was typed: `train`, `adapt`, `sweep`; `page` where it was trained there. */
  readonly command: string;
  readonly config: ExperimentConfig;
  readonly train: TrainConfig;
  readonly attachments: readonly Attachment[];
  readonly base: { readonly name: string; readonly file: string | null; readonly sha256: string | null };
  readonly data: Pick<ExperimentData, 'name' | 'hash' | 'train' | 'val' | 'heldBack' | 'notes'>;
  readonly parameters: ParamCounts;
  /** Versions and machine. */
  readonly made: Readonly<Record<string, unknown>>;
  readonly gpu: Gpu | null;
  readonly trainer: Pick<Trainer, 'plan'> | null;
  /** Steps that `trainingSeconds` took; 0: none was timed. */
  readonly timedSteps: number;
  readonly trainingSeconds: number;
  readonly seconds: Readonly<Record<string, number>>;
  readonly best: Best | null;
}

/** run.json as data; `more` goes to its end. */
export function runRecordOf(
  f: RunFacts,
  status: RunStatus,
  more: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  const { gpu, trainer, data, timedSteps } = f;
  const plan = trainer?.plan;
  return {
    command: f.command,
    status,
    config: f.config,
    train: f.train,
    adapters: f.attachments.map(({ hooks: _, folds: __, ...a }) => a),
    base: f.base,
    data: {
      ...{ name: data.name, sha256: data.hash, train: data.train, val: data.val },
      ...{ heldBack: data.heldBack, notes: data.notes },
    },
    parameters: f.parameters,
    made: f.made,
    gpu: gpu && gpuRecord(gpu),
    plan: plan ? { dispatches: plan.list.length, flops: plan.flops, bytes: plan.bytes } : null,
    peakBytes: peakBytesOf(trainer),
    bytesOnDevice: gpu?.bytes ?? null,
    msPerStep: timedSteps ? (1000 * f.trainingSeconds) / timedSteps : null,
    seconds: f.seconds,
    best: f.best,
    ...more,
  };
}

/** The device as plain data. */
export function gpuRecord({ caps }: Gpu): Record<string, unknown> {
  return { name: deviceName(caps), features: caps.features, limits: caps.limits };
}

/** Activations, inputs, parameters and optimiser of a training step; null where nothing trains. */
export function peakBytesOf(trainer: Pick<Trainer, 'plan'> | null): number | null {
  const bytes = trainer?.plan.bytes;
  return bytes ? bytes.planned + bytes.inputs + bytes.state : null;
}
