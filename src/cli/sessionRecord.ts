import type { AdapterInfo } from '../data/adapterFile';
import type { TensorToWrite } from '../data/safetensors';
import { optionsOf } from '../train/experiment/config';
import { type CaseScore, summariseScores } from '../train/metrics/summary';
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

/** Means of an evaluation, for metrics.jsonl. */
export function evaluationLine(results: readonly CaseScore[], step: number) {
  const { overall, classes } = summariseScores(results);
  const byClass = Object.fromEntries(classes.map((c) => [c.className, { n: c.n, dice: c.dice, iou: c.iou }]));
  return { kind: 'evaluation', step, n: overall.n, dice: overall.dice, iou: overall.iou, classes: byClass } as const;
}

/** The trained parameters as tensors of a file. */
export async function adapterTensors(s: Session, trainer: Trainer): Promise<TensorToWrite[]> {
  const values = await trainer.readTrained();
  return [...values].map(([name, data]) => {
    const { shape } = s.sam.params.get(name);
    return { name, dtype: 'F32', shape, data: data as Float32Array<ArrayBuffer> };
  });
}

/** What the adapter's file and card say about it after `step` steps. */
export function adapterInfo(s: Session, step: number): AdapterInfo {
  const { trained, total } = s.sam.params.counts();
  const { batch, loss, lr, schedule, warmup, weightDecay } = s.train;
  const { prompt, seed } = s.config;
  const made = { prompt, loss, steps: step, batch, lr, schedule, warmup, weightDecay, seed };
  const rows = s.after?.step === step ? reportRows(s.before, s.after.results) : [];
  return {
    base: { name: s.base.config.name, fingerprint: s.base.fingerprint },
    adapters: s.config.adapters.map((a) => ({ name: a.name, config: optionsOf(a), pattern: a.pattern })),
    parameters: { trained, total },
    training: { data: s.data.name, sha256: s.data.hash, ...made },
    scores: rows.map((r) => ({ className: r.className, n: r.n, before: r.before.dice, after: r.after.dice })),
  };
}
