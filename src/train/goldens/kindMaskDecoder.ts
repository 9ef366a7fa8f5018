import { gradAll } from '../../autograd/grad';
import type { Gpu } from '../../gpu/device';
import { MaskDecoder } from '../../models/sam/maskDecoder';
import { capturing } from '../../nn/capture';
import { makeParams } from '../../nn/params';
import { chooseTrainable } from '../../nn/trainable';
import { constant, type Tensor } from '../../tensor/tensor';
import { decoderConfig } from './configs';
import { type Computed, type GoldenCase, gradKeys, inputTensor, loadWeights, runGraph, wantedActs } from './goldenCase';

/** MaskDecoder with its TwoWayTransformer: all masks, both selections, gradients of parameters and inputs. */
export async function runMaskDecoder(gpu: Gpu, c: GoldenCase): Promise<Computed> {
  const params = makeParams();
  const decoder = new MaskDecoder({ params, path: '' }, decoderConfig(c.info.config ?? {}, c.weights));
  chooseTrainable(params, gradKeys(c).length ? 'all' : 'none');
  await loadWeights(c, gpu, params);
  return runGraph(gpu, c, () => {
    const inputs: Record<string, Tensor | null> = {};
    for (const name of ['image_embeddings', 'image_pe', 'sparse', 'dense'])
      inputs[name] = c.inputs.get(name)?.data.length ? inputTensor(c, name) : null;
    const { image_embeddings: imageEmbeddings, image_pe: imagePe, sparse, dense } = inputs;
    if (!imageEmbeddings || !imagePe || !dense)
      throw new Error(`${c.files.name}: image_embeddings, image_pe or dense is missing`);
    // Upstream's decoder knows no summary of the prompt; without an adapter nothing reads it.
    const summary = constant(new Float32Array(imagePe.shape[1]), [1, imagePe.shape[1]], 'no summary');
    const asked = { imageEmbeddings, imagePe, sparse, dense, summary };
    const ask = (multimask: boolean) => decoder.call({ ...asked, multimask });
    const { result: all, acts } = capturing(() => decoder.predictMasks({ ...asked, multimask: true }));
    const [multi, single] = [ask(true), ask(false)];
    const outputs: Record<string, Tensor> = { ...wantedActs(c, acts), all_masks: all.masks, all_iou: all.iou };
    Object.assign(outputs, {
      'multimask.masks': multi.masks,
      'multimask.iou': multi.iou,
      'single.masks': single.masks,
      'single.iou': single.iou,
    });
    if (!c.inputs.has('grad_masks')) return outputs;
    const given = Object.entries(inputs).flatMap(([name, t]) => (t ? [{ name: `grad_in.${name}`, t }] : []));
    const wrt = [...given, ...gradKeys(c).map((k) => ({ name: `grad.${k}`, t: params.tensor(k) }))];
    const seeds = [inputTensor(c, 'grad_masks'), inputTensor(c, 'grad_iou')];
    const grads = gradAll(
      [all.masks, all.iou],
      wrt.map((w) => w.t),
      seeds,
    );
    for (const [i, w] of wrt.entries()) outputs[w.name] = grads[i];
    return outputs;
  });
}
