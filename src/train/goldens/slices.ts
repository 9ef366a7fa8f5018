import { expand, reshape } from '../../ops/view';
import type { Tensor } from '../../tensor/tensor';
import { num } from './configs';
import type { CaseInfo } from './goldenCase';

/** Slices D of a case's volumes; 1 for images. */
export function slicesOf(info: CaseInfo): number {
  return num(info, 'slices', 1);
}

/** Volumes [B, D, H, W] of grey slices as images [B·D, 3, H, W] in rows b·D + d; images [B, 3, H, W] as they are. */
export function rowsOfSlices(x: Tensor, slices: number): Tensor {
  const [b, d, h, w] = x.shape;
  if (slices === 1 && d === 3) return x;
  return expand(reshape(x, [b * d, 1, h, w]), [b * d, 3, h, w]);
}
