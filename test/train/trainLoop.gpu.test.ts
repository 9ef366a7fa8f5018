import { expect, test } from 'vitest';
import { type Gpu, openGpu } from '../../src/gpu/device';
import type { GpuError } from '../../src/gpu/errors';
import { makeTrainer, type StepResult } from '../../src/train/trainer';
import { type LoopOptions, trainLoop } from '../../src/train/trainLoop';
import { QUICK, tinyBatch, tinyConfig, uploadedSam } from './tiny';

const first = await openGpu();

/** A loop of 8 steps, checkpoint after every third; the losses that were told, by step. */
function loop(changes: Partial<LoopOptions>) {
  const curve = new Map<number, number>();
  const options: LoopOptions = {
    steps: 8,
    open: async () => first,
    setUp: async (gpu) => makeTrainer(gpu, await uploadedSam(gpu), tinyConfig, QUICK),
    batch: tinyBatch,
    checkpointEvery: 3,
    onStep: ({ step, loss }: StepResult) => curve.set(step, loss),
    ...changes,
  };
  return { curve, end: trainLoop(options) };
}

test('a lost device: training goes on from the last checkpoint on a new one, with the same curve', async () => {
  const calm = loop({});
  const { state } = await calm.end;
  expect([...calm.curve.keys()]).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  let open: Gpu | null = null;
  let opened = 0;
  const lost: [string, number][] = [];
  const rough = loop({
    open: async () => {
      opened++;
      open = await openGpu();
      return open;
    },
    batch: (t) => {
      if (t === 4 && opened === 1) open!.device.destroy();
      return tinyBatch(t);
    },
    onLost: (error: GpuError, from) => lost.push([error.kind, from]),
  });
  const end = await rough.end;
  expect(opened).toBe(2);
  expect(lost).toEqual([['lost', 3]]);
  expect(rough.curve).toEqual(calm.curve);
  expect(end.state).toEqual(state);
  end.gpu.destroy();
});

test('a device that is lost again and again ends in the error', async () => {
  let opened = 0;
  const { end } = loop({
    open: async () => {
      opened++;
      return openGpu();
    },
    setUp: async (gpu) => {
      const sam = await uploadedSam(gpu);
      gpu.device.destroy();
      await gpu.lost;
      return makeTrainer(gpu, sam, tinyConfig, QUICK);
    },
  });
  await expect(end).rejects.toThrow(/3 devices in a row were lost/);
  expect(opened).toBe(4);
});

test('a device lost at a checkpoint: the checkpoint is told again', async () => {
  const told: number[] = [];
  let open: Gpu = first;
  let opened = 0;
  const { end } = loop({
    open: async () => {
      opened++;
      open = await openGpu();
      return open;
    },
    onCheckpoint: async (state, trainer) => {
      told.push(state.step);
      if (state.step === 6 && opened === 1) {
        open.device.destroy();
        await trainer.readState();
      }
    },
  });
  (await end).gpu.destroy();
  expect(told).toEqual([3, 6, 6, 8]);
});

test('stopped in between and taken up again, the end is the same', async () => {
  const whole = await loop({}).end;
  let asked = 0;
  const stopped = await loop({ stop: () => ++asked === 5 }).end;
  expect(stopped.stopped).toBe(true);
  expect(stopped.state.step).toBe(5);
  const starts: number[] = [];
  const rest = await loop({ from: stopped.state, onStart: async (t) => void starts.push(t.step) }).end;
  expect(starts).toEqual([0]);
  expect(rest.state).toEqual(whole.state);
});

test('enough: asked at checkpoints, ends training, and is no stop', async () => {
  let asked = 0;
  const end = await loop({ enough: () => ++asked === 3 }).end;
  expect([end.state.step, end.stopped]).toEqual([6, false]);
});
