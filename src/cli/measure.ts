import { promptTokens } from '../data/trainItems';
import type { Gpu } from '../gpu/device';
import { uploadParams } from '../nn/paramsIo';
import { freeLeaf } from '../plan/leaves';
import { type Evaluated, type Evaluator, makeEvaluator } from '../train/evaluator';
import { buildModel } from './experimentModel';
import { progressBar } from './progress';
import type { Session } from './session';

/** Masks and scores of all validation items with the parameters that are on the GPU, in their order. */
export async function measure(s: Session, gpu: Gpu, label: string): Promise<Evaluated[]> {
  s.evaluator ??= evaluatorOf(s, gpu, s.sam);
  return measureWith(s, s.evaluator, label);
}

/**
 * What the base scores without adapters. Where the untrained model is the base, it is measured itself; else a bare base is built for it.
 * Once per base, data and prompt in a laboratory. A saved state is written to the GPU only afterwards.
 */
export async function measureBase(s: Session, gpu: Gpu): Promise<readonly Evaluated[]> {
  const key = JSON.stringify([s.base.fingerprint, s.data.hash, s.evalPrompt]);
  const found = s.lab.zeroShot.get(key);
  if (found) return found;
  const results = s.isBase ? await measure(s, gpu, 'measuring the base') : await measureBare(s, gpu);
  s.lab.zeroShot.set(key, results);
  return results;
}

async function measureBare(s: Session, gpu: Gpu): Promise<Evaluated[]> {
  const { sam } = buildModel({ adapters: [], trainable: 'none', seed: s.config.seed }, s.base);
  await uploadParams(sam.params, gpu);
  const evaluator = evaluatorOf(s, gpu, sam);
  try {
    return await measureWith(s, evaluator, 'measuring the base');
  } finally {
    evaluator.destroy();
    for (const p of sam.params.all()) freeLeaf(gpu, sam.params.leaf(p.name));
  }
}

function evaluatorOf(s: Session, gpu: Gpu, sam: Session['sam']): Evaluator {
  const side = sam.config.imageEncoder.imgSize;
  const shape = { batch: s.train.batch, depth: s.train.depth, side, points: promptTokens(s.evalPrompt), maskSide: 0 };
  return makeEvaluator(gpu, sam, shape, s.lab.host.plan);
}

async function measureWith(s: Session, evaluator: Evaluator, label: string): Promise<Evaluated[]> {
  const { batch } = s.config.train;
  const bar = progressBar(label, s.items.length, s.lab.host.log);
  const out: Evaluated[] = [];
  for (let i = 0; i < s.items.length; i += batch) {
    out.push(...(await evaluator.evaluate(s.items.slice(i, i + batch))));
    bar.show(out.length);
  }
  bar.end();
  return out;
}
