import type { AdapterInfo } from '../data/adapterFile';
import { adapterInfoOf, adapterTensors } from '../data/experiment/adapterRecord';
import type { TensorToWrite } from '../data/safetensors';
import type { Trainer } from '../train/trainer';
import { reportRows } from './beforeAfter';
import { gpuRecord, madeWith } from './runRecord';
import type { Session } from './session';

/** How a run stands. */
export type RunStatus = 'running' | 'done' | 'stopped' | 'failed';

/** run.json: enough to do the run again, and to know what it took. */
export async function runRecord(
  s: Session,
  status: RunStatus,
  more: Record<string, unknown> = {},
): Promise<Record<string, unknown>> {
  const { base, data, gpu } = s;
  return {
    command: s.command,
    status,
    config: s.config,
    train: s.train,
    adapters: s.attachments.map(({ hooks: _, folds: __, ...a }) => a),
    base: { name: base.config.name, file: base.path, sha256: base.fingerprint },
    data: {
      name: data.name,
      sha256: data.hash,
      train: data.train,
      val: data.val,
      notes: data.notes,
    },
    parameters: s.sam.params.counts(),
    made: await madeWith(),
    gpu: gpu && gpuRecord(gpu),
    ...costOf(s),
    seconds: s.seconds,
    best: s.best,
    ...more,
  };
}

/** What a step costs: dispatches, FLOPs, bytes, milliseconds. */
function costOf(s: Session) {
  const { trainer, gpu, seconds, stepTimes } = s;
  const plan = trainer?.plan;
  return {
    plan: plan ? { dispatches: plan.list.length, flops: plan.flops, bytes: plan.bytes } : null,
    peakBytes: peakBytesOf(s),
    bytesOnDevice: gpu?.bytes ?? null,
    msPerStep: stepTimes.length ? (1000 * seconds.training) / stepTimes.length : null,
  };
}

/** Activations, inputs, parameters and optimiser of a training step; null where nothing trains. */
export function peakBytesOf({ trainer }: Session): number | null {
  const bytes = trainer?.plan.bytes;
  return bytes ? bytes.planned + bytes.inputs + bytes.state : null;
}

/** The trained parameters as tensors of a file. */
export const tensorsOf = (s: Session, trainer: Trainer): Promise<TensorToWrite[]> =>
  adapterTensors(s.sam.params, trainer);

/** What the adapter's file and card say about it after `step` steps. */
export function adapterInfo(s: Session, step: number): AdapterInfo {
  const { base, config, train, data } = s;
  const rows = s.after?.step === step ? reportRows(s.before, s.after.results) : [];
  const scores = rows.map((r) => ({ className: r.className, n: r.n, before: r.before.dice, after: r.after.dice }));
  const known = { name: base.config.name, fingerprint: base.fingerprint };
  return adapterInfoOf({ base: known, config, train, data, params: s.sam.params, step, scores });
}
