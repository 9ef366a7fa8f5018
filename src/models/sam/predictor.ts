import type { Gpu } from '../../gpu/device';
import { assign } from '../../ops/plumbing';
import { compile } from '../../plan/compile';
import { bindLeaf, freeLeaf, readLeaf } from '../../plan/leaves';
import type { Step } from '../../plan/step';
import { input, type Leaf, leafTensor, type Tensor } from '../../tensor/tensor';
import { maskRange } from './maskDecoder';
import { planarImage, type Rgb8 } from './planarImage';
import { type Prompt, type PromptArrays, packPrompts, resizedSize, type Size } from './prompt';
import type { Sam } from './sam';

export type { Rgb8 };

/** What the model says to one prompt. `n` masks: 1, or 3 with multimask. */
export interface Prediction {
  readonly n: number;
  /** Rows and columns of `logits` and `masks`: the original image's. */
  readonly size: Size;
  /** n × rows × columns. */
  readonly logits: Float32Array;
  /** 1 where the logit is above 0. */
  readonly masks: Uint8Array;
  /** The model's own estimate of the IoU of each mask. */
  readonly iou: Float32Array;
  /** Logits at the decoder's resolution, usable as the next call's mask input. */
  readonly lowRes: Float32Array;
}

/** Logits of one prompt on the GPU, n × rows × columns of f32 from `offset` on: until the predictor's next call. */
export interface GpuLogits {
  readonly buffer: GPUBuffer;
  readonly offset: number;
  readonly n: number;
  readonly size: Size;
}

/** Predicts masks for prompts on one image at a time. The image is encoded once; its embedding stays on the GPU. */
export interface SamPredictor {
  /**
   * Encodes an image that was resized already so that its longer side is the model's `imgSize` (see `resizedSize`).
   * `original` = rows, columns before.
   */
  setImage(resized: Rgb8, original: Size): Promise<void>;
  /** Takes over an embedding [C, h, w] computed earlier, instead of `setImage`. */
  setEmbedding(embedding: Float32Array, resized: Size, original: Size): void;
  /** `onGpu` is told where the logits will be, as soon as the work is submitted: to draw or copy them without reading them back. */
  predict(prompt: Prompt, multimask?: boolean, onGpu?: (logits: GpuLogits) => void): Promise<Prediction>;
  /** As `predict`, but reads back the estimates of IoU alone: for masks that are only looked at. */
  glance(prompt: Prompt, multimask: boolean, onGpu: (logits: GpuLogits) => void): Promise<Float32Array>;
  /** Several objects of the image at once, not enlarged: n × 4h × 4w logits each, and their estimates of IoU. */
  predictLow(prompts: readonly Prompt[], multimask?: boolean): Promise<Pick<Prediction, 'n' | 'lowRes' | 'iou'>[]>;
  /** Several objects of the image at once. */
  predictBatch(prompts: readonly Prompt[], multimask?: boolean): Promise<Prediction[]>;
  /** The image embedding [C, h, w] read back. */
  embedding(): Promise<Float32Array>;
  /** Frees plans and the embedding; parameters stay. */
  destroy(): void;
}

/** Decoder plans kept; the one unused for longest goes first. */
const MAX_PLANS = 12;

interface State {
  readonly gpu: Gpu;
  readonly sam: Sam;
  readonly embedding: Leaf;
  readonly plans: Map<string, Promise<Step>>;
  encoder: Step | null;
  resized: Size | null;
  original: Size;
}

/** A predictor for `sam`, whose parameters must have been uploaded to `gpu`. */
export function makePredictor(gpu: Gpu, sam: Sam): SamPredictor {
  const { embedDim, imageEmbeddingSize } = sam.config.promptEncoder;
  const embedding: Leaf = {
    kind: 'state',
    name: 'image_embedding',
    shape: [1, embedDim, ...imageEmbeddingSize],
    dtype: 'f32',
  };
  const s: State = { gpu, sam, embedding, plans: new Map(), encoder: null, resized: null, original: [0, 0] };
  const known = (resized: Size, original: Size) => {
    checkSizes(s, resized, original);
    s.resized = resized;
    s.original = original;
  };
  return {
    async setImage(resized, original) {
      const size: Size = [resized.height, resized.width];
      checkSizes(s, size, original);
      s.resized = null;
      const pixels = planarImage(resized, sam.config.imageEncoder.imgSize, sam.config.pixelMean);
      s.encoder ??= await compileEncoder(s);
      s.encoder.run({ image: pixels });
      known(size, original);
    },
    setEmbedding(data, resized, original) {
      bindLeaf(gpu, embedding, data);
      known(resized, original);
    },
    predict: async (prompt, multimask = true, onGpu = undefined) =>
      (await predictBatch(s, [prompt], multimask, onGpu))[0],
    predictBatch: (prompts, multimask = true) => predictBatch(s, prompts, multimask),
    async glance(prompt, multimask, onGpu) {
      const { step, from, n } = await launch(s, [prompt], multimask, onGpu);
      return (await step.read('iou')).slice(from, from + n);
    },
    async predictLow(prompts, multimask = true) {
      const { step, from, n } = await launch(s, prompts, multimask, null);
      const [lowRes, iou] = await Promise.all([step.read('lowRes'), step.read('iou')]);
      return prompts.map((_, i) => {
        const part = partOf(i, from, n, iou.length / prompts.length);
        return { n, lowRes: part(lowRes, iou.length), iou: part(iou, iou.length) };
      });
    },
    embedding: () => readLeaf(gpu, embedding),
    destroy() {
      s.encoder?.destroy();
      for (const entry of s.plans) forget(s, entry);
      s.resized = null;
      freeLeaf(gpu, embedding);
    },
  };
}

function checkSizes({ sam }: State, resized: Size, original: Size): void {
  const { imgSize } = sam.config.imageEncoder;
  const [h, w] = resizedSize(original, imgSize);
  if (resized[0] !== h || resized[1] !== w) {
    throw new Error(
      `setImage: an image of ${original[1]} × ${original[0]} must come resized to ${w} × ${h} (longer side ${imgSize}), got ${resized[1]} × ${resized[0]}`,
    );
  }
}

function compileEncoder({ gpu, sam, embedding }: State): Promise<Step> {
  const { imgSize, inChans } = sam.config.imageEncoder;
  return compile(gpu, () => {
    const image = input('image', [1, inChans, imgSize, imgSize]);
    return { outputs: {}, effects: [assign(leafTensor(embedding), sam.encode(image))] };
  });
}

/** A decoder step under way, and which of its masks are meant. */
interface Launched {
  readonly step: Step;
  readonly from: number;
  readonly n: number;
  readonly original: Size;
}

/** Submits a decode; `onGpu` null: nothing is enlarged to the image's size. */
async function launch(
  s: State,
  prompts: readonly Prompt[],
  multimask: boolean,
  onGpu: ((logits: GpuLogits) => void) | null,
): Promise<Launched> {
  if (!s.resized) throw new Error('predict: there is no image yet; call setImage first');
  const { resized, original } = s;
  const [h, w] = s.sam.config.promptEncoder.imageEmbeddingSize;
  const arrays = packPrompts(prompts, original, resized, [4 * h, 4 * w]);
  const step = await decoderPlan(s, arrays, onGpu !== null);
  const inputs: Record<string, Float32Array> = {};
  if (arrays.tokens) Object.assign(inputs, { points: arrays.points, labels: arrays.labels });
  if (arrays.masks) inputs.masks = arrays.masks;
  step.run(inputs);
  const [from, n] = maskRange(s.sam.config.maskDecoder, multimask);
  if (onGpu) {
    const { buffer, offset } = step.output('logits');
    onGpu({ buffer, offset: offset + from * original[0] * original[1] * 4, n, size: original });
  }
  return { step, from, n, original };
}

/** Takes prompt i's masks `from` … `from + n` out of an output with `all` per prompt and `rows` in sum. */
function partOf(i: number, from: number, n: number, all: number) {
  return (x: Float32Array, rows: number) =>
    x.slice(((i * all + from) * x.length) / rows, ((i * all + from + n) * x.length) / rows);
}

async function predictBatch(
  s: State,
  prompts: readonly Prompt[],
  multimask: boolean,
  onGpu: (logits: GpuLogits) => void = () => {},
): Promise<Prediction[]> {
  const { step, from, n, original } = await launch(s, prompts, multimask, onGpu);
  const [lowRes, iou, logits] = await Promise.all([step.read('lowRes'), step.read('iou'), step.read('logits')]);
  return prompts.map((_, i) => {
    const part = partOf(i, from, n, iou.length / prompts.length);
    const mine = part(logits, iou.length);
    const masks = Uint8Array.from(mine, (v) => (v > 0 ? 1 : 0));
    return { n, size: original, logits: mine, masks, iou: part(iou, iou.length), lowRes: part(lowRes, iou.length) };
  });
}

/**
 * Prompt encoder, decoder and, with `enlarged`, enlargement of all mask tokens for one bucket of shapes; compiled on
 * first use, once however many calls ask for it meanwhile. One plan serves multimask and single.
 */
function decoderPlan(s: State, arrays: PromptArrays, enlarged: boolean): Promise<Step> {
  const { batch, tokens, masks } = arrays;
  const key = [batch, tokens, masks ? 1 : 0, ...s.resized!, ...(enlarged ? s.original : [])].join();
  const plan = s.plans.get(key) ?? compileDecoder(s, arrays, enlarged);
  s.plans.delete(key);
  s.plans.set(key, plan);
  plan.catch(() => s.plans.delete(key));
  const [oldest] = s.plans;
  if (s.plans.size > MAX_PLANS) forget(s, oldest);
  return plan;
}

function forget(s: State, [key, plan]: [string, Promise<Step>]): void {
  s.plans.delete(key);
  plan.then(
    (step) => step.destroy(),
    () => {},
  );
}

function compileDecoder(s: State, { batch, tokens, masks: given }: PromptArrays, enlarged: boolean): Promise<Step> {
  const { sam, resized, original } = s;
  const [h, w] = sam.config.promptEncoder.imageEmbeddingSize;
  return compile(s.gpu, () => {
    const prompts = {
      points: tokens ? input('points', [batch, tokens, 2]) : null,
      labels: tokens ? input('labels', [batch, tokens]) : null,
      masks: given ? input('masks', [batch, 1, 4 * h, 4 * w]) : null,
      padding: false,
    };
    const { masks, iou } = sam.decode(leafTensor(s.embedding), prompts, 'all');
    const logits: Record<string, Tensor> = enlarged ? { logits: sam.postprocess(masks, resized!, original) } : {};
    return { outputs: { lowRes: masks, iou, ...logits } };
  });
}
