import { gradAll } from '../../autograd/grad';
import type { Gpu } from '../../gpu/device';
import { MaskDecoder } from '../../models/sam/maskDecoder';
import { PromptEncoder } from '../../models/sam/promptEncoder';
import { capturing } from '../../nn/capture';
import { at, type Build, Module } from '../../nn/module';
import { makeParams } from '../../nn/params';
import type { Tensor } from '../../tensor/tensor';
import { decoderConfig, promptConfig, withPrefix } from './configs';
import { type Computed, type Config, type GoldenCase, inputTensor, loadWeights, runGraph } from './goldenCase';
import { attachPaperAdapters } from './paperAdapters';

/** Prompt encoder and mask decoder with the adapters of the paper, for every kind of prompt that the case holds. */
export async function runPaperDecoder(gpu: Gpu, c: GoldenCase): Promise<Computed> {
  const params = makeParams();
  const half = new DecoderHalf({ params, path: '' }, c);
  const fileName = attachPaperAdapters(c, half);
  await loadWeights(c, gpu, params, { rename: fileName });
  const paramOf = new Map(params.all().map((p) => [fileName(p.name), p.name]));
  return runGraph(gpu, c, () => Object.assign({}, ...promptKinds(c).map((kind) => kindGraph(c, half, kind, paramOf))));
}

/** SAM without its image encoder. */
class DecoderHalf extends Module<[], null> {
  readonly prompt_encoder: PromptEncoder;
  readonly mask_decoder: MaskDecoder;

  constructor(build: Build, c: GoldenCase) {
    super(build);
    const config: Config = c.info.config ?? {};
    this.prompt_encoder = new PromptEncoder(
      at(build, 'prompt_encoder'),
      promptConfig((config.prompt_encoder ?? {}) as Config),
    );
    this.mask_decoder = new MaskDecoder(
      at(build, 'mask_decoder'),
      decoderConfig(config, withPrefix(c.weights, 'mask_decoder.')),
    );
  }

  protected forward(): null {
    return null;
  }
}

/** `KIND` of every expected `KIND.all_masks`. */
function promptKinds(c: GoldenCase): string[] {
  return [...c.expected.keys()].flatMap((n) => /^(\w+)\.all_masks$/.exec(n)?.[1] ?? []);
}

function kindGraph(
  c: GoldenCase,
  half: DecoderHalf,
  kind: string,
  paramOf: ReadonlyMap<string, string>,
): Record<string, Tensor> {
  const given = (name: string) => (c.inputs.has(`${kind}.${name}`) ? inputTensor(c, `${kind}.${name}`) : null);
  const prompts = {
    points: given('point_coords'),
    labels: given('point_labels'),
    boxes: given('boxes'),
    masks: given('mask_input'),
  };
  const imageEmbeddings = inputTensor(c, 'image_embedding');
  const { prompt_encoder: encoder, mask_decoder: decoder } = half;
  const { result, acts } = capturing(() => {
    const prompt = encoder.call(prompts);
    const all = decoder.predictMasks({ imageEmbeddings, imagePe: encoder.densePe(), ...prompt, multimask: 'all' });
    return { prompt, all };
  });
  const { sparse, summary } = result.prompt;
  const { masks, iou } = result.all;
  const outputs: Record<string, Tensor> = {
    [`${kind}.p`]: summary,
    [`${kind}.all_masks`]: masks,
    [`${kind}.all_iou`]: iou,
  };
  if (sparse) outputs[`${kind}.sparse`] = sparse;
  for (const name of c.expected.keys()) {
    const t = name.startsWith(`${kind}.act.`) && insideOf(acts, name.slice(`${kind}.act.`.length));
    if (t) outputs[name] = t;
  }
  const seeds = [given('grad_masks'), given('grad_iou')];
  const pairs = [masks, iou].flatMap((out, i) => (seeds[i] ? [{ out, seed: seeds[i] }] : []));
  const paramNamed = (key: string) => half.params.tensor(paramOf.get(key) ?? key);
  return { ...outputs, ...gradients(c, kind, pairs, imageEmbeddings, paramNamed) };
}

/** The expected gradients of a kind, of parameters and of the image embedding. */
function gradients(
  c: GoldenCase,
  kind: string,
  pairs: readonly { readonly out: Tensor; readonly seed: Tensor }[],
  image: Tensor,
  paramNamed: (key: string) => Tensor,
): Record<string, Tensor> {
  if (!pairs.length) return {};
  const wanted = [...c.expected.keys()].filter((n) => n.startsWith(`${kind}.grad`));
  const wrt = wanted.map((n) =>
    n.endsWith('.grad_in.image_embedding') ? image : paramNamed(n.slice(`${kind}.grad.`.length)),
  );
  const [outs, seeds] = [pairs.map((p) => p.out), pairs.map((p) => p.seed)];
  return Object.fromEntries(gradAll(outs, wrt, seeds).map((g, i) => [wanted[i], g]));
}

/** What the case calls `layers.N.hyp`, `layers.N.W1`, `transformer.0` … among the captured activations. */
function insideOf(acts: ReadonlyMap<string, Tensor>, name: string): Tensor | null {
  const [, block, what] = /^(layers\.\d+)\.(\w+)$/.exec(name) ?? [];
  const root = 'mask_decoder.transformer';
  const aliases: Record<string, string> = { hyp: 'HyP_Adapter', after_norm2: 'norm2' };
  const paths = block
    ? [`${root}.${block}.${aliases[what] ?? what}`, `${root}.${block}.HyP_Adapter.${what}`]
    : [`mask_decoder.${name}`];
  return paths.map((p) => acts.get(p)).find((t) => t !== undefined) ?? null;
}
