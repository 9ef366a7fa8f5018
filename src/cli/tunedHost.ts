import { type Gpu, openGpu } from '../gpu/device';
import type { PlanOptions } from '../plan/plan';
import { targetOf } from '../plan/target';
import { measureTuned, recallTuned, startText, tunedAtStart } from '../plan/tuneAtStart';
import { tunedOf } from '../plan/tuned';
import { quickWork } from '../train/quickWork';
import type { Host } from './lab';
import { tunedFolder } from './tuneStore';

/** False with MEDSA_TUNE=off and in tests: plans are then those of the ops' own order. */
const isOn = () => process.env.MEDSA_TUNE !== 'off' && !process.env.VITEST;

/** A device with options for its plans: what was measured on it, now or before. For long work. */
export async function openTuned(log: Host['log']): Promise<{ gpu: Gpu; plan: PlanOptions }> {
  const gpu = await openGpu();
  if (!isOn()) return { gpu, plan: {} };
  const start = await tunedAtStart(gpu, quickWork(targetOf(gpu.caps)), tunedFolder());
  log.write(`${startText(start)}\n`);
  return { gpu, plan: { tuned: start.tuned } };
}

/** A device that uses what was measured on it before. For short work: nothing is measured before its result. */
export async function openRecalled(log?: Host['log']): Promise<Gpu> {
  const gpu = await openGpu();
  const known = isOn() ? await recallTuned(gpu, tunedFolder()) : null;
  if (known) log?.write(`${startText(known)}\n`);
  return gpu;
}

/** After the result of short work: a quick measurement for the next command, where there was none and the device can do it quickly. */
export async function measureAfter(gpu: Gpu, log: Host['log']): Promise<void> {
  const target = targetOf(gpu.caps);
  if (!isOn() || target.software || tunedOf(gpu)) return;
  log.write(`${startText(await measureTuned(gpu, quickWork(target), tunedFolder()))}\n`);
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
