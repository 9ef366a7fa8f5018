/** The run on the device: which it is, which of its adapters is asked for masks, how it comes and goes. */
import type { Checkpoint } from '../../data/experiment/runFiles';
import type { Gpu } from '../../gpu/device';
import type { PlanOptions } from '../../plan/plan';
import { appliedOf } from '../runAdapters';
import type { Turn } from './atRest';
import type { Base } from './base';
import type { Cases } from './cases';
import type { Drawer } from './drawer';
import { freeModel } from './model';
import type { Run } from './run';
import { kept } from './runKeep';
import type { RunShelf } from './runList';
import type { RunLocks } from './runLocks';
import { placeAdapter } from './runModel';
import type { makeSpeed } from './speed';

/** What runs need of the engine. */
export interface RunNeeds {
  readonly gpu: () => Gpu;
  readonly base: () => Promise<Base>;
  readonly cases: Cases;
  /** Where runs are kept; by default on this origin's disk. */
  readonly drawer?: Promise<Drawer | null>;
  /** Who may write a run; by default one tab of this browser. */
  readonly locks?: RunLocks;
  /** Waits until nobody asks a model, then runs `work`; without it at once. */
  readonly turn?: Turn;
  /** How steps are planned (tests). */
  readonly plan?: PlanOptions;
}

/** What the desk holds. */
export interface Desk extends Omit<RunNeeds, 'locks'>, RunShelf {
  /** On the device. */
  active: Run | null;
  /** Which of its adapters that is. */
  applied: Checkpoint;
  busy: boolean;
  readonly speed: ReturnType<typeof makeSpeed>;
}

/** Puts an adapter of a run on the device. A choice is remembered where nobody else writes the run. */
export async function use(d: Desk, run: Run, adapter: Checkpoint | null): Promise<void> {
  if (adapter) {
    run.info = { ...run.info, applied: adapter };
    if (!run.mine) await d.locks.hold(run.info.id, () => kept(run, { info: run.info }));
  }
  const which = appliedOf(run.info);
  if (d.active === run && run.model && d.applied === which) return;
  if (d.busy) throw new Error('a run is going on; pause it before another adapter is used');
  await place(d, run, which);
}

/** Puts that adapter of a run on the device in place of what is there. */
export async function place(d: Desk, run: Run, which: Checkpoint): Promise<void> {
  const gpu = d.gpu();
  // The old one answers until the new one is there.
  const model = await placeAdapter(run, which, { gpu, base: await d.base() });
  leave(d, gpu, false);
  run.model = model;
  Object.assign(d, { active: run, applied: which });
}

/** Takes the active run off the device; its model when nobody asks it any more. */
export function leave(d: Desk, gpu: Gpu, gone: boolean): void {
  const run = d.active;
  if (!run) return;
  const { model, trainer } = run;
  run.trainer = null;
  run.model = null;
  if (gone) return;
  d.active = null;
  trainer?.destroy();
  if (!model) return;
  if (d.turn) void d.turn(async () => freeModel(gpu, model));
  else freeModel(gpu, model);
}
