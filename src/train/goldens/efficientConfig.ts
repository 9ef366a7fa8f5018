import { EFFICIENT_SAM_ROWS, type EfficientSamConfig } from '../../models/efficientSam/config';
import { num, nums } from './configs';
import type { GoldenCase } from './goldenCase';

/** EfficientSAM's configuration: short names of the case, the rest read off the weights. `imgSize` in pixels. */
export function efficientConfig(c: GoldenCase, imgSize: number): EfficientSamConfig {
  const k = c.info.config ?? {};
  const shape = (name: string) => c.weights?.entries.get(name)?.shape;
  const has = (name: string) => shape(name) !== undefined;
  const hidden = (mlp: string) => {
    let n = 0;
    while (has(`mask_decoder.${mlp}.layers.${n}.0.weight`)) n++;
    return n;
  };
  const block = 'image_encoder.blocks.0.';
  const released = has(`${block}mlp.lin1.weight`);
  const relRows = shape(`${block}attn.rel_h`)?.[0];
  const promptDim = num(k, 'dim');
  return {
    ...EFFICIENT_SAM_ROWS.efficient_sam_vitt,
    name: c.files.name,
    imgSize,
    patchSize: num(k, 'patch_size', shape('image_encoder.patch_embed.proj.weight')?.[2]),
    embedDim: num(k, 'embed_dim'),
    depth: num(k, 'depth'),
    numHeads: num(k, 'heads'),
    mlpRatio: num(k, 'mlp_ratio', 4),
    // The copy in the published Med-SA has other names and torch's eps.
    normEps: released ? 1e-5 : 1e-6,
    mlpNames: released ? ['lin1', 'lin2'] : ['fc1', 'fc2'],
    relPosSide: relRows === undefined ? null : (relRows + 1) / 2,
    posEmbedSide: Math.round(Math.sqrt((shape('image_encoder.pos_embed')?.[1] ?? 197) - 1)),
    promptDim,
    maxPoints: num(k, 'decoder_max_num_input_points', 6),
    twoWay: { depth: num(k, 'dec_depth', 2), numHeads: num(k, 'dec_heads'), mlpDim: num(k, 'mlp_dim') },
    upscaling: nums(k, 'up'),
    numMultimaskOutputs: num(k, 'num_multimask_outputs', (shape('mask_decoder.mask_tokens.weight')?.[0] ?? 4) - 1),
    hyperDepth: hidden('output_hypernetworks_mlps.0'),
    iouHeadDepth: hidden('iou_prediction_head'),
    iouHeadHiddenDim: shape('mask_decoder.iou_prediction_head.fc.weight')?.[1] ?? promptDim,
  };
}
