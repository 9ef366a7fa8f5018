import { grad } from '../autograd/grad';
import type { Sam } from '../models/sam/sam';
import type { Params } from '../nn/params';
import { matmul } from '../ops/matmul';
import { adamw, clipByNorm, HYPER_LENGTH } from '../ops/optim';
import { assign, pack } from '../ops/plumbing';
import {
  add,
  addScalar,
  bceLogits,
  div,
  equal,
  greaterScalar,
  mul,
  scale,
  sigmoid,
  square,
  sub,
} from '../ops/pointwise';
import { amin, mean, sum } from '../ops/reduce';
import { expand, permute, reshape, slice, transpose } from '../ops/view';
import type { Outputs } from '../plan/plan';
import { input, type Leaf, leafTensor, type Tensor } from '../tensor/tensor';
import { type PretrainInputs, type PretrainShape, pretrainInputs } from './pretrainInputs';

/** Flat optimiser state beside the parameters. */
export interface PretrainState {
  readonly m: Leaf;
  readonly v: Leaf;
  /** Exponential moving average of the parameters: what is saved. */
  readonly ema: Leaf;
}

/** Leaves for the optimiser of `params` (whose layout is thereby fixed). */
export function pretrainState(params: Params): PretrainState {
  const shape = [params.layout().total];
  const leaf = (name: string): Leaf => ({ kind: 'state', name, shape, dtype: 'f32' });
  return { m: leaf('adam.m'), v: leaf('adam.v'), ema: leaf('ema') };
}

/** Decay of the moving average per step: a memory of a hundred steps, shorter than any stage. */
const EMA = 0.99;

interface Forward {
  readonly shown: PretrainInputs;
  readonly embedding: Tensor;
  readonly masks: Tensor;
  readonly iou: Tensor;
}

/** What the model makes of what it is shown. */
function forward(sam: Sam, s: PretrainShape): Forward {
  const [h, w] = sam.config.promptEncoder.imageEmbeddingSize;
  const rows = s.batch * s.objects;
  const shown = pretrainInputs(sam, s);
  const embedding = sam.encode(shown.image);
  const c = embedding.shape[1];
  const repeated = reshape(expand(reshape(embedding, [s.batch, 1, c, h, w]), [s.batch, s.objects, c, h, w]), [
    rows,
    c,
    h,
    w,
  ]);
  const { points, labels } = shown;
  const given = s.mask ? reshape(input('mask', [rows, 16 * h * w]), [rows, 1, 4 * h, 4 * w]) : null;
  const { sparse, dense, summary } = sam.prompt_encoder.call({ points, labels, masks: given, padding: false });
  const out = sam.mask_decoder.predictMasks({
    imageEmbeddings: repeated,
    imagePe: sam.prompt_encoder.densePe(),
    sparse,
    dense,
    summary,
    multimask: true,
  });
  const n = out.masks.shape[1];
  return { shown, embedding, masks: reshape(out.masks, [rows, n, 16 * h * w]), iou: out.iou };
}

/** 20 · focal (γ 2, α 0.25) + soft Dice, per row and mask: [R, n]. SAM's mixture. */
function maskLoss(x: Tensor, t: Tensor): Tensor {
  const p = sigmoid(x);
  // 1 − p_t = p + t − 2pt, and α_t = ¾ − ½t.
  const miss = sub(add(p, t), scale(mul(p, t), 2));
  const focal = mean(mul(mul(square(miss), bceLogits(x, t)), addScalar(scale(t, -0.5), 0.75)), [2]);
  const overlap = addScalar(scale(sum(mul(p, t), [2]), 2), 1);
  const dice = div(overlap, addScalar(add(sum(p, [2]), sum(t, [2])), 1));
  return addScalar(sub(scale(focal, 20), dice), 1);
}

/** IoU of thresholded logits with the thresholded target: [R, n], no gradient. */
function hardIoU(x: Tensor, t: Tensor): Tensor {
  const a = greaterScalar(x, 0);
  const b = greaterScalar(t, 0.5);
  const both = sum(mul(a, b), [2]);
  return div(both, addScalar(sub(add(sum(a, [2]), sum(b, [2])), both), 1e-6));
}

/** Binary cross entropy over pairs of tokens: do both lie on one object? */
function pairLoss({ embedding, shown }: Forward): Tensor {
  const [b, c, h, w] = embedding.shape;
  const n = h * w;
  const f = permute(reshape(embedding, [b, c, n]), [0, 2, 1]);
  const logits = addScalar(scale(matmul(f, transpose(f)), 8 / c), -2);
  const { ids, pure } = shown.token();
  const pairs = (x: Tensor, axis: number) => reshape(x, axis === 1 ? [b, n, 1] : [b, 1, n]);
  const weight = mul(pairs(pure, 1), pairs(pure, 2));
  const loss = mul(bceLogits(logits, equal(pairs(ids, 1), pairs(ids, 2))), weight);
  return div(sum(loss), addScalar(sum(weight), 1));
}

/**
 * One step of AdamW with clipping, as one graph: encoder once per image, decoder once per prompt, focal + Dice on all mask tokens with
 * best-of-three, IoU head, and an auxiliary loss that tells token pairs of one object from others. Inputs: those of `pretrainInputs`,
 * hyper (see `adamw`), with the auxiliary loss also aux [1], its weight; `mask` where the shape says so. Outputs besides the numbers, for
 * the next round: `masks` [R,n,16hw] (logits) and `predicted` [R,n], of drawn scenes also `target`, `points` and `labels`.
 */
export function pretrainStep(sam: Sam, params: Params, state: PretrainState, s: PretrainShape): () => Outputs {
  return () => {
    const f = forward(sam, s);
    const losses = maskLoss(f.masks, f.shown.target);
    const rows = losses.shape[0];
    const single = mean(slice(losses, 1, 0, 1));
    const best = mean(amin(slice(losses, 1, 1, losses.shape[1] - 1), [1]));
    const quality = hardIoU(f.masks, f.shown.target);
    const head = mean(square(sub(f.iou, quality)));
    const mask = add(add(single, best), head);
    const aux = s.auxiliary ? pairLoss(f) : null;
    const loss = aux ? add(mask, mul(aux, reshape(input('aux', [1]), []))) : mask;
    const layout = params.layout();
    const grads = grad(
      loss,
      layout.slots.map((slot) => params.tensor(slot.name)),
    );
    const g = pack(
      grads,
      layout.slots.map((slot) => slot.offset),
      layout.total,
    );
    const p = leafTensor(layout.flat!);
    const clipped = clipByNorm(g, input('hyper', [HYPER_LENGTH]), 1);
    const update = adamw(p, g, leafTensor(state.m), leafTensor(state.v), clipped.hyper, {
      weightDecay: 0.01,
      decayEnd: layout.decayEnd,
    });
    const ema = leafTensor(state.ema);
    const average = assign(ema, add(scale(ema, EMA), scale(p, 1 - EMA)));
    const iou = reshape(sum(slice(quality, 1, 0, 1)), [1]);
    return {
      outputs: {
        loss: reshape(mask, [1]),
        iou: scale(iou, 1 / rows),
        norm: reshape(clipped.norm, [1]),
        masks: f.masks,
        predicted: f.iou,
        ...(aux ? { aux: reshape(aux, [1]) } : {}),
        ...(s.drawn ? drawnOutputs(f.shown, s) : {}),
      },
      effects: [average, update],
    };
  };
}

/** What the CPU must know of drawn scenes to correct an answer; later rounds were told the prompts. */
function drawnOutputs({ target, points, labels }: PretrainInputs, s: PretrainShape): Readonly<Record<string, Tensor>> {
  return s.mask ? { target } : { target, points, labels };
}

/** Evaluation: hard IoU of every mask token [R, n] and the predicted one, at the low resolution of the decoder. */
export function pretrainEval(sam: Sam, s: PretrainShape): () => Outputs {
  return () => {
    const f = forward(sam, s);
    return { outputs: { iou: hardIoU(f.masks, f.shown.target), predicted: f.iou, masks: f.masks } };
  };
}
