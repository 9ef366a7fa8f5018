import { attach } from '../adapters/adapter';
import { sdTrans } from '../adapters/sdTrans';
import type { Gpu } from '../gpu/device';
import { samConfig } from '../models/sam/config';
import { buildSam } from '../models/sam/sam';
import { makeParams } from '../nn/params';
import { uploadParams } from '../nn/paramsIo';
import { adamHyper } from '../ops/optim';
import { compile } from '../plan/compile';
import type { PlanOptions } from '../plan/plan';
import { numel } from '../tensor/shape';
import { trainingSteps } from '../train/slabSteps';
import { TRAIN_DEFAULTS } from '../train/trainConfig';
import { firstLosses, type OwnBuilt } from './benchEngine';
import { freeOwn } from './benchOurs';
import { LEARNING_RATE, values } from './benchWorkloads';

/** A training step of sam-nano with SD-Trans on one volume of `depth` slices, random pictures, one click each. */
export async function buildSlab(gpu: Gpu, depth: number, plan: PlanOptions = {}): Promise<OwnBuilt> {
  const sam = buildSam({ params: makeParams(1) }, samConfig('sam-nano'));
  attach(sam, sdTrans());
  const config = { ...TRAIN_DEFAULTS, batch: 1, depth };
  const step = await compile(gpu, trainingSteps(sam, config)(depth)[0], plan);
  await uploadParams(sam.params, gpu);
  for (const { leaf } of step.plan.inputs) {
    const { name, dtype, shape } = leaf!;
    if (name === 'image' && dtype === 'f32')
      step.write(
        name,
        values(name, numel(shape), 128).map((v) => v + 128),
      );
  }
  let t = 0;
  const run = async () => {
    const ticket = step.run({ hyper: adamHyper(LEARNING_RATE, ++t) });
    await gpu.device.queue.onSubmittedWorkDone();
    return ticket;
  };
  const check = () => firstLosses(async () => (await (await run()).read('loss'))[0]);
  return { step, run, check, free: () => freeOwn(gpu, step) };
}
