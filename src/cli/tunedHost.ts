import { type Gpu, openGpu } from '../gpu/device';
import type { PlanOptions } from '../plan/plan';
import { targetOf } from '../plan/target';
import { startText, tunedAtStart } from '../plan/tuneAtStart';
import { quickWork } from '../train/quickWork';
import type { Host } from './lab';
import { tunedFolder } from './tuneStore';

/** False with MEDSA_TUNE=off and in tests: plans are then those of the ops' own order. */
const isOn = () => process.env.MEDSA_TUNE !== 'off' && !process.env.VITEST;

/** A device with options for its plans: what was measured on it, now or before. */
export async function openTuned(log: Host['log']): Promise<{ gpu: Gpu; plan: PlanOptions }> {
  const gpu = await openGpu();
  if (!isOn()) return { gpu, plan: {} };
  const start = await tunedAtStart(gpu, quickWork(targetOf(gpu.caps)), tunedFolder());
  log.write(`${startText(start)}\n`);
  return { gpu, plan: { tuned: start.tuned } };
}

/** The surroundings of long commands: kernels are chosen by measurement as soon as the device is open. */
export function tunedHost(host: Pick<Host, 'log' | 'stopped'>): Host {
  let plan: PlanOptions = {};
  return {
    ...host,
    async open() {
      const opened = await openTuned(host.log);
      plan = opened.plan;
      return opened.gpu;
    },
    get plan() {
      return plan;
    },
  };
}
