// Labels that hold only some slices of their image's grid (DICOM Segmentation leaves empty ones out): whether they lie on
// it, and spreading them over it.
import { invertAffine, multiplyAffine } from './affine';
import { VolumeError } from './errors';
import type { Volume, VolumeGrid, VolumeInfo } from './volume';
import { resampleToGrid } from './volumeResample';

/** Whether a file of this kind may leave slices out. */
export const isSparse = (info: VolumeInfo | null): boolean => info?.format === 'DICOM SEG';

/** How far voxel centres may lie apart, in voxels. */
const tolerance = 0.1;

/** `VolumeError` unless every voxel of the labels is one of the image's. */
export function checkSlicesOf(image: VolumeGrid, label: VolumeGrid, imageName: string, labelName: string): void {
  const way = multiplyAffine(invertAffine(image.affine), label.affine);
  const whole = (v: number, reach: number) => Math.abs(v - Math.round(v)) * reach < tolerance;
  const aligned = [0, 1, 2].every(
    (r) => [0, 1, 2].every((c) => whole(way[r][c], label.dims[c] - 1)) && whole(way[r][3], 1),
  );
  const single = [0, 1, 2].every(
    (c) => Math.round([0, 1, 2].reduce((n, r) => n + Math.abs(way[r][c]), 0)) === 1 || label.dims[c] === 1,
  );
  const inside = [0, 1, 2].every((r) => {
    const ends = [way[r][3], way[r][3] + [0, 1, 2].reduce((n, c) => n + way[r][c] * (label.dims[c] - 1), 0)];
    return ends.every((v) => v > -0.5 && v < image.dims[r] - 0.5);
  });
  if (aligned && single && inside) return;
  throw new VolumeError(
    `${labelName}: its frames do not lie on the slices of ${imageName} (${label.dims.join(' × ')} at ${label.axes}, ${image.dims.join(' × ')} at ${image.axes}) — it belongs to another series; choose the one it was made on`,
  );
}

/** The labels on the image's whole grid, 0 where they have no slice. */
export function spreadOver(image: VolumeGrid, label: Volume, imageName: string, labelName: string): Volume {
  checkSlicesOf(image, label, imageName, labelName);
  return resampleToGrid(label, image, 'nearest', 0);
}
