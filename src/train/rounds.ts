import type { Segmenter } from '../models/segmenter';
import { DEPTH, provide } from '../nn/context';
import { argmax } from '../ops/indexing';
import { nextClick } from '../ops/nextClick';
import { detach } from '../ops/plumbing';
import { equal, mul } from '../ops/pointwise';
import { sum } from '../ops/reduce';
import { interpolate } from '../ops/resize';
import { padWith } from '../ops/strided';
import { concat, expand, reshape, slice } from '../ops/view';
import { constant, input, scope, type Tensor } from '../tensor/tensor';
import type { TrainConfig } from './trainConfig';
import { type BatchShape, imagesOf, rowsOf } from './trainItem';

/** How prompts and rounds go. */
export type RoundConfig = Pick<TrainConfig, 'rounds' | 'click' | 'refine' | 'multimask'>;

/** A batch in the graph. */
export interface BatchTensors {
  /** [I, 3, S, S] in 0..255: as many as rows, unless several share one. */
  readonly image: Tensor;
  /** [R, P, 2] and [R, P]; null where no row has points. */
  readonly points: Tensor | null;
  readonly labels: Tensor | null;
  /** Mask prompts [R, 1, m, m] and which rows have one [R]; null where there are none. */
  readonly mask: Tensor | null;
  readonly masked: Tensor | null;
  /** [R, 1, S, S]: 1 object, 0 not, −1 does not count. Read only where it is needed. */
  readonly target: Tensor;
  /** Of the images [I, C, h, w], where they are known already. */
  readonly embedding?: Tensor;
}

/** The inputs `image`, `points`, `labels`, `target`, and with mask prompts `mask` and `masked`. */
export function batchInputs(shape: BatchShape): BatchTensors {
  const { side, points, maskSide } = shape;
  const rows = rowsOf(shape);
  return {
    image: input('image', [imagesOf(shape), 3, side, side]),
    points: points ? input('points', [rows, points, 2]) : null,
    labels: points ? input('labels', [rows, points]) : null,
    mask: maskSide ? input('mask', [rows, 1, maskSide, maskSide]) : null,
    masked: maskSide ? input('masked', [rows]) : null,
    target: input('target', [rows, 1, side, side]),
  };
}

/** What one round predicts: n = 1 mask a row, or SAM's three on the first prompt. */
export interface Round {
  /** [R, n, S, S], enlarged to the input's frame. */
  readonly logits: Tensor;
  /** [R, n], the model's own estimate. */
  readonly iou: Tensor;
  /**
   * The one mask of each row that goes on: the only one, or that with the highest estimate. [R, 1, S, S], [R, 1] and, at the
   * decoder's resolution, [R, 1, m, m].
   */
  readonly chosen: { readonly logits: Tensor; readonly iou: Tensor; readonly low: Tensor };
}

/**
 * Predictions of the first prompt and of `rounds` corrections. The image is encoded once; each correction adds the click
 * that the mask before it needs most (found on the GPU: `ops/nextClick`) and, with `refine`, that mask's logits as mask
 * prompt. Tokens are those of an interactive session: none is padding but the prompt's own. Random clicks read the inputs
 * `clicks.K` (u32 [R]). Gradients flow through every round's masks, not through clicks and mask prompts.
 */
export function predictRounds(sam: Segmenter, shape: BatchShape, batch: BatchTensors, config: RoundConfig): Round[] {
  return provide(DEPTH, shape.depth, () => {
    const embedding = forEachRow(batch.embedding ?? sam.encode(batch.image), shape);
    const rounds: Round[] = [];
    let { points, labels, mask, masked } = batch;
    for (let k = 0; ; k++) {
      const multimask = config.multimask && k === 0;
      // The labels hold SAM's padding point already: points and boxes then take equally many tokens.
      const out = sam.decode(embedding, { points, labels, masks: mask, masked, padding: false }, multimask);
      const n = multimask ? out.masks.shape[1] : 1;
      const low = slice(out.masks, 1, 0, n);
      const iou = slice(out.iou, 1, 0, n);
      const one = best(iou);
      const logits = interpolate(low, [shape.side, shape.side], 'bilinear');
      const chosen = { logits: one(logits), iou: one(iou), low: one(low) };
      rounds.push({ logits, iou, chosen });
      if (k === config.rounds) return rounds;
      const click = correction(chosen.logits, batch.target, shape, config, k);
      points = points ? concat([points, click.points], 1) : withPadding(click.points, 0);
      labels = labels ? concat([labels, click.labels], 1) : withPadding(click.labels, -1);
      if (config.refine) [mask, masked] = [detach(chosen.low), null];
    }
  });
}

/** Embeddings [I, C, h, w] as [R, C, h, w]: those of an image for each of its rows. */
function forEachRow(embedding: Tensor, { prompts = 1 }: BatchShape): Tensor {
  if (prompts === 1) return embedding;
  const [images, ...each] = embedding.shape;
  return reshape(expand(reshape(embedding, [images, 1, ...each]), [images, prompts, ...each]), [
    images * prompts,
    ...each,
  ]);
}

/** A first click [R, 1, …] with SAM's padding point after it. */
function withPadding(click: Tensor, value: number): Tensor {
  const around = click.shape.map((_, i) => [0, i === 1 ? 1 : 0]);
  return padWith(click, around, value);
}

/** Takes the mask with the highest estimate out of tensors [R, n, …]. */
function best(iou: Tensor): (x: Tensor) => Tensor {
  const [rows, n] = iou.shape;
  if (n === 1) return (x) => x;
  const ids = constant(
    Float32Array.from({ length: n }, (_, i) => i),
    [1, n],
    'masks',
  );
  const hit = equal(ids, reshape(argmax(detach(iou)), [rows, 1]));
  return (x) => sum(mul(x, reshape(hit, [rows, n, ...x.shape.slice(2).map(() => 1)])), [1], true);
}

function correction(logits: Tensor, target: Tensor, shape: BatchShape, { click }: RoundConfig, k: number) {
  const rows = rowsOf(shape);
  const plane = (x: Tensor) => reshape(x, [rows, shape.side, shape.side]);
  return scope(`click.${k + 1}`, () => {
    const keys = click === 'random' ? input(`clicks.${k}`, [rows], 'u32') : undefined;
    return nextClick(plane(detach(logits)), plane(target), keys);
  });
}
