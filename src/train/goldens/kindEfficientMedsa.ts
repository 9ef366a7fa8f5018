import { adalora } from '../../adapters/adalora';
import { type Attachment, attach } from '../../adapters/adapter';
import { MEDSA_RELEASE, medsa } from '../../adapters/medsa';
import { grad } from '../../autograd/grad';
import type { Gpu } from '../../gpu/device';
import { EfficientSam } from '../../models/efficientSam/efficientSam';
import { makeParams } from '../../nn/params';
import { readParams } from '../../nn/paramsIo';
import { adam, adamHyper } from '../../ops/optim';
import { pack } from '../../ops/plumbing';
import { reshape } from '../../ops/view';
import { freeLeaf } from '../../plan/leaves';
import type { Step } from '../../plan/step';
import { input, type Leaf, leafTensor, type Tensor } from '../../tensor/tensor';
import { num } from './configs';
import { efficientConfig } from './efficientConfig';
import { batchOf, lossGraph, type Released } from './efficientMedsa';
import { type Computed, type GoldenCase, loadWeights, mapsFirst, wantedActs } from './goldenCase';
import { compileCase } from './how';
import { budgetRun, firstImportance } from './rankResults';

interface Run extends Released {
  /** m and v of the optimiser. */
  readonly state: readonly Leaf[];
  readonly step: Step;
}

/**
 * The published Med-SA around EfficientSAM, with its adapters or AdaLoRA: forward, loss, the term of orthogonality, gradients,
 * as many Adam steps as the case holds batches, and what its allocation of ranks makes of them.
 */
export async function runEfficientMedsa(gpu: Gpu, c: GoldenCase): Promise<Computed> {
  const params = makeParams();
  const sam = new EfficientSam({ params, path: '' }, efficientConfig(c, num(c.info.args ?? {}, 'image_size')));
  const attachment = adapt(c, sam);
  await loadWeights(c, gpu, params);
  const state = ['adam.m', 'adam.v'].map(
    (name): Leaf => ({ kind: 'state', name, shape: [params.layout().total], dtype: 'f32' }),
  );
  const step = await compileCase(gpu, c, () => stepGraph(c, sam, attachment, state));
  try {
    return await train(gpu, c, { sam, attachment, state, step });
  } finally {
    step.destroy();
    for (const leaf of state) freeLeaf(gpu, leaf);
  }
}

/** AdaLoRA where the weights hold it, else the adapters; the decoder trains with them. */
function adapt(c: GoldenCase, sam: EfficientSam): Attachment {
  const shapes = new Map([...(c.weights?.entries ?? [])].map(([n, t]) => [n, t.shape]));
  const svd = [...shapes.keys()].filter((n) => n.endsWith('.lora_E'));
  const options = { train: 'decoder' } as const;
  if (!svd.length) {
    const r = shapes.get('image_encoder.blocks.0.Space_Adapter.D_fc1.weight')?.[0];
    return attach(sam, medsa({ ...MEDSA_RELEASE, r }), 'image_encoder.blocks.*', options);
  }
  const targets = [...new Set(svd.map((n) => n.split('.').at(-2)))].join(',');
  const [rank] = shapes.get(svd[0])!;
  return attach(sam, adalora({ rank, alpha: 1, targets, allocate: false }), 'image_encoder.blocks.*', options);
}

function stepGraph(c: GoldenCase, sam: EfficientSam, attachment: Attachment, [m, v]: readonly Leaf[]) {
  const f = lossGraph(c, { sam, attachment });
  const { slots, total, flat } = sam.params.layout();
  const grads = grad(
    f.whole,
    slots.map((s) => sam.params.tensor(s.name)),
  );
  const offsets = slots.map((s) => s.offset);
  const gradient = pack(grads, offsets, total);
  const one = (t: Tensor) => reshape(t, [1]);
  const outputs = {
    ...wantedActs(c, mapsFirst(f.acts)),
    image_embedding: f.embedding,
    sparse: f.sparse,
    low_res_logits: f.low.masks,
    iou: f.low.iou,
    pred: f.pred,
    loss: one(f.loss),
    gradient,
    ...(f.penalty ? { penalty: one(f.penalty) } : {}),
  };
  return { outputs, effects: [adam(leafTensor(flat!), gradient, leafTensor(m), leafTensor(v), input('hyper', [4]))] };
}

async function train(gpu: Gpu, c: GoldenCase, r: Run): Promise<Computed> {
  const { step } = r;
  const { params } = r.sam;
  const { slots } = params.layout();
  const out: Computed = new Map();
  const count = new Set([...c.inputs.keys()].flatMap((n) => /^step\d+(?=\.)/.exec(n) ?? [])).size;
  const before = new Map<string, Float32Array>();
  for (const s of slots) before.set(s.name, await params.values(s.name));
  for (const [name, t] of await budgetRun(gpu, c, r)) out.set(name, t);
  const losses = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    step.run({ ...batchOf(c, i), hyper: adamHyper(num(c.info.args ?? {}, 'lr', 1e-4), i + 1) });
    losses[i] = (await step.read('loss'))[0];
    if (step.plan.outputs.has('penalty')) out.set(`orth_regu.${i}`, await step.read('penalty'));
    if (i === 0) await firstStep(gpu, c, r, out);
  }
  out.set('losses', losses);
  for (const [name, now] of await readParams(params, gpu, [...before.keys()]))
    out.set(
      `delta${count}.${name}`,
      now.map((v, j) => v - before.get(name)![j]),
    );
  return out;
}

async function firstStep(gpu: Gpu, c: GoldenCase, r: Run, out: Computed): Promise<void> {
  const { sam, step } = r;
  for (const name of step.plan.outputs.keys()) if (c.expected.has(name)) out.set(name, await step.read(name));
  const g = await step.read('gradient');
  for (const s of sam.params.layout().slots) out.set(`grad.${s.name}`, g.slice(s.offset, s.offset + s.length));
  for (const [name, t] of await firstImportance(gpu, c, r, g)) out.set(name, t);
  const { points, labels } = batchOf(c, 0);
  out.set('prompt_coords', points);
  out.set('prompt_labels', labels);
}
