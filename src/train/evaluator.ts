import type { Gpu } from '../gpu/device';
import type { Sam } from '../models/sam/sam';
import { compile } from '../plan/compile';
import type { PlanOptions } from '../plan/plan';
import type { Step } from '../plan/step';
import { type MaskScore, maskScore } from './metrics/overlap';
import type { RoundConfig } from './rounds';
import { evaluationGraph } from './trainGraph';
import { type BatchShape, batchArrays, fillBatch, rowsOf, type TrainItem } from './trainItem';

/** What the model says about one item, in the frame of its input. */
export interface Evaluated extends MaskScore {
  readonly id: string;
  readonly className: string;
  /** S·S; beyond the image they mean nothing. */
  readonly logits: Float32Array;
  /** S·S, 1 where the logit is above 0 and there is an image. */
  readonly mask: Uint8Array;
  /** The model's own estimate of the IoU. */
  readonly score: number;
}

/** Predicts and measures with the parameters that are on the GPU. */
export interface Evaluator {
  /** Results in the order of `items`; the last batch is filled up with repetitions. */
  evaluate(items: readonly TrainItem[]): Promise<Evaluated[]>;
  /**
   * Element k holds the results after k correcting clicks (the innermost pixel of the largest error, given as in an
   * interactive session, with the mask before as mask prompt): the number-of-clicks curve. `clicks` 0 is `evaluate`.
   */
  evaluateClicks(items: readonly TrainItem[], clicks: number): Promise<Evaluated[][]>;
  destroy(): void;
}

/**
 * An evaluator for `sam`, whose parameters have been uploaded to `gpu`; compiled on first use, once for each number of
 * clicks. With `multimask` the first prompt's mask is that of SAM's three with the highest estimate.
 */
export function makeEvaluator(
  gpu: Gpu,
  sam: Sam,
  shape: BatchShape,
  plan: PlanOptions = {},
  multimask = false,
): Evaluator {
  const steps = new Map<number, Promise<Step>>();
  const arrays = batchArrays(shape);
  const stepOf = (rounds: number): Promise<Step> => {
    const config: RoundConfig = { rounds, click: 'center', refine: true, multimask };
    const found = steps.get(rounds) ?? compile(gpu, () => evaluationGraph(sam, shape, config), plan);
    steps.set(rounds, found);
    return found;
  };
  const evaluateClicks = async (items: readonly TrainItem[], clicks: number): Promise<Evaluated[][]> => {
    const step = await stepOf(clicks);
    const known = new Set(step.plan.inputs.map((t) => t.leaf!.name));
    const out: Evaluated[][] = Array.from({ length: clicks + 1 }, () => []);
    for (let at = 0; at < items.length; at += rowsOf(shape)) {
      const part = items.slice(at, at + rowsOf(shape));
      fillBatch(arrays, part, shape, sam.config.pixelMean);
      step.run(Object.fromEntries(Object.entries(arrays).filter(([name]) => known.has(name))));
      for (let k = 0; k <= clicks; k++) out[k].push(...(await readRound(step, k, part, shape.side)));
    }
    return out;
  };
  return {
    evaluate: async (items) => (await evaluateClicks(items, 0))[0],
    evaluateClicks,
    destroy() {
      for (const step of steps.values()) void step.then((s) => s.destroy());
      steps.clear();
    },
  };
}

async function readRound(step: Step, k: number, items: readonly TrainItem[], side: number): Promise<Evaluated[]> {
  const [logits, iou] = await Promise.all([step.read(`logits.${k}`), step.read(`iou.${k}`)]);
  const plane = side ** 2;
  return items.map((item, b) => evaluated(item, logits.slice(b * plane, (b + 1) * plane), iou[b], side));
}

function evaluated(item: TrainItem, logits: Float32Array, score: number, side: number): Evaluated {
  const [h, w] = item.inputSize;
  const mask = new Uint8Array(side * side);
  const truth = new Uint8Array(side * side);
  for (let y = 0; y < h; y++) {
    for (let i = y * side; i < y * side + w; i++) {
      if (logits[i] > 0) mask[i] = 1;
      if (item.mask[i]) truth[i] = 1;
    }
  }
  return { id: item.id, className: item.className, logits, mask, score, ...maskScore(mask, truth) };
}
