import { grad } from '../../autograd/grad';
import type { Gpu } from '../../gpu/device';
import type { SamConfig } from '../../models/sam/config';
import { buildSam, type Sam } from '../../models/sam/sam';
import { capturing } from '../../nn/capture';
import { DEPTH, provide } from '../../nn/context';
import { makeParams } from '../../nn/params';
import { readParams } from '../../nn/paramsIo';
import { bceWithLogits, diceLoss } from '../../ops/loss';
import { adam, adamHyper, adamw } from '../../ops/optim';
import { pack } from '../../ops/plumbing';
import { add } from '../../ops/pointwise';
import { interpolate } from '../../ops/resize';
import { reshape, slice } from '../../ops/view';
import { freeLeaf } from '../../plan/leaves';
import type { Step } from '../../plan/step';
import { input, type Leaf, leafTensor, type Tensor } from '../../tensor/tensor';
import { decoderConfig, encoderConfig, num, nums, promptConfig, withPrefix } from './configs';
import type { GoldenArray } from './files';
import { type Computed, type Config, type GoldenCase, loadWeights, wantedActs } from './goldenCase';
import { compileCase, scaling, storedAs } from './how';
import { attachPaperAdapters } from './paperAdapters';
import { rowsOfSlices, slicesOf } from './slices';

/**
 * The whole model of paper mode in training: forward, loss and gradients of the first step, the loss of every step, and
 * how far every adapter parameter has moved. With `slices` D > 1 images are volumes [B, D, H, W] of grey slices.
 */
export async function runFullStep(gpu: Gpu, c: GoldenCase): Promise<Computed> {
  const params = makeParams();
  const sam = buildSam({ params }, fullConfig(c));
  const fileName = attachPaperAdapters(c, sam);
  await loadWeights(c, gpu, params, { rename: fileName });
  const leaves = ['adam.m', 'adam.v'].map(
    (name): Leaf => ({ kind: 'state', name, shape: [params.layout().total], dtype: 'f32' }),
  );
  const plans = new Map<string, Step>();
  try {
    return await train(gpu, c, { sam, leaves, plans, fileName });
  } finally {
    for (const step of plans.values()) step.destroy();
    for (const leaf of leaves) freeLeaf(gpu, leaf);
  }
}

interface Run {
  readonly sam: Sam;
  /** m and v of the optimiser. */
  readonly leaves: readonly Leaf[];
  /** Compiled steps by the shapes of their batch. */
  readonly plans: Map<string, Step>;
  readonly fileName: (name: string) => string;
}

function fullConfig(c: GoldenCase): SamConfig {
  const config: Config = c.info.config ?? {};
  const part = (name: string) => (config[name] ?? {}) as Config;
  const decoder = part('decoder');
  const transformer = {
    depth: num(decoder, 'depth', 2),
    mlp_dim: num(decoder, 'mlp_dim'),
    num_heads: num(decoder, 'heads'),
  };
  return {
    name: c.files.name,
    imageEncoder: encoderConfig(part('encoder'), withPrefix(c.weights, 'image_encoder.')),
    promptEncoder: promptConfig(part('prompt_encoder')),
    maskDecoder: decoderConfig(
      { ...decoder, transformer_dim: num(decoder, 'dim'), transformer },
      withPrefix(c.weights, 'mask_decoder.'),
    ),
    pixelMean: nums(config, 'pixel_mean'),
    pixelStd: nums(config, 'pixel_std'),
  };
}

/** Arrays of a batch by name: image, mask and whatever prompts it has. Codes of 8 bits are the numbers themselves. */
type Batch = ReadonlyMap<string, GoldenArray>;

function batchOf(c: GoldenCase, i: number): Batch {
  const own = [...c.inputs].filter(([n]) => n.startsWith(`batch${i}.`));
  return new Map(own.map(([n, t]) => [n.slice(`batch${i}.`.length).replace(/_u8$/, ''), t]));
}

async function train(gpu: Gpu, c: GoldenCase, run: Run): Promise<Computed> {
  const { params } = run.sam;
  const { slots } = params.layout();
  const before = new Map<string, Float32Array>();
  for (const s of slots) before.set(s.name, await params.values(s.name));
  const out: Computed = new Map();
  const order = batches(c);
  const curves = ['losses', 'bce', 'dice'] as const;
  for (const name of curves) out.set(name, new Float32Array(order.length));
  for (const [i, b] of order.entries()) {
    const step = await runOnce(gpu, c, run, b, i + 1);
    for (const name of curves) out.get(name)![i] = (await step.read(name))[0];
    if (i === 0) await firstStep(run, step, out);
    if ([...c.expected.keys()].some((n) => n.startsWith(`delta${i + 1}.`))) {
      for (const [name, now] of await readParams(params, gpu, [...before.keys()]))
        out.set(
          `delta${i + 1}.${run.fileName(name)}`,
          now.map((v, j) => v - before.get(name)![j]),
        );
    }
  }
  // A step reports the loss before its update: one more of them tells the loss after the last.
  const after = await runOnce(gpu, c, run, order[0], order.length + 1);
  out.set('loss_after_on_step0', await after.read('losses'));
  return out;
}

/** Index of the batch of every step. */
function batches(c: GoldenCase): number[] {
  const stated = nums(c.info, 'batch_of_step');
  const held = new Set([...c.inputs.keys()].flatMap((n) => /^batch(\d+)\./.exec(n)?.[1] ?? [])).size;
  return Array.from({ length: num(c.info, 'steps', stated.length) }, (_, i) => stated[i] ?? i % held);
}

/** Everything the first step's forward pass and its gradients leave. */
async function firstStep(run: Run, step: Step, out: Computed): Promise<void> {
  for (const name of step.plan.outputs.keys()) if (name.startsWith('step0.')) out.set(name, await step.read(name));
  const g = await step.read('gradient');
  for (const s of run.sam.params.layout().slots)
    out.set(`grad.${run.fileName(s.name)}`, g.slice(s.offset, s.offset + s.length));
}

/** Runs step `t` (from 1) on batch `b`, compiled for its shapes. */
async function runOnce(gpu: Gpu, c: GoldenCase, run: Run, b: number, t: number): Promise<Step> {
  const batch = batchOf(c, b);
  const key = [...batch].map(([n, a]) => `${n}${a.shape}`).join();
  const step = run.plans.get(key) ?? (await compileCase(gpu, c, () => stepGraph(c, run, batch)));
  run.plans.set(key, step);
  const o = optimizer(c);
  const data = Object.fromEntries([...batch].map(([n, a]) => [n, a.data]));
  step.run({ ...data, hyper: adamHyper(o.lr, t, o.beta1, o.beta2) });
  return step;
}

function optimizer(c: GoldenCase) {
  const o = (c.info.optimizer ?? {}) as Config;
  const name = String(o.name ?? 'AdamW');
  if (name !== 'AdamW' && name !== 'Adam') throw new Error(`${c.files.name}: the optimiser ${name} is not known`);
  const [beta1, beta2] = nums(o, 'betas', [0.9, 0.999]);
  const [eps, weightDecay] = [num(o, 'eps', 1e-8), num(o, 'weight_decay', name === 'AdamW' ? 0.01 : 0)];
  return { update: name === 'AdamW' ? adamw : adam, lr: num(o, 'lr'), beta1, beta2, eps, weightDecay };
}

function stepGraph(c: GoldenCase, run: Run, batch: Batch) {
  const { params } = run.sam;
  const { outputs, pred } = provide(DEPTH, slicesOf(c.info), () =>
    storedAs(c, run.sam, () => forward(c, run.sam, batch)),
  );
  const text = String(c.info.loss ?? '');
  const mask = like(batch, 'mask')!;
  const bce = bceWithLogits(pred, mask, { posWeight: Number(/pos_weight\s*=\s*([\d.]+)/.exec(text)?.[1] ?? 1) });
  const dice = diceLoss(pred, mask);
  const loss = add(bce, dice);
  const { slots, total, flat } = params.layout();
  const { seed, back } = scaling(c);
  const grads = grad(
    loss,
    slots.map((s) => params.tensor(s.name)),
    seed,
  ).map(back);
  const offsets = slots.map((s) => s.offset);
  const gradient = pack(grads, offsets, total);
  const { update, ...options } = optimizer(c);
  // As in the reference everything decays, biases and gains too.
  const [m, v] = run.leaves.map(leafTensor);
  const effects = [update(leafTensor(flat!), gradient, m, v, input('hyper', [4]), options)];
  const one = (x: Tensor) => reshape(x, [1]);
  return { outputs: { ...outputs, gradient, losses: one(loss), bce: one(bce), dice: one(dice) }, effects };
}

function like(batch: Batch, name: string): Tensor | null {
  const t = batch.get(name);
  return t ? input(name, t.shape) : null;
}

/** Forward pass with mask token 0, and what the case wants to see of it. */
function forward(c: GoldenCase, sam: Sam, batch: Batch): { outputs: Record<string, Tensor>; pred: Tensor } {
  const image = like(batch, 'image');
  if (!image) throw new Error(`${c.files.name}: a batch has no image`);
  const prompts = {
    points: like(batch, 'point_coords'),
    labels: like(batch, 'point_labels'),
    boxes: like(batch, 'boxes'),
    masks: like(batch, 'mask_input'),
  };
  const { result, acts } = capturing(() => sam.call({ ...prompts, image: rowsOfSlices(image, slicesOf(c.info)) }));
  const side = sam.config.imageEncoder.imgSize;
  const pred = interpolate(result.masks, [side, side], 'bilinear');
  const named: Record<string, Tensor | undefined> = {
    image_embedding: acts.get('image_encoder'),
    sparse: acts.get('prompt_encoder.sparse'),
    dense: acts.get('prompt_encoder.dense'),
    p: acts.get('prompt_encoder.summary'),
    low_res_logits: result.masks,
    iou: result.iou,
    pred,
  };
  const outputs = wantedActs(c, acts, 'step0.act.');
  for (const [name, t] of Object.entries(named)) {
    const want = c.expected.get(`step0.${name}`);
    // Large results are stored for the first rows only.
    if (t && want) outputs[`step0.${name}`] = want.shape[0] < t.shape[0] ? slice(t, 0, 0, want.shape[0]) : t;
  }
  return { outputs, pred };
}
