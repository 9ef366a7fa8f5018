import type { Gpu } from '../../gpu/device';
import { configOfRow, type SamConfig } from '../../models/sam/config';
import { makePredictor, type Prediction, type SamPredictor } from '../../models/sam/predictor';
import { type Prompt, resizeCoords, resizedSize, type Size } from '../../models/sam/prompt';
import { buildSam, type Sam } from '../../models/sam/sam';
import { makeParams } from '../../nn/params';
import { interpolate } from '../../ops/resize';
import { permute } from '../../ops/view';
import { constant, input } from '../../tensor/tensor';
import { decoderConfig, encoderConfig, num, withPrefix } from './configs';
import type { GoldenArray, GoldenImage } from './files';
import { type Computed, type Config, type GoldenCase, inputTensor, loadWeights, runGraph } from './goldenCase';

/**
 * The whole of SAM behind its predictor: transforms, preprocessing, every call with single and multiple masks, batches,
 * post-processing.
 */
export async function runSam(gpu: Gpu, c: GoldenCase): Promise<Computed> {
  const params = makeParams();
  const sam = buildSam({ params }, samConfigOf(c));
  await loadWeights(c, gpu, params);
  const out: Computed = new Map();
  const predictor = makePredictor(gpu, sam);
  try {
    await firstImage(gpu, c, sam, predictor, out);
    for (const call of calls(c)) await predictCall(c, predictor, call, out);
    await forwardRecords(c, sam, predictor, out);
  } finally {
    predictor.destroy();
  }
  transforms(c, sam, out);
  for (const [name, t] of await runGraph(gpu, c, () => postprocessGraph(c, sam))) out.set(name, t);
  return out;
}

/** The configuration of a whole model: short names of the case, the rest read off the weights. */
export function samConfigOf(c: GoldenCase): SamConfig {
  const k: Config = c.info.config ?? {};
  const dim = num(k, 'dim');
  const imageEncoder = encoderConfig(k, withPrefix(c.weights, 'image_encoder.'));
  const base = configOfRow({
    name: c.files.name,
    imgSize: imageEncoder.imgSize,
    patchSize: imageEncoder.patchSize,
    embedDim: imageEncoder.embedDim,
    depth: imageEncoder.depth,
    numHeads: imageEncoder.numHeads,
    globalAttnIndexes: imageEncoder.globalAttnIndexes,
    windowSize: imageEncoder.windowSize,
    promptDim: dim,
    maskInChans: num(k, 'mask_in_chans', 16),
    twoWayMlpDim: num(k, 'mlp_dim'),
    twoWayHeads: num(k, 'dec_heads'),
    iouHeadHiddenDim: dim,
  });
  const decoder = {
    transformer_dim: dim,
    transformer: { depth: num(k, 'dec_depth', 2), mlp_dim: num(k, 'mlp_dim'), num_heads: num(k, 'dec_heads') },
    ...(typeof k.num_multimask_outputs === 'number' ? { num_multimask_outputs: k.num_multimask_outputs } : {}),
  };
  return { ...base, imageEncoder, maskDecoder: decoderConfig(decoder, withPrefix(c.weights, 'mask_decoder.')) };
}

function imageOf(c: GoldenCase, name: string): GoldenImage {
  const t = c.inputs.get(name);
  if (t?.shape.length !== 3 || t.shape[2] !== 3) throw new Error(`${c.files.name}: in.${name} is no RGB image`);
  return { width: t.shape[1], height: t.shape[0], data: Uint8Array.from(t.data) };
}

const sizeOf = (i: GoldenImage): Size => [i.height, i.width];

/** Resizes image `name` and gives it to the predictor. */
async function setImage(c: GoldenCase, sam: Sam, predictor: SamPredictor, name: string): Promise<GoldenImage> {
  const image = imageOf(c, name);
  const [h, w] = resizedSize(sizeOf(image), sam.config.imageEncoder.imgSize);
  const resized = c.files.resize(image, w, h);
  await predictor.setImage(resized, sizeOf(image));
  return resized;
}

async function firstImage(gpu: Gpu, c: GoldenCase, sam: Sam, predictor: SamPredictor, out: Computed): Promise<void> {
  const resized = await setImage(c, sam, predictor, 'image');
  out.set('resized_image', Float32Array.from(resized.data));
  out.set('features', await predictor.embedding());
  const original = c.inputs.get('image')!;
  const graph = await runGraph(gpu, c, () => {
    const hwc = (data: ArrayLike<number>, shape: readonly number[]) =>
      permute(constant(Float32Array.from(data), [1, ...shape]), [0, 3, 1, 2]);
    const small = hwc(resized.data, [resized.height, resized.width, 3]);
    const full = hwc(original.data, original.shape);
    return {
      model_input: sam.preprocess(small),
      dense_pe: sam.prompt_encoder.densePe(),
      'transform.apply_image_torch': interpolate(full, [resized.height, resized.width], 'bilinear', true),
    };
  });
  for (const [name, t] of graph) out.set(name, t);
}

/** `CALL` of every expected `CALL.multi.*` or `CALL.single.*`. */
function calls(c: GoldenCase): string[] {
  const names = [...c.expected.keys()].flatMap((n) => /^(\w+)\.(multi|single)\.\w+$/.exec(n)?.[1] ?? []);
  return [...new Set(names)];
}

async function predictCall(c: GoldenCase, predictor: SamPredictor, call: string, out: Computed): Promise<void> {
  const prompts = promptsOf(c, call);
  for (const kind of ['multi', 'single']) {
    if (![...c.expected.keys()].some((n) => n.startsWith(`${call}.${kind}.`))) continue;
    store(out, `${call}.${kind}.`, await predictor.predictBatch(prompts, kind === 'multi'), 'iou');
  }
}

function store(out: Computed, stem: string, predictions: readonly Prediction[], iou: string): void {
  const joined = (f: (p: Prediction) => ArrayLike<number>) =>
    Float32Array.from(predictions.flatMap((p) => Array.from(f(p))));
  out.set(
    `${stem}low_res_logits`,
    joined((p) => p.lowRes),
  );
  out.set(
    `${stem}${iou}`,
    joined((p) => p.iou),
  );
  out.set(
    `${stem}logits`,
    joined((p) => p.logits),
  );
  out.set(
    `${stem}masks`,
    joined((p) => p.masks),
  );
}

/** The arguments of one call: `predict` for one object, or `predict_torch` for a batch (`*_original`). */
function promptsOf(c: GoldenCase, call: string): Prompt[] {
  const given = (...names: string[]) => names.map((n) => c.inputs.get(`${call}.${n}`)).find((t) => t !== undefined);
  const points = given('point_coords', 'coords_original', 'point_coords_original');
  const labels = given('point_labels', 'labels');
  const boxes = given('box', 'boxes_original', 'boxes');
  const mask = given('mask_input');
  const batch = points?.shape.length === 3 ? points.shape[0] : boxes?.shape.length === 2 ? boxes.shape[0] : 1;
  return Array.from({ length: batch }, (_, i) => ({
    points: rows(points, batch, i, 2).map(([x, y]) => [x, y] as const),
    labels: rows(labels, batch, i, 1).map(([l]) => l),
    box: rows(boxes, batch, i, 4)[0] as unknown as Prompt['box'],
    maskInput: mask?.data.slice((i * mask.data.length) / batch, ((i + 1) * mask.data.length) / batch),
  }));
}

/** Part i of `batch` of an array, in rows of `width`. */
function rows(t: GoldenArray | undefined, batch: number, i: number, width: number): number[][] {
  const part = Array.from(t?.data ?? []).slice(
    (i * (t?.data.length ?? 0)) / batch,
    ((i + 1) * (t?.data.length ?? 0)) / batch,
  );
  return Array.from({ length: part.length / width }, (_, k) => part.slice(k * width, (k + 1) * width));
}

/**
 * Sam.forward on records: image 0 with the boxes of multi_box, further images with their own points; always several
 * masks.
 */
async function forwardRecords(c: GoldenCase, sam: Sam, predictor: SamPredictor, out: Computed): Promise<void> {
  const records = [
    { name: 'forward.0.', image: 'image', call: 'multi_box' },
    { name: 'forward.1.', image: 'image2', call: 'forward.image2' },
  ];
  for (const r of records) {
    if (![...c.expected.keys()].some((n) => n.startsWith(r.name))) continue;
    await setImage(c, sam, predictor, r.image);
    store(out, r.name, await predictor.predictBatch(promptsOf(c, r.call), true), 'iou_predictions');
  }
}

/** ResizeLongestSide alone: coordinates, boxes, target sizes. */
function transforms(c: GoldenCase, sam: Sam, out: Computed): void {
  const original = sizeOf(imageOf(c, 'image'));
  const resized = resizedSize(original, sam.config.imageEncoder.imgSize);
  const moved = (name: string, to: string) => {
    const t = c.inputs.get(name);
    if (t) out.set(to, Float32Array.from(resizeCoords(t.data, original, resized)));
  };
  moved('multi_box.boxes_original', 'multi_box.boxes_transformed');
  moved('multi_point.coords_original', 'multi_point.coords_transformed');
  moved('points3.point_coords', 'transform.apply_coords');
  moved('multi_box.boxes_original', 'transform.apply_boxes');
  const sizes = c.inputs.get('transform.sizes');
  for (const name of c.expected.keys()) {
    const target = /^transform\.preprocess_shape_(\d+)$/.exec(name)?.[1];
    if (target && sizes)
      out.set(
        name,
        Float32Array.from(rows(sizes, 1, 0, 2).flatMap(([h, w]) => [...resizedSize([h, w], Number(target))])),
      );
  }
}

/** Sam.postprocess_masks alone, with the input sizes that the case's text states: `a=(S,S/2)->(200,100)`. */
function postprocessGraph(c: GoldenCase, sam: Sam) {
  const side = sam.config.imageEncoder.imgSize;
  const extent = (text: string) => {
    const m = /^\s*(?:(\d+)|S(?:\/(\d+))?)\s*$/.exec(text);
    if (!m) throw new Error(`${c.files.name}: cannot read the size '${text}' of postprocess`);
    return m[1] ? Number(m[1]) : Math.floor(side / Number(m[2] ?? 1));
  };
  const text = JSON.stringify(c.info.tensors ?? '');
  const cases = [...text.matchAll(/\b(\w+)=\(([^,()]+),([^,()]+)\)\s*->\s*\((\d+),\s*(\d+)\)/g)];
  const low = c.inputs.has('postprocess.low') ? inputTensor(c, 'postprocess.low') : input('none', [1]);
  return Object.fromEntries(
    cases
      .filter(([, name]) => c.expected.has(`postprocess.${name}`))
      .map(([, name, h, w, oh, ow]) => [
        `postprocess.${name}`,
        sam.postprocess(low, [extent(h), extent(w)], [Number(oh), Number(ow)]),
      ]),
  );
}
