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
import { compileCase, scaling, storedAs } from './how';
import { samConfigOf } from './kindSam';

/** Attaches what the case's weights hold beside the base, and chooses what trains. */
type Adapt = (c: GoldenCase, sam: Sam) => void;

/** How batches are stored and what the loss is; `stored` gives an array of a batch by its name in the file. */
export interface Form {
  read(c: GoldenCase, stored: (name: string) => Tensor): Batch;
  loss(pred: Tensor, mask: Tensor): Tensor;
  /** Results that follow from the batch alone. */
  shown?(batch: Batch): Record<string, Tensor>;
}

/** One batch; images in 0..1, points (row, column) used as (x, y). */
export interface Batch {
  readonly image: Tensor;
  readonly points: Tensor;
  readonly labels: Tensor;
  /** Target in the output's size. */
  readonly mask: Tensor;
}

/** Images, and binary cross entropy that counts foreground twice. */
const IMAGES: Form = {
  read: (_, stored) => ({
    image: stored('image'),
    points: stored('points'),
    labels: stored('point_labels'),
    mask: stored('mask'),
  }),
  loss: (pred, mask) => bceWithLogits(pred, mask, { posWeight: 2 }),
};

/** The published Med-SA: forward, loss, gradients, and as many Adam steps as the case holds batches. */
export async function runMedsa(
  gpu: Gpu,
  c: GoldenCase,
  adapt: Adapt = adaptBlocks,
  form: Form = IMAGES,
): Promise<Computed> {
  const params = makeParams();
  const sam = buildSam({ params }, medsaConfig(c));
  adapt(c, sam);
  await loadWeights(c, gpu, params);
  const out = await runGraph(gpu, c, () => firstStep(c, params, sam, form));
  for (const [name, t] of await trainSteps(gpu, c, sam, form)) out.set(name, t);
  return out;
}

function adaptBlocks(c: GoldenCase, sam: Sam): void {
  attach(sam, medsa({ ...MEDSA_RELEASE, r: widthOfBottleneck(c) }), 'image_encoder.blocks.*', { train: 'decoder' });
}

/** Hidden width of the adapters, as the weights have it. */
export function widthOfBottleneck(c: GoldenCase): number | undefined {
  return c.weights?.entries.get('image_encoder.blocks.0.Space_Adapter.D_fc1.weight')?.shape[0];
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
    // Only its blocks with adapters cut windows before norm1.
    norm1InWindow: args(c).mod === 'sam_adpt',
    relPosNames: read.imageEncoder.relPosNames,
  };
  return { ...release, imageEncoder };
}

type Clicks = Pick<Batch, 'points' | 'labels'>;

/** With one label per image all points of the batch are one prompt, which every image sees. */
function prompts({ points, labels }: Clicks): { points: Tensor; labels: Tensor } {
  if (labels.shape.length === 2) return { points, labels };
  const n = labels.shape[0];
  return { points: reshape(points, [1, n, 2]), labels: reshape(labels, [1, n]) };
}

function forward(c: GoldenCase, sam: Sam, batch: Clicks & { readonly image: Tensor }, outSize: number) {
  return storedAs(c, sam, () => forwardOf(sam, batch, outSize));
}

function forwardOf(sam: Sam, batch: Clicks & { readonly image: Tensor }, outSize: number) {
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

function firstStep(c: GoldenCase, params: Params, sam: Sam, form: Form): Record<string, Tensor> {
  const outSize = num(args(c), 'out_size');
  const batch = form.read(c, (name) => inputTensor(c, `step0.${name}`));
  const { result: f, acts } = capturing(() => forward(c, sam, batch, outSize));
  const keys = gradKeys(c);
  const { seed, back } = scaling(c);
  const grads = grad(
    form.loss(f.pred, batch.mask),
    keys.map((k) => params.tensor(k)),
    seed,
  ).map(back);
  const named = { image_embedding: f.embedding, dense: f.dense, low_res_logits: f.masks, iou: f.iou, pred: f.pred };
  const outputs: Record<string, Tensor> = { ...wantedActs(c, acts), ...named, ...form.shown?.(batch) };
  if (f.sparse) outputs.sparse = f.sparse;
  for (const [i, k] of keys.entries()) outputs[`grad.${k}`] = grads[i];
  const pos = sam.image_encoder.pos_embed;
  const [rows, columns] = f.embedding.shape.slice(2);
  if (pos) outputs.pos_embed_resized = resizePosEmbed(pos(), rows, columns);
  if (!c.inputs.has('pointsBN.points')) return outputs;
  const each = { ...batch, points: inputTensor(c, 'pointsBN.points'), labels: inputTensor(c, 'pointsBN.point_labels') };
  const g = forward(c, sam, each, outSize);
  outputs['pointsBN.low_res_logits'] = g.masks;
  if (g.sparse) outputs['pointsBN.sparse'] = g.sparse;
  return outputs;
}

/** One compiled step, run once per batch; afterwards the change of every parameter. */
async function trainSteps(gpu: Gpu, c: GoldenCase, sam: Sam, form: Form): Promise<Computed> {
  const { params } = sam;
  const out: Computed = new Map();
  const count = new Set([...c.inputs.keys()].flatMap((n) => /^step\d+(?=\.)/.exec(n) ?? [])).size;
  const before = new Map<string, Float32Array>();
  for (const slot of params.layout().slots) before.set(slot.name, await params.values(slot.name));
  const state = ['adam.m', 'adam.v'].map(
    (name): Leaf => ({ kind: 'state', name, shape: [params.layout().total], dtype: 'f32' }),
  );
  const step = await compileCase(gpu, c, () => stepGraph(c, sam, form, state));
  const losses = new Float32Array(count);
  try {
    for (let i = 0; i < count; i++) {
      const names = step.plan.inputs.map((t) => t.leaf!.name).filter((name) => name !== 'hyper');
      const batch = names.map((name) => [name, decoded(c, `step${i}.${name}`)!.data]);
      step.run({ ...Object.fromEntries(batch), hyper: adamHyper(num(args(c), 'lr', 1e-4), i + 1) });
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

function stepGraph(c: GoldenCase, sam: Sam, form: Form, [m, v]: readonly Leaf[]) {
  const { params } = sam;
  const batch = form.read(c, (name) => input(name, decoded(c, `step0.${name}`)!.shape));
  const { pred } = forward(c, sam, batch, num(args(c), 'out_size'));
  const loss = form.loss(pred, batch.mask);
  const { slots, total, flat } = params.layout();
  const { seed, back } = scaling(c);
  const grads = grad(
    loss,
    slots.map((s) => params.tensor(s.name)),
    seed,
  ).map(back);
  const g = pack(
    grads,
    slots.map((s) => s.offset),
    total,
  );
  const update = adam(leafTensor(flat!), g, leafTensor(m), leafTensor(v), input('hyper', [4]));
  return { outputs: { loss: reshape(loss, [1]) }, effects: [update] };
}
