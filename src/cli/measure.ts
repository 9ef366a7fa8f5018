import { padTokens, promptTokens } from '../data/trainItems';
import type { Gpu } from '../gpu/device';
import type { Sam } from '../models/sam/sam';
import { uploadParams } from '../nn/paramsIo';
import { type Evaluator, makeEvaluator } from '../train/evaluator';
import { rowsOf, shapeOf, type TrainItem } from '../train/trainItem';
import type { Measured } from './experimentData';
import { buildModel } from './experimentModel';
import { progressBar } from './progress';
import { freeParams, type Rig } from './rigs';
import type { Session } from './session';

/** Masks and scores of all validation items with the parameters that are on the GPU, in their order. */
export async function measure(s: Session, rig: Rig, label: string): Promise<Measured[]> {
  // Only the trainer knows the moving average; its prompts have as many tokens as those of training.
  if (s.train.ema !== null) return measureWith(s, rig.trainer, label);
  rig.evaluator ??= evaluatorOf(s, rig.gpu, rig.sam);
  return measureWith(s, rig.evaluator, label);
}

/**
 * What the base scores without adapters. Where the untrained model is the base, it is measured itself; else a bare base is built for it.
 * Once per base, data and prompt in a laboratory. A saved state is written to the GPU only afterwards.
 */
export async function measureBase(s: Session, gpu: Gpu): Promise<readonly Measured[]> {
  const key = JSON.stringify([s.base.fingerprint, s.data.hash, s.evalPrompt]);
  const found = s.lab.zeroShot.get(key);
  if (found) return found;
  const label = 'measuring the base';
  const results = s.isBase && s.rig ? await measure(s, s.rig, label) : await measureBare(s, gpu, label);
  s.lab.zeroShot.set(key, results);
  return results;
}

async function measureBare(s: Session, gpu: Gpu, label: string): Promise<Measured[]> {
  const { sam } = buildModel({ adapters: [], trainable: 'none', seed: s.config.seed }, s.base);
  await uploadParams(sam.params, gpu);
  const evaluator = evaluatorOf(s, gpu, sam);
  try {
    return await measureWith(s, evaluator, label);
  } finally {
    evaluator.destroy();
    freeParams(gpu, sam);
  }
}

function evaluatorOf(s: Session, gpu: Gpu, sam: Sam): Evaluator {
  const shape = shapeOf({ ...s.train, points: promptTokens(s.evalPrompt) }, sam.config);
  return makeEvaluator(gpu, sam, shape, s.lab.host.plan, s.train.multimask);
}

async function measureWith(s: Session, evaluator: Pick<Evaluator, 'evaluate'>, label: string): Promise<Measured[]> {
  const bar = progressBar(label, s.set.count, s.lab.host.log);
  const padded = (rows: readonly TrainItem[]) =>
    s.train.ema === null ? rows : rows.map((row) => padTokens(row, s.train.points));
  const results = await s.set.evaluate((rows) => evaluator.evaluate(padded(rows)), rowsOf(s.train), bar.show);
  bar.end();
  return results;
}
