import { promptTokens } from '../data/trainItems';
import type { Gpu } from '../gpu/device';
import type { Sam } from '../models/sam/sam';
import { uploadParams } from '../nn/paramsIo';
import { type Evaluated, type Evaluator, makeEvaluator } from '../train/evaluator';
import { rowsOf } from '../train/trainItem';
import { buildModel } from './experimentModel';
import { progressBar } from './progress';
import { freeParams, type Rig } from './rigs';
import type { Session } from './session';

/** Masks and scores of all validation items with the parameters that are on the GPU, in their order. */
export async function measure(s: Session, rig: Rig, label: string): Promise<Evaluated[]> {
  // Only the trainer knows the moving average; its prompts have as many tokens as those of training.
  if (s.train.ema !== null) return measureWith(s, rig.trainer, label);
  rig.evaluator ??= evaluatorOf(s, rig.gpu, rig.sam);
  return measureWith(s, rig.evaluator, label);
}

/**
 * What the base scores without adapters. Where the untrained model is the base, it is measured itself; else a bare base is built for it.
 * Once per base, data and prompt in a laboratory. A saved state is written to the GPU only afterwards.
 */
export async function measureBase(s: Session, gpu: Gpu): Promise<readonly Evaluated[]> {
  const key = JSON.stringify([s.base.fingerprint, s.data.hash, s.evalPrompt]);
  const found = s.lab.zeroShot.get(key);
  if (found) return found;
  const label = 'measuring the base';
  const results = s.isBase && s.rig ? await measure(s, s.rig, label) : await measureBare(s, gpu, label);
  s.lab.zeroShot.set(key, results);
  return results;
}

async function measureBare(s: Session, gpu: Gpu, label: string): Promise<Evaluated[]> {
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
  const { batch, depth, multimask } = s.train;
  const side = sam.config.imageEncoder.imgSize;
  const shape = { batch, depth, side, points: promptTokens(s.evalPrompt), maskSide: 0 };
  return makeEvaluator(gpu, sam, shape, s.lab.host.plan, multimask);
}

async function measureWith(s: Session, evaluator: Pick<Evaluator, 'evaluate'>, label: string): Promise<Evaluated[]> {
  const rows = rowsOf(s.train);
  const bar = progressBar(label, s.items.length, s.lab.host.log);
  const out: Evaluated[] = [];
  for (let i = 0; i < s.items.length; i += rows) {
    out.push(...(await evaluator.evaluate(s.items.slice(i, i + rows))));
    bar.show(out.length);
  }
  bar.end();
  return out;
}
