import type { Gpu } from '../gpu/device';
import type { Segmenter } from '../models/segmenter';
import { compile } from '../plan/compile';
import type { PlanOptions } from '../plan/plan';
import type { Step } from '../plan/step';
import { feed } from './feed';
import { type MaskScore, maskScore } from './metrics/overlap';
import type { RoundConfig } from './rounds';
import { evaluationGraph } from './trainGraph';
import {
  type BatchArrays,
  type BatchShape,
  batchArrays,
  fillBatch,
  maskSideOf,
  rowsOf,
  singly,
  type TrainItem,
} from './trainItem';

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
   * interactive session, with `refine` the mask before as mask prompt): the number-of-clicks curve. `clicks` 0 is
   * `evaluate`.
   */
  evaluateClicks(items: readonly TrainItem[], clicks: number): Promise<Evaluated[][]>;
  destroy(): void;
}

/** A compiled step and the arrays that feed it. */
interface Ready {
  readonly step: Step;
  readonly shape: BatchShape;
  readonly arrays: BatchArrays;
}

/**
 * An evaluator for `sam`, whose parameters have been uploaded to `gpu`; compiled on first use, once for each number of
 * clicks and of prompt tokens (those of the items, whatever `shape` says; items of one call have equally many). With
 * `multimask` the first prompt's mask is that of SAM's three with the highest estimate.
 */
export function makeEvaluator(
  gpu: Gpu,
  sam: Segmenter,
  shape: BatchShape,
  plan: PlanOptions = {},
  multimask = false,
  refine = true,
): Evaluator {
  const known = new Map<string, Promise<Ready>>();
  const compiled = async (of: BatchShape, rounds: number): Promise<Ready> => {
    const config: RoundConfig = { rounds, click: 'center', refine, multimask };
    const step = await compile(gpu, () => evaluationGraph(sam, of, config), plan);
    return { step, shape: of, arrays: batchArrays(of) };
  };
  const readyFor = (items: readonly TrainItem[], rounds: number): Promise<Ready> => {
    const of = {
      ...singly(shape),
      points: items[0].labels.length,
      maskSide: items.some((i) => i.maskInput) ? maskSideOf(sam) : 0,
    };
    const key = `${rounds},${of.points},${of.maskSide}`;
    const found = known.get(key) ?? compiled(of, rounds);
    known.set(key, found);
    return found;
  };
  const evaluateClicks = async (items: readonly TrainItem[], clicks: number): Promise<Evaluated[][]> => {
    const out: Evaluated[][] = Array.from({ length: clicks + 1 }, () => []);
    if (!items.length) return out;
    const ready = await readyFor(items, clicks);
    const rows = rowsOf(ready.shape);
    for (let at = 0; at < items.length; at += rows) {
      const part = items.slice(at, at + rows);
      fillBatch(ready.arrays, part, ready.shape, sam.config.pixelMean);
      feed(ready.step, { ...ready.arrays });
      for (let k = 0; k <= clicks; k++) out[k].push(...(await readRound(ready.step, k, part, ready.shape.side)));
    }
    return out;
  };
  return {
    evaluate: async (items) => (await evaluateClicks(items, 0))[0],
    evaluateClicks,
    destroy() {
      for (const ready of known.values()) {
        ready.then(
          ({ step }) => step.destroy(),
          () => {},
        );
      }
      known.clear();
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
