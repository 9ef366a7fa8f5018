import { attach } from '../../adapters/adapter';
import { MEDSA_RELEASE, medsa } from '../../adapters/medsa';
import { grad } from '../../autograd/grad';
import type { Gpu } from '../../gpu/device';
import { resizePosEmbed } from '../../models/sam/imageEncoderViT';
import { releaseConfig } from '../../models/sam/releaseConfig';
import { buildSam, type Sam } from '../../models/sam/sam';
import { capturing } from '../../nn/capture';
import { makeParams, type Params } from '../../nn/params';
import { readParams } from '../../nn/paramsIo';
import { bceWithLogits } from '../../ops/loss';
import { adam, adamHyper } from '../../ops/optim';
import { pack } from '../../ops/plumbing';
import { interpolate } from '../../ops/resize';
import { reshape } from '../../ops/view';
import { compile } from '../../plan/compile';
import { freeLeaf } from '../../plan/leaves';
import { input, type Leaf, leafTensor, type Tensor } from '../../tensor/tensor';
import { num } from './configs';
import {
  type Computed,
  type Config,
  decoded,
  type GoldenCase,
  gradKeys,
  inputTensor,
  loadWeights,
  runGraph,
  wantedActs,
} from './goldenCase';
import { samConfigOf } from './kindSam';

/** The published Med-SA on images: forward, loss, gradients, and as many Adam steps as the case holds batches. */
export async function runMedsa(gpu: Gpu, c: GoldenCase): Promise<Computed> {
  const params = makeParams();
  const sam = buildSam({ params }, medsaConfig(c));
  const r = c.weights?.entries.get('image_encoder.blocks.0.Space_Adapter.D_fc1.weight')?.shape[0];
  attach(sam, medsa({ ...MEDSA_RELEASE, r }), 'image_encoder.blocks.*', { train: 'decoder' });
  await loadWeights(c, gpu, params);
  const out = await runGraph(gpu, () => firstStep(c, params, sam));
  for (const [name, t] of await trainSteps(gpu, c, params, sam)) out.set(name, t);
  return out;
}

const args = (c: GoldenCase): Config => c.info.args ?? {};

function medsaConfig(c: GoldenCase) {
  const masks = num(args(c), 'multimask_output', 1);
  const info = { ...c.info, config: { img_size: num(args(c), 'image_size'), ...c.info.config } };
  const read = samConfigOf({ ...c, info });
  const release = releaseConfig(read, masks);
  // What the weights say of sizes stands; the names and the order of norm1 are the release's.
  const imageEncoder = {
    ...release.imageEncoder,
    posEmbedSide: read.imageEncoder.posEmbedSide,
    relPosNames: read.imageEncoder.relPosNames,
  };
  return { ...release, imageEncoder };
}

/** One batch; images in 0..1, points (row, column) used as (x, y). */
interface Batch {
  readonly image: Tensor;
  readonly points: Tensor;
  readonly labels: Tensor;
}

/** With one label per image all points of the batch are one prompt, which every image sees. */
function prompts({ points, labels }: Batch): { points: Tensor; labels: Tensor } {
  if (labels.shape.length === 2) return { points, labels };
  const n = labels.shape[0];
  return { points: reshape(points, [1, n, 2]), labels: reshape(labels, [1, n]) };
}

function forward(sam: Sam, batch: Batch, outSize: number) {
  const embedding = sam.encode(batch.image);
  const { sparse, dense, summary } = sam.prompt_encoder.call(prompts(batch));
  const imagePe = sam.prompt_encoder.densePe();
  const { masks, iou } = sam.mask_decoder.call({
    imageEmbeddings: embedding,
    imagePe,
    sparse,
    dense,
    summary,
    multimask: false,
  });
  return { embedding, sparse, dense, masks, iou, pred: interpolate(masks, [outSize, outSize], 'nearest') };
}

/** Binary cross entropy, foreground counted twice. */
function lossOf(pred: Tensor, mask: Tensor): Tensor {
  return bceWithLogits(pred, mask, { posWeight: 2 });
}

function firstStep(c: GoldenCase, params: Params, sam: Sam): Record<string, Tensor> {
  const outSize = num(args(c), 'out_size');
  const batch = {
    image: inputTensor(c, 'step0.image'),
    points: inputTensor(c, 'step0.points'),
    labels: inputTensor(c, 'step0.point_labels'),
  };
  const { result: f, acts } = capturing(() => forward(sam, batch, outSize));
  const keys = gradKeys(c);
  const grads = grad(
    lossOf(f.pred, inputTensor(c, 'step0.mask')),
    keys.map((k) => params.tensor(k)),
  );
  const named = { image_embedding: f.embedding, dense: f.dense, low_res_logits: f.masks, iou: f.iou, pred: f.pred };
  const outputs: Record<string, Tensor> = { ...wantedActs(c, acts), ...named };
  if (f.sparse) outputs.sparse = f.sparse;
  for (const [i, k] of keys.entries()) outputs[`grad.${k}`] = grads[i];
  const pos = sam.image_encoder.pos_embed;
  const [rows, columns] = f.embedding.shape.slice(2);
  if (pos) outputs.pos_embed_resized = resizePosEmbed(pos(), rows, columns);
  if (!c.inputs.has('pointsBN.points')) return outputs;
  const each = { ...batch, points: inputTensor(c, 'pointsBN.points'), labels: inputTensor(c, 'pointsBN.point_labels') };
  const g = forward(sam, each, outSize);
  outputs['pointsBN.low_res_logits'] = g.masks;
  if (g.sparse) outputs['pointsBN.sparse'] = g.sparse;
  return outputs;
}

/** One compiled step, run once per batch; afterwards the change of every parameter. */
async function trainSteps(gpu: Gpu, c: GoldenCase, params: Params, sam: Sam): Promise<Computed> {
  const out: Computed = new Map();
  const count = [...c.inputs.keys()].filter((n) => /^step\d+\.mask$/.test(n)).length;
  const before = new Map<string, Float32Array>();
  for (const slot of params.layout().slots) before.set(slot.name, await params.values(slot.name));
  const state = ['adam.m', 'adam.v'].map(
    (name): Leaf => ({ kind: 'state', name, shape: [params.layout().total], dtype: 'f32' }),
  );
  const step = await compile(gpu, () => stepGraph(c, params, sam, state));
  const losses = new Float32Array(count);
  try {
    for (let i = 0; i < count; i++) {
      const data = (name: string) => decoded(c, `step${i}.${name}`)!.data;
      const batch = { image: data('image'), mask: data('mask'), points: data('points'), labels: data('point_labels') };
      step.run({ ...batch, hyper: adamHyper(num(args(c), 'lr', 1e-4), i + 1) });
      losses[i] = (await step.read('loss'))[0];
    }
    out.set('losses', losses);
    for (const [name, after] of await readParams(params, gpu, [...before.keys()])) {
      out.set(
        `delta${count}.${name}`,
        after.map((v, i) => v - before.get(name)![i]),
      );
    }
  } finally {
    step.destroy();
    for (const leaf of state) freeLeaf(gpu, leaf);
  }
  return out;
}

function stepGraph(c: GoldenCase, params: Params, sam: Sam, [m, v]: readonly Leaf[]) {
  const like = (name: string, stored: string) => input(name, decoded(c, `step0.${stored}`)!.shape);
  const batch = {
    image: like('image', 'image'),
    points: like('points', 'points'),
    labels: like('labels', 'point_labels'),
  };
  const { pred } = forward(sam, batch, num(args(c), 'out_size'));
  const loss = lossOf(pred, like('mask', 'mask'));
  const { slots, total, flat } = params.layout();
  const grads = grad(
    loss,
    slots.map((s) => params.tensor(s.name)),
  );
  const g = pack(
    grads,
    slots.map((s) => s.offset),
    total,
  );
  const update = adam(leafTensor(flat!), g, leafTensor(m), leafTensor(v), input('hyper', [4]));
  return { outputs: { loss: reshape(loss, [1]) }, effects: [update] };
}
