// AdaLoRA in a real run of the trainer: ranks fall on schedule while the loss falls, and a resumed run is the same run.
import { expect, test } from 'vitest';
import { adalora } from '../../src/adapters/adalora';
import { attach } from '../../src/adapters/adapter';
import { openGpu } from '../../src/gpu/device';
import { samConfig } from '../../src/models/sam/config';
import { buildSam } from '../../src/models/sam/sam';
import { makeParams } from '../../src/nn/params';
import { uploadParams } from '../../src/nn/paramsIo';
import { makeTrainer, type Trainer } from '../../src/train/trainer';
import { QUICK, SIDE, tinyConfig, tinyItem } from '../train/tiny';

const gpu = await openGpu();
const STEPS = 20;

/** Three layers in each of two blocks with rank 3: 18 triplets, of which a third shall be left. */
async function fresh(): Promise<Trainer> {
  const sam = buildSam({ params: makeParams(3) }, samConfig('tiny', { imgSize: SIDE, patchSize: 8 }));
  const { hooks } = attach(sam, adalora({ rank: 3, targetRank: 1, interval: 1 }));
  await uploadParams(sam.params, gpu);
  return makeTrainer(gpu, sam, { ...tinyConfig, steps: STEPS, warmup: 0, lr: 2e-2 }, QUICK, [hooks]);
}

/** Triplets whose E is not zero. */
async function left(trainer: Trainer): Promise<number> {
  const trained = await trainer.readTrained();
  return [...trained].reduce((n, [name, v]) => n + (name.endsWith('_E') ? v.filter((x) => x !== 0).length : 0), 0);
}

test('the budget really shrinks over a run, and the run can be resumed bit for bit', async () => {
  const whole = await fresh();
  const losses: number[] = [];
  const counts: number[] = [];
  for (let t = 1; t <= STEPS; t++) {
    losses.push((await whole.run([tinyItem(0)])).loss);
    if ([2, 6, 10, STEPS].includes(t)) counts.push(await left(whole));
  }
  // A tenth of the run all of them, then 6 + 12·(1 − (t − 2) / 12)³, from seven tenths on a third.
  expect(counts).toEqual([18, 9, 6, 6]);
  expect(losses[STEPS - 1]).toBeLessThan(losses[0]);

  const first = await fresh();
  for (let t = 0; t < 8; t++) await first.run([tinyItem(0)]);
  const state = await first.readState();
  const second = await fresh();
  second.writeState(state);
  for (let t = 8; t < STEPS; t++) expect((await second.run([tinyItem(0)])).loss).toBe(losses[t]);
  expect(await second.readTrained()).toEqual(await whole.readTrained());
  for (const t of [whole, first, second]) t.destroy();
});
