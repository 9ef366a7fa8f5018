import type { Attachment } from '../../adapters/adapter';
import type { EfficientSam } from '../../models/efficientSam/efficientSam';
import { releaseTransformPrompt } from '../../models/sam/releasePrompt';
import { capturing } from '../../nn/capture';
import { bceWithLogits } from '../../ops/loss';
import { add } from '../../ops/pointwise';
import { interpolate } from '../../ops/resize';
import { input } from '../../tensor/tensor';
import { num } from './configs';
import { decoded, type GoldenCase } from './goldenCase';

/** A model of a case and what is attached to it. */
export interface Released {
  readonly sam: EfficientSam;
  readonly attachment: Attachment;
}

/** Arrays of batch i by the names of the step's inputs; clicks as the released code hands them on. */
export function batchOf(c: GoldenCase, i: number): Record<string, Float32Array> {
  const get = (name: string) => {
    const t = decoded(c, `step${i}.${name}`);
    if (!t) throw new Error(`${c.files.name}: io.safetensors has no in.step${i}.${name}`);
    return t;
  };
  const [image, points, labels] = [get('image'), get('points'), get('point_labels')];
  // One label per image: clicks are [1, N, 2].
  const rows =
    labels.shape.length === 1 ? ([1, labels.shape[0]] as const) : ([labels.shape[0], labels.shape[1]] as const);
  const prompt = releaseTransformPrompt(points.data, labels.data, rows, [image.shape[2], image.shape[3]]);
  return { image: image.data, mask: get('mask').data, points: prompt.coords, labels: Float32Array.from(prompt.labels) };
}

function forward(c: GoldenCase, sam: EfficientSam) {
  const like = (name: string) => input(name, decoded(c, `step0.${name}`)!.shape);
  const [image, mask] = [like('image'), like('mask')];
  const n = batchOf(c, 0).labels.length / sam.config.maxPoints;
  const embedding = sam.image_encoder.call(image);
  const points = input('points', [n, sam.config.maxPoints, 2]);
  const { sparse, summary } = sam.prompt_encoder.call(points, input('labels', [n, sam.config.maxPoints]));
  const imagePe = sam.prompt_encoder.densePe();
  const low = sam.mask_decoder.call({ imageEmbeddings: embedding, imagePe, sparse, summary, multimask: false });
  const side = num(c.info.args ?? {}, 'out_size');
  return { embedding, sparse, low, pred: interpolate(low.masks, [side, side], 'nearest'), mask };
}

/** Loss as the released code reports it (outputs `loss`), and what is differentiated: with the attachment's penalty. */
export function lossGraph(c: GoldenCase, { sam, attachment }: Released) {
  const { result: f, acts } = capturing(() => forward(c, sam));
  const loss = bceWithLogits(f.pred, f.mask, { posWeight: 2 });
  const penalty = attachment.hooks.penalty?.() ?? null;
  return { ...f, acts, loss, penalty, whole: penalty ? add(loss, penalty) : loss };
}
