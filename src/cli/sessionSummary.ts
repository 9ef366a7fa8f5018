import type { Measured } from '../data/experiment/experimentData';
import { peakBytesOf } from '../data/experiment/runRecord';
import { summaryOf } from '../data/experiment/summary';
import { deviceName } from '../gpu/device';
import type { Session } from './session';

/** summary.json of a session after `step` steps. */
export async function sessionSummary(s: Session, step: number, results: readonly Measured[]) {
  const { config, data, set, before, stepTimes, best } = s;
  return summaryOf({
    ...{ config, data, set, before, stepTimes, best, step, results },
    prompt: s.evalPrompt,
    parameters: s.sam.params.counts(),
    seconds: s.seconds.total,
    peakBytes: peakBytesOf(s.trainer),
    device: s.gpu ? deviceName(s.gpu.caps) : '',
    metrics: await s.folder.readMetrics(),
  });
}
