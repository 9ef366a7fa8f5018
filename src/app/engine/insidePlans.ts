/** Plans of a model with extra outputs, compiled when first looked at: the latest of each kind is kept. */
import { weightsIn } from '../../adapters/generatedWeights';
import type { Gpu } from '../../gpu/device';
import type { Sam } from '../../models/sam/sam';
import { capturing } from '../../nn/capture';
import { compile } from '../../plan/compile';
import type { Step } from '../../plan/step';
import { input, type Tensor, trace } from '../../tensor/tensor';
import type { Model } from './model';

/** A step, and what its outputs are called. */
export interface InsidePlan {
  readonly step: Step;
  readonly shapes: ReadonlyMap<string, readonly number[]>;
}

/** The last plan of a kind; another model, device or choice takes its place. */
export interface PlanSlot {
  plan(
    gpu: Gpu,
    model: Pick<Model, 'sam'>,
    key: string,
    build: () => ReadonlyMap<string, Tensor>,
  ): Promise<InsidePlan | null>;
}

/** An empty place for a plan. */
export function makePlanSlot(): PlanSlot {
  let held: { gpu: Gpu; sam: Sam; key: string; plan: InsidePlan | null } | null = null;
  return {
    async plan(gpu, { sam }, key, build) {
      if (held?.gpu === gpu && held.sam === sam && held.key === key) return held.plan;
      // On a device that is gone there is nothing to free.
      if (held?.gpu === gpu) held.plan?.step.destroy();
      held = null;
      const found = trace(build);
      const outputs = Object.fromEntries(found);
      const shapes = new Map([...found].map(([name, t]) => [name, t.shape]));
      // Nothing wanted is no plan.
      const plan = found.size ? { step: await compile(gpu, () => ({ outputs })), shapes } : null;
      held = { gpu, sam, key, plan };
      return plan;
    },
  };
}

/** Runs the plan and reads all its outputs. */
export async function runInside({ step, shapes }: InsidePlan, inputs: Readonly<Record<string, Float32Array>>) {
  step.run(inputs);
  const out = new Map<string, Float32Array>();
  for (const name of shapes.keys()) out.set(name, await step.read(name));
  return out;
}

/** The encoder's activations of an image given as `image` [1, 3, side, side]. */
export function encoderActs({ sam }: Pick<Model, 'sam'>): ReadonlyMap<string, Tensor> {
  const { imgSize, inChans } = sam.config.imageEncoder;
  return capturing(() => sam.encode(input('image', [1, inChans, imgSize, imgSize]))).acts;
}

/** The decoder's activations for a prompt of `tokens` points (`points`, `labels`) on `embedding` [1, C, h, w]. */
export function decoderActs({ sam }: Pick<Model, 'sam'>, tokens: number): ReadonlyMap<string, Tensor> {
  const { embedDim, imageEmbeddingSize: size } = sam.config.promptEncoder;
  const embedding = input('embedding', [1, embedDim, ...size]);
  const prompts = {
    ...{ points: input('points', [1, tokens, 2]), labels: input('labels', [1, tokens]) },
    ...{ masks: null, padding: false },
  };
  return capturing(() => sam.decode(embedding, prompts, 'all')).acts;
}

/** Queries, keys and position terms of the attention in a block of the encoder. */
export function attentionIn(acts: ReadonlyMap<string, Tensor>, part: string): ReadonlyMap<string, Tensor> {
  const names = ['q', 'k', 'relH', 'relW'] as const;
  return new Map(
    names.flatMap((n) => {
      const t = acts.get(`${part}.attn.core.${n}`);
      return t ? [[n, t] as const] : [];
    }),
  );
}

/** What the layers with parameters of an adapter below `part` give: of modules of their own, else of the module they change. */
export function adapterActsIn(
  { params }: Pick<Model, 'params'>,
  acts: ReadonlyMap<string, Tensor>,
  part: string,
): ReadonlyMap<string, Tensor> {
  const owners = params
    .all()
    .filter((p) => p.adapter !== null && p.name.startsWith(`${part}.`))
    .map((p) => p.name.slice(0, p.name.lastIndexOf('.')));
  return new Map(
    [...new Set(owners)].flatMap((path) => {
      const t = acts.get(path);
      return t ? [[path, t] as const] : [];
    }),
  );
}

/** The generated matrices by `block n`. */
export function generatedIn(acts: ReadonlyMap<string, Tensor>): ReadonlyMap<string, Tensor> {
  return new Map(weightsIn(acts).map(({ block, n, tensor }) => [`${block} ${n}`, tensor]));
}
