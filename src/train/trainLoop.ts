import type { Gpu } from '../gpu/device';
import { GpuError } from '../gpu/errors';
import type { StepResult, Trainer } from './trainer';
import type { TrainItem } from './trainItem';
import type { TrainState } from './trainState';

/** What a loop needs to be told, and whom it tells. */
export interface LoopOptions {
  /** Train until this many steps are done in all. */
  readonly steps: number;
  /** Opens a device; called again when one is lost. */
  readonly open: () => Promise<Gpu>;
  /** Uploads the parameters (base and initial adapter) and makes the trainer; called once per device. */
  readonly setUp: (gpu: Gpu) => Promise<Trainer>;
  /** Items of step t = 0, 1, …; must depend on t alone, so that a run can be taken up anywhere. */
  readonly batch: (t: number) => readonly TrainItem[];
  /** Steps between checkpoints. */
  readonly checkpointEvery: number;
  /** State to go on from. */
  readonly from?: TrainState | null;
  /** Asked before each step. */
  readonly stop?: () => boolean;
  /** Asked before the first step and after each checkpoint: true ends training before all steps are done; that is no stop. */
  readonly enough?: () => boolean;
  /** After the trainer has been set up the first time, before any saved state is written: for measuring the base. */
  readonly onStart?: (trainer: Trainer, gpu: Gpu) => Promise<void>;
  readonly onStep?: (result: StepResult) => void;
  /** Every `checkpointEvery` steps and at the end, with the state just read. */
  readonly onCheckpoint?: (state: TrainState, trainer: Trainer) => Promise<void>;
  /** The device was lost; training goes on from step `from`. */
  readonly onLost?: (error: GpuError, from: number) => void;
}

/** How a loop ended. The trainer is still there, for a last evaluation. */
export interface LoopEnd {
  readonly gpu: Gpu;
  readonly trainer: Trainer;
  readonly state: TrainState;
  /** `stop` said so before all steps were done. */
  readonly stopped: boolean;
}

/** Devices that may be lost without a checkpoint in between before the loop gives up. */
const MAX_LOST = 3;

/** Where the loop stands; survives a lost device. */
interface Progress {
  last: TrainState | null;
  started: boolean;
  /** `onCheckpoint` has been told of `last`; a device lost while it works must not cost what it does. */
  told: boolean;
  /** Devices lost since the last checkpoint. */
  lost: number;
}

/**
 * Trains until `steps` are done or `stop` says so. When the device is lost, opens another, writes the last checkpoint to it and goes on: the
 * curve is then the same as without the loss. Throws what else goes wrong (TrainError for a loss that is no number).
 */
export async function trainLoop(o: LoopOptions): Promise<LoopEnd> {
  const progress: Progress = { last: o.from ?? null, started: false, told: true, lost: 0 };
  for (;;) {
    try {
      return await onOneDevice(o, progress);
    } catch (e) {
      if (!(e instanceof GpuError) || e.kind !== 'lost') throw e;
      if (++progress.lost > MAX_LOST) {
        throw new GpuError(
          'lost',
          `${e.message}. ${MAX_LOST} devices in a row were lost at the same place; lower the batch or restart the machine, then resume`,
        );
      }
      o.onLost?.(e, progress.last?.step ?? 0);
    }
  }
}

async function onOneDevice(o: LoopOptions, progress: Progress): Promise<LoopEnd> {
  const gpu = await o.open();
  const trainer = await o.setUp(gpu);
  if (!progress.started) await o.onStart?.(trainer, gpu);
  progress.started = true;
  if (progress.last) trainer.writeState(progress.last);
  else progress.last = await trainer.readState();
  if (!progress.told) await tell(o, progress, trainer);
  let stopped = false;
  while (trainer.step < o.steps && !stopped && !o.enough?.()) {
    const until = Math.min(o.steps, (Math.floor(trainer.step / o.checkpointEvery) + 1) * o.checkpointEvery);
    stopped = await stretch(o, trainer, until);
    progress.last = await trainer.readState();
    progress.told = false;
    await tell(o, progress, trainer);
  }
  return { gpu, trainer, state: progress.last, stopped };
}

async function tell(o: LoopOptions, progress: Progress, trainer: Trainer): Promise<void> {
  await o.onCheckpoint?.(progress.last!, trainer);
  progress.told = true;
  progress.lost = 0;
}

/** Steps up to number `until`; true when it was stopped. One result is awaited while the next step is computed. */
async function stretch(o: LoopOptions, trainer: Trainer, until: number): Promise<boolean> {
  let pending: Promise<StepResult> | null = null;
  let stopped = false;
  for (let t = trainer.step; t < until && !stopped; t++) {
    const next = trainer.run(o.batch(t));
    if (pending) o.onStep?.(await pending);
    pending = next;
    stopped = o.stop?.() ?? false;
  }
  if (pending) o.onStep?.(await pending);
  return stopped;
}
