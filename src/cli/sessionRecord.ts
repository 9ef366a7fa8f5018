import type { AdapterInfo } from '../data/adapterFile';
import { adapterInfoOf, adapterTensors } from '../data/experiment/adapterRecord';
import { type RunStatus, runRecordOf } from '../data/experiment/runRecord';
import type { TensorToWrite } from '../data/safetensors';
import type { Trainer } from '../train/trainer';
import { reportRows } from './beforeAfter';
import { madeWith } from './madeWith';
import type { Session } from './session';

/** run.json: enough to do the run again, and to know what it took. */
export async function runRecord(
  s: Session,
  status: RunStatus,
  more: Record<string, unknown> = {},
): Promise<Record<string, unknown>> {
  const { command, config, train, attachments, base, data, gpu, trainer, seconds, best } = s;
  const facts = {
    ...{ command, config, train, attachments, data, gpu, trainer, best },
    base: { name: base.config.name, file: base.path, sha256: base.fingerprint },
    parameters: s.sam.params.counts(),
    made: { ...(await madeWith()) },
    timedSteps: s.stepTimes.length,
    trainingSeconds: seconds.training,
    seconds: { ...seconds },
  };
  return runRecordOf(facts, status, more);
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
