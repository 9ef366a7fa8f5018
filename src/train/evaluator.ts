import type { Gpu } from '../gpu/device';
import type { Sam } from '../models/sam/sam';
import { compile } from '../plan/compile';
import type { PlanOptions } from '../plan/plan';
import type { Step } from '../plan/step';
import { type MaskScore, maskScore } from './metrics/overlap';
import { evaluationGraph } from './trainGraph';
import { type BatchShape, batchArrays, fillBatch, type TrainItem } from './trainItem';

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
  destroy(): void;
}

/** An evaluator for `sam`, whose parameters have been uploaded to `gpu`; compiled on first use. */
export function makeEvaluator(gpu: Gpu, sam: Sam, shape: BatchShape, plan: PlanOptions = {}): Evaluator {
  let compiling: Promise<Step> | null = null;
  const arrays = batchArrays(shape);
  return {
    async evaluate(items) {
      compiling ??= compile(gpu, () => evaluationGraph(sam, shape), plan);
      const step = await compiling;
      const out: Evaluated[] = [];
      for (let at = 0; at < items.length; at += shape.batch) {
        const part = items.slice(at, at + shape.batch);
        fillBatch(arrays, part, shape, sam.config.pixelMean);
        step.run({ image: arrays.image, points: arrays.points, labels: arrays.labels });
        const [logits, iou] = await Promise.all([step.read('logits'), step.read('iou')]);
        const plane = shape.side ** 2;
        for (const [b, item] of part.entries()) {
          out.push(evaluated(item, logits.slice(b * plane, (b + 1) * plane), iou[b], shape.side));
        }
      }
      return out;
    },
    destroy() {
      void compiling?.then((step) => step.destroy());
      compiling = null;
    },
  };
}

function evaluated(item: TrainItem, logits: Float32Array, score: number, side: number): Evaluated {
  const [h, w] = item.inputSize;
  const inside = (i: number) => i % side < w && i < h * side;
  const mask = Uint8Array.from(logits, (v, i) => (v > 0 && inside(i) ? 1 : 0));
  const truth = item.mask.map((v, i) => (v && inside(i) ? 1 : 0));
  return { id: item.id, className: item.className, logits, mask, score, ...maskScore(mask, truth) };
}
