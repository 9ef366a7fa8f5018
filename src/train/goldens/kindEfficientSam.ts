import type { Gpu } from '../../gpu/device';
import { EfficientSam } from '../../models/efficientSam/efficientSam';
import { capturing } from '../../nn/capture';
import { makeParams } from '../../nn/params';
import type { Tensor } from '../../tensor/tensor';
import { num } from './configs';
import { efficientConfig } from './efficientConfig';
import {
  type Computed,
  type GoldenCase,
  inputTensor,
  loadWeights,
  mapsFirst,
  runGraph,
  wantedActs,
} from './goldenCase';

/** EfficientSAM: preprocessing, encoder, decoder for every set of queries (`points2`, `points8`), the whole forward pass. */
export async function runEfficientSam(gpu: Gpu, c: GoldenCase): Promise<Computed> {
  const params = makeParams();
  const sam = new EfficientSam({ params, path: '' }, efficientConfig(c, num(c.info.config ?? {}, 'img_size')));
  await loadWeights(c, gpu, params);
  return runGraph(gpu, c, () => {
    const image = inputTensor(c, 'image');
    const { result: embedding, acts } = capturing(() => sam.encode(image));
    const outputs = {
      ...wantedActs(c, mapsFirst(acts)),
      preprocessed: sam.preprocess(image),
      image_embeddings: embedding,
      dense_pe: sam.prompt_encoder.densePe(),
    };
    const sets = [...c.inputs.keys()].flatMap((n) => /^points(\d+)$/.exec(n)?.[1] ?? []);
    for (const n of sets) Object.assign(outputs, querySet(c, sam, embedding, n));
    const [points, labels] = ['points', 'labels'].map((what) => inputTensor(c, `${what}${sets[0]}`));
    const { masks, iou } = sam.call({ image, points, labels });
    return { ...outputs, 'forward.masks': masks, 'forward.iou': iou };
  });
}

function querySet(c: GoldenCase, sam: EfficientSam, embedding: Tensor, n: string) {
  const [points, labels] = ['points', 'labels'].map((what) => inputTensor(c, `${what}${n}`));
  const [h, w] = inputTensor(c, 'image').shape.slice(2);
  const ask = (multimask: boolean) => sam.predictMasks(embedding, points, labels, [h, w], multimask);
  const { result: multi, acts } = capturing(() => ask(true));
  const single = ask(false);
  const sparse = acts.get('prompt_encoder.sparse');
  return {
    ...wantedActs(c, acts, `q${n}.act.`),
    ...(sparse && c.expected.has(`q${n}.act.prompt_encoder`) ? { [`q${n}.act.prompt_encoder`]: sparse } : {}),
    [`q${n}.low_res_masks`]: multi.masks,
    [`q${n}.iou`]: multi.iou,
    [`q${n}.single.low_res_masks`]: single.masks,
    [`q${n}.single.iou`]: single.iou,
  };
}
