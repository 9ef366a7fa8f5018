import type { Gpu } from '../gpu/device';
import type { Sam } from '../models/sam/sam';
import { uploadParams } from '../nn/paramsIo';
import { type Evaluator, makeEvaluator } from '../train/evaluator';
import type { TrainConfig } from '../train/trainConfig';
import { rowsOf, shapeOf } from '../train/trainItem';
import type { EvaluationSet, Measured } from './experimentData';
import { buildModel } from './experimentModel';
import type { Host } from './lab';
import { progressBar } from './progress';
import { freeParams } from './rigs';
import type { Session } from './session';

/** How rows are put together. */
export type RowShape = Pick<TrainConfig, 'batch' | 'depth' | 'points' | 'maskPrompts' | 'multimask'>;

/** Masks and scores of all objects of a set, in their order, by whatever predicts: a trainer or an evaluator. */
export async function measure(
  set: EvaluationSet,
  by: Pick<Evaluator, 'evaluate'>,
  shape: RowShape,
  host: Host,
  label: string,
): Promise<Measured[]> {
  const bar = progressBar(label, set.count, host.log);
  const results = await set.evaluate((rows) => by.evaluate(rows), rowsOf(shape), bar.show);
  bar.end();
  return results;
}

/** The same with a model that is uploaded for it and freed afterwards. */
export async function measureModel(
  sam: Sam,
  gpu: Gpu,
  set: EvaluationSet,
  shape: RowShape,
  host: Host,
  label: string,
): Promise<Measured[]> {
  await uploadParams(sam.params, gpu);
  const evaluator = makeEvaluator(gpu, sam, shapeOf(shape, sam.config), host.plan, shape.multimask);
  try {
    return await measure(set, evaluator, shape, host, label);
  } finally {
    evaluator.destroy();
    freeParams(gpu, sam);
  }
}

/**
 * What the base scores without adapters. Where the untrained model is the base, it is measured itself; else a bare base is built for it.
 * Once per base, data and prompt in a laboratory. A saved state is written to the GPU only afterwards.
 */
export async function measureBase(s: Session, gpu: Gpu): Promise<readonly Measured[]> {
  const { lab, base, data, evalPrompt, set, train } = s;
  const key = JSON.stringify([base.fingerprint, data.hash, evalPrompt]);
  const found = lab.zeroShot.get(key);
  if (found) return found;
  const label = 'measuring the base';
  const bare = () => buildModel({ adapters: [], trainable: 'none', seed: s.config.seed }, base).sam;
  const results =
    s.isBase && s.rig
      ? await measure(set, s.rig.trainer, train, lab.host, label)
      : await measureModel(bare(), gpu, set, train, lab.host, label);
  lab.zeroShot.set(key, results);
  return results;
}
