import type { Gpu } from '../../gpu/device';
import { assign } from '../../ops/plumbing';
import { compile } from '../../plan/compile';
import { bindLeaf, freeLeaf, readLeaf } from '../../plan/leaves';
import type { Step } from '../../plan/step';
import { input, type Leaf, leafTensor } from '../../tensor/tensor';
import { maskRange } from './maskDecoder';
import { type Prompt, type PromptArrays, packPrompts, resizedSize, type Size } from './prompt';
import type { Sam } from './sam';

/** An image of 8-bit RGB triples, row by row. */
export interface Rgb8 {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array | Uint8ClampedArray;
}

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

/**
 * RGB8 → planes [3, side, side] as f32 in 0..255. Beyond the image stands the pixel mean, which the model's
 * normalisation makes exactly 0:
 * so one plan serves images of all sizes.
 */
export function planarImage(image: Rgb8, side: number, mean: readonly number[]): Float32Array {
  const { width, height, data } = image;
  if (data.length !== width * height * 3)
    throw new Error(
      `setImage: ${data.length} bytes for ${width} × ${height} RGB pixels; expected ${width * height * 3}`,
    );
  const out = new Float32Array(3 * side * side);
  for (let c = 0; c < 3; c++) {
    out.fill(mean[c], c * side * side, (c + 1) * side * side);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) out[(c * side + y) * side + x] = data[(y * width + x) * 3 + c];
    }
  }
  return out;
}

function compileEncoder({ gpu, sam, embedding }: State): Promise<Step> {
  const { imgSize, inChans } = sam.config.imageEncoder;
  return compile(gpu, () => {
    const image = input('image', [1, inChans, imgSize, imgSize]);
    return { outputs: {}, effects: [assign(leafTensor(embedding), sam.encode(image))] };
  });
}

async function predictBatch(
  s: State,
  prompts: readonly Prompt[],
  multimask: boolean,
  onGpu?: (logits: GpuLogits) => void,
): Promise<Prediction[]> {
  if (!s.resized) throw new Error('predict: there is no image yet; call setImage first');
  const { resized, original } = s;
  const [h, w] = s.sam.config.promptEncoder.imageEmbeddingSize;
  const arrays = packPrompts(prompts, original, resized, [4 * h, 4 * w]);
  const step = await decoderPlan(s, arrays);
  const inputs: Record<string, Float32Array> = {};
  if (arrays.tokens) Object.assign(inputs, { points: arrays.points, labels: arrays.labels });
  if (arrays.masks) inputs.masks = arrays.masks;
  step.run(inputs);
  const [from, n] = maskRange(s.sam.config.maskDecoder, multimask);
  if (onGpu) {
    const { buffer, offset } = step.output('logits');
    onGpu({ buffer, offset: offset + from * original[0] * original[1] * 4, n, size: original });
  }
  const [lowRes, iou, logits] = await Promise.all([step.read('lowRes'), step.read('iou'), step.read('logits')]);
  const all = iou.length / prompts.length;
  return prompts.map((_, i) => {
    const part = (x: Float32Array) =>
      x.slice(((i * all + from) * x.length) / iou.length, ((i * all + from + n) * x.length) / iou.length);
    const mine = part(logits);
    const masks = Uint8Array.from(mine, (v) => (v > 0 ? 1 : 0));
    return { n, size: original, logits: mine, masks, iou: part(iou), lowRes: part(lowRes) };
  });
}

/**
 * Prompt encoder, decoder and enlargement of all mask tokens for one bucket of shapes; compiled on first use, once
 * however many calls ask for it meanwhile. One plan serves multimask and single.
 */
function decoderPlan(s: State, arrays: PromptArrays): Promise<Step> {
  const { batch, tokens, masks } = arrays;
  const key = [batch, tokens, masks ? 1 : 0, ...s.resized!, ...s.original].join();
  const plan = s.plans.get(key) ?? compileDecoder(s, batch, tokens, masks !== null);
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

function compileDecoder(s: State, batch: number, tokens: number, hasMask: boolean): Promise<Step> {
  const { sam, resized, original } = s;
  const [h, w] = sam.config.promptEncoder.imageEmbeddingSize;
  return compile(s.gpu, () => {
    const prompts = {
      points: tokens ? input('points', [batch, tokens, 2]) : null,
      labels: tokens ? input('labels', [batch, tokens]) : null,
      masks: hasMask ? input('masks', [batch, 1, 4 * h, 4 * w]) : null,
      padding: false,
    };
    const { masks, iou } = sam.decode(leafTensor(s.embedding), prompts, 'all');
    return { outputs: { lowRes: masks, iou, logits: sam.postprocess(masks, resized!, original) } };
  });
}
