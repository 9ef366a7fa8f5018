import { attach } from '../../adapters/adapter';
import { medsa } from '../../adapters/medsa';
import { gradAll } from '../../autograd/grad';
import type { Gpu } from '../../gpu/device';
import { ImageEncoderViT } from '../../models/sam/imageEncoderViT';
import type { Act } from '../../nn/activation';
import { capturing } from '../../nn/capture';
import { makeParams, type Params } from '../../nn/params';
import { chooseTrainable } from '../../nn/trainable';
import type { Tensor } from '../../tensor/tensor';
import { act, encoderConfig, flag, num } from './configs';
import {
  type Computed,
  type Config,
  type GoldenCase,
  gradKeys,
  inputTensor,
  loadWeights,
  runGraph,
  wantedActs,
} from './goldenCase';

/** ImageEncoderViT alone: activations, output, gradients of all parameters and of the image. */
export async function runEncoder(gpu: Gpu, c: GoldenCase): Promise<Computed> {
  const params = makeParams();
  const encoder = new ImageEncoderViT({ params, path: '' }, encoderConfig(c.info.config ?? {}, c.weights));
  chooseTrainable(params, gradKeys(c).length ? 'all' : 'none');
  await loadWeights(c, gpu, params);
  return runGraph(gpu, () => encoderGraph(c, params, encoder));
}

/** ImageEncoderViT with the Space and MLP adapters of the paper; only adapters train. */
export async function runPaperEncoder(gpu: Gpu, c: GoldenCase): Promise<Computed> {
  const params = makeParams();
  const encoder = new ImageEncoderViT({ params, path: '' }, encoderConfig(c.info.config ?? {}, c.weights));
  const { options, scaleName } = medsaOptions(c);
  attach(encoder, medsa(options), 'blocks.*');
  await loadWeights(c, gpu, params, { rename: (name) => name.replace(/MLP_Adapter\.s$/, scaleName) });
  return runGraph(gpu, () => encoderGraph(c, params, encoder, (name) => name.replace(scaleName, 'MLP_Adapter.s')));
}

/** The adapter's options as the case states them; a learnt s has the name that the weights give it. */
function medsaOptions(c: GoldenCase) {
  const a: Config = c.info.adapters ?? {};
  const places = Array.isArray(a.places) ? a.places.map(String) : ['Space_Adapter', 'MLP_Adapter'];
  const known = /^blocks\.0\.(attn|mlp|norm\d|(Space|MLP)_Adapter\.D_fc\d)\./;
  const extra = [...(c.weights?.entries.keys() ?? [])].find((n) => n.startsWith('blocks.0.') && !known.test(n));
  const firstDown =
    c.weights?.entries.get('blocks.0.MLP_Adapter.D_fc1.weight') ??
    c.weights?.entries.get('blocks.0.Space_Adapter.D_fc1.weight');
  return {
    scaleName: extra?.slice('blocks.0.'.length) ?? 'MLP_Adapter.s',
    options: {
      r: num(a, 'r', firstDown?.shape[0]),
      act: act(a.act, 'relu') as Act,
      scale: typeof a.s === 'number' ? a.s : 0.5,
      learnScale: extra !== undefined || flag(a, 'learn_scale', false),
      space: places.includes('Space_Adapter'),
      mlp: places.includes('MLP_Adapter'),
    },
  };
}

function encoderGraph(
  c: GoldenCase,
  params: Params,
  encoder: ImageEncoderViT,
  nameOf = (key: string) => key,
): Record<string, Tensor> {
  const x = inputTensor(c, 'x');
  const { result: out, acts } = capturing(() => encoder.call(x));
  const outputs: Record<string, Tensor> = { out, ...wantedActs(c, acts) };
  if (!c.inputs.has('grad_output')) return outputs;
  const keys = gradKeys(c);
  const wrt = keys.map((k) => params.tensor(nameOf(k)));
  const grads = gradAll([out], [x, ...wrt], [inputTensor(c, 'grad_output')]);
  outputs['grad_in.x'] = grads[0];
  for (const [i, k] of keys.entries()) outputs[`grad.${k}`] = grads[i + 1];
  return outputs;
}
