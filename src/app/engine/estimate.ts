import { promptPlan } from '../../data/experiment/promptPlan';
import { trainConfigOf } from '../../data/experiment/setup';
import type { Caps } from '../../gpu/device';
import { targetOf } from '../../plan/target';
import { withShaders } from '../../plan/withShaders';
import { leverSettings, stepPlan, WORTH } from '../../train/memoryLevers';
import type { RunConfig } from '../configs';
import type { Estimate, LeverInfo } from '../runProtocol';
import type { Base } from './base';
import { buildRun } from './model';

/** Floating-point operations a second that steps came to, where some were timed on this device. */
export type Speed = number | null;

/** A guess for a device on which no step was timed yet: a processor, a graphics card. */
const GUESS = { software: 6e9, hardware: 1.5e12 } as const;

/**
 * Memory and time of a run by planning alone; nothing is allocated. `depth`: slices of a slab, 1 for images. Lets others
 * have a turn between two plans; `signal` ends it.
 */
export async function estimateRun(
  base: Base,
  config: RunConfig,
  depth: number,
  device: { readonly caps: Caps; readonly speed: Speed; readonly freeDisk: number | null },
  signal: AbortSignal,
): Promise<Estimate> {
  const { caps, speed, freeDisk } = device;
  const { experiment } = config;
  const train = trainConfigOf(experiment, promptPlan(experiment), depth);
  const { sam, attachments } = buildRun(base, config);
  const parts = { sam, config: train, hooks: attachments.map((a) => a.hooks) };
  const { bytes, flops } = await withShaders(() => stepPlan(parts, {}, caps));
  const total = bytes.planned + bytes.inputs + bytes.state;
  const levers: LeverInfo[] = [];
  for (const setting of leverSettings(train)) {
    await new Promise((next) => setTimeout(next, 0));
    signal.throwIfAborted();
    const less = (await withShaders(() => stepPlan(parts, setting, caps))).bytes;
    const saves = total - (less.planned + less.inputs + less.state);
    if (saves > WORTH * total) levers.push({ setting, bytes: total - saves, saves });
  }
  const guess = targetOf(caps).software ? GUESS.software : GUESS.hardware;
  // Parameters, two moments and the adapter's own file, the state written beside the old one.
  const trained = 4 * sam.params.counts().trained;
  return {
    ...{ bytes: total, flops: flops * train.accumulate, measured: speed !== null },
    msPerStep: (1000 * flops * train.accumulate) / (speed ?? guess),
    levers: levers.sort((a, b) => b.saves - a.saves),
    disk: freeDisk === null ? null : { needed: 7 * trained, free: freeDisk },
  };
}
