import { gradAll } from '../../autograd/grad';
import type { Gpu } from '../../gpu/device';
import { ImageEncoderViT } from '../../models/sam/imageEncoderViT';
import { capturing } from '../../nn/capture';
import { DEPTH, provide } from '../../nn/context';
import { makeParams, type Params } from '../../nn/params';
import { chooseTrainable } from '../../nn/trainable';
import type { Tensor } from '../../tensor/tensor';
import { encoderConfig } from './configs';
import { type Computed, type GoldenCase, gradKeys, inputTensor, loadWeights, runGraph, wantedActs } from './goldenCase';
import { attachPaperAdapters } from './paperAdapters';
import { rowsOfSlices, slicesOf } from './slices';

/** ImageEncoderViT alone: activations, output, gradients of all parameters and of the image. */
export async function runEncoder(gpu: Gpu, c: GoldenCase): Promise<Computed> {
  const params = makeParams();
  const encoder = new ImageEncoderViT({ params, path: '' }, encoderConfig(c.info.config ?? {}, c.weights));
  chooseTrainable(params, gradKeys(c).length ? 'all' : 'none');
  await loadWeights(c, gpu, params);
  return runGraph(gpu, c, () => encoderGraph(c, params, encoder));
}

/** ImageEncoderViT with the paper's adapters, on images or on volumes (SD-Trans); only adapters train. */
export async function runPaperEncoder(gpu: Gpu, c: GoldenCase): Promise<Computed> {
  const params = makeParams();
  const encoder = new ImageEncoderViT({ params, path: '' }, encoderConfig(c.info.config ?? {}, c.weights));
  const fileName = attachPaperAdapters(c, encoder);
  await loadWeights(c, gpu, params, { rename: fileName });
  const own = new Map(params.all().map((p) => [fileName(p.name), p.name]));
  return runGraph(gpu, c, () => encoderGraph(c, params, encoder, (key) => own.get(key) ?? key));
}

function encoderGraph(
  c: GoldenCase,
  params: Params,
  encoder: ImageEncoderViT,
  nameOf = (key: string) => key,
): Record<string, Tensor> {
  const x = inputTensor(c, 'x');
  const slices = slicesOf(c.info);
  const { result: out, acts } = capturing(() => provide(DEPTH, slices, () => encoder.call(rowsOfSlices(x, slices))));
  const outputs: Record<string, Tensor> = { out, ...wantedActs(c, acts) };
  if (!c.inputs.has('grad_output')) return outputs;
  const keys = gradKeys(c);
  const wrt = keys.map((k) => params.tensor(nameOf(k)));
  const names = keys.map((k) => `grad.${k}`);
  // The input's gradient is a pass through the whole frozen encoder: only where somebody asks for it.
  if (c.expected.has('grad_in.x')) {
    wrt.push(x);
    names.push('grad_in.x');
  }
  for (const [i, g] of gradAll([out], wrt, [inputTensor(c, 'grad_output')]).entries()) outputs[names[i]] = g;
  return outputs;
}
