import { attach } from '../../adapters/adapter';
import { MEDSA_RELEASE } from '../../adapters/medsa';
import { sdTrans } from '../../adapters/sdTrans';
import type { Gpu } from '../../gpu/device';
import type { Sam } from '../../models/sam/sam';
import { diceLoss } from '../../ops/loss';
import { interpolate } from '../../ops/resize';
import { expand, permute, reshape, slice } from '../../ops/view';
import { constant, type Tensor } from '../../tensor/tensor';
import { num } from './configs';
import type { Computed, GoldenCase } from './goldenCase';
import { type Batch, type Form, runMedsa, widthOfBottleneck } from './kindMedsa';

/** The published Med-SA on volumes (thd): `chunk` consecutive windows count as depth, Dice is the loss. */
export function runMedsa3d(gpu: Gpu, c: GoldenCase): Promise<Computed> {
  return runMedsa(gpu, c, adaptVolumes, VOLUMES);
}

function adaptVolumes(c: GoldenCase, sam: Sam): void {
  const chunk = num(c.info.args ?? {}, 'chunk');
  const adapter = sdTrans({ ...MEDSA_RELEASE, r: widthOfBottleneck(c), chunk });
  attach(sam, adapter, 'image_encoder.blocks.*', { train: 'decoder' });
}

/**
 * Volumes and labels (b, 1, h, w, d) as rows (b·d) resized to the model's and the output's size; one click per slice, all of
 * them one prompt set. With one channel the cross entropy of monai's DiceCELoss is 0, and Dice is left.
 */
const VOLUMES: Form = {
  read(c, stored): Batch {
    const args = c.info.args ?? {};
    const points = rows(permute(stored('click_points'), [0, 2, 1]));
    const grey = slices(stored('volume'), num(args, 'image_size'));
    const [n, , h, w] = grey.shape;
    return {
      image: expand(grey, [n, 3, h, w]),
      points,
      labels: constant(new Float32Array(n).fill(1), [n], 'labels'),
      mask: slices(stored('label'), num(args, 'out_size')),
    };
  },
  loss: (pred, mask) => diceLoss(pred, mask, { squared: true, smooth: [1e-5, 1e-5], per: 'channel' }),
  shown: ({ image, mask, points }) => ({
    images_resized: slice(image, 1, 0, 1),
    masks_resized: mask,
    points_flat: points,
  }),
};

/** (b, d, …) → (b·d, …). */
function rows(x: Tensor): Tensor {
  const [b, d, ...rest] = x.shape;
  return reshape(x, [b * d, ...rest]);
}

/** (b, 1, h, w, d) → (b·d, 1, side, side), bilinear. */
function slices(x: Tensor, side: number): Tensor {
  return interpolate(rows(permute(x, [0, 4, 1, 2, 3])), [side, side], 'bilinear');
}
