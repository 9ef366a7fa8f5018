import type { EvaluationSet, Measured } from '../data/experiment/experimentData';
import type { Gpu } from '../gpu/device';
import type { Segmenter } from '../models/segmenter';
import { uploadParams } from '../nn/paramsIo';
import { type Evaluated, type Evaluator, makeEvaluator } from '../train/evaluator';
import type { TrainConfig } from '../train/trainConfig';
import { rowsOf, shapeOf, type TrainItem } from '../train/trainItem';
import type { Host } from './lab';
import { progressBar } from './progress';
import { freeParams } from './rigs';
import type { Session } from './session';

/** How rows are put together. */
export type RowShape = Pick<TrainConfig, 'batch' | 'depth' | 'points' | 'maskPrompts' | 'multimask'> & {
  readonly prompts?: number;
};

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

/**
 * The same after 0 … `clicks` correcting clicks: element k after k of them. Clicks go where the largest error is, in the frame of the
 * model's input (of volumes: in every slice).
 */
export async function measureClicks(
  set: EvaluationSet,
  by: Pick<Evaluator, 'evaluateClicks'>,
  shape: RowShape,
  host: Host,
  label: string,
  clicks: number,
): Promise<Measured[][]> {
  const answers: Evaluated[][][] = [];
  const first = {
    evaluate: async (rows: readonly TrainItem[]) => {
      const all = await by.evaluateClicks(rows, clicks);
      answers.push(all);
      return all[0];
    },
  };
  const out = [await measure(set, first, shape, host, label)];
  for (let k = 1; k <= clicks; k++) {
    // The set asks for the same rows in the same order.
    let next = 0;
    out.push(
      await set.evaluate(
        async () => answers[next++][k],
        rowsOf(shape),
        () => {},
      ),
    );
  }
  return out;
}

/** The same with a model that is uploaded for it and freed afterwards: after 0 … `clicks` correcting clicks. */
export async function measureModel(
  sam: Segmenter,
  gpu: Gpu,
  set: EvaluationSet,
  shape: RowShape,
  host: Host,
  label: string,
  clicks = 0,
): Promise<Measured[][]> {
  await uploadParams(sam.params, gpu);
  const evaluator = makeEvaluator(gpu, sam, shapeOf(shape, sam.config), host.plan, shape.multimask);
  try {
    return await measureClicks(set, evaluator, shape, host, label, clicks);
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
  const results =
    s.isBase && s.rig
      ? await measure(set, s.rig.trainer, train, lab.host, label)
      : (await measureModel(s.bare(), gpu, set, train, lab.host, label))[0];
  lab.zeroShot.set(key, results);
  return results;
}
