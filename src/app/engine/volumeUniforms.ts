import { invertAffine } from '../../data/affine';
import { axesOf } from '../document/camera';
import type { CaseInfo } from '../document/caseInfo';
import { awayOf, diagonalOf, type Rays, raysOf, voxelOn } from '../document/rays';
import type { VolumeMode } from '../document/volumeLook';
import type { VolumeSampling, VolumeState } from '../protocol';

/** Bytes of the shader's `Rays`. */
export const VOLUME_UNIFORM_BYTES = 1216;

const MODES: Readonly<Record<VolumeMode, number>> = { shaded: 0, mip: 1, masks: 2 };

/** Opaque white tissue of this part of the volume's diagonal lets 1 / e through. */
const DEPTH = 1 / 70;

/** Opacity of white tissue for each mm; what is darker has less. */
export const densityOf = (info: CaseInfo, state: Pick<VolumeState, 'density'>): number =>
  state.density / (DEPTH * diagonalOf(info));

/** Millimetres between samples that are at most `step` voxels apart along each axis. */
export const stepOf = (rays: Rays, step: number): number => step / Math.max(...awayOf(rays).map(Math.abs));

/** The image's range through the window: black, and 1 / (white − black), as parts of the range. */
export function windowParts({ range }: CaseInfo, [low, high]: VolumeState['window']): readonly [number, number] {
  const width = range[1] - range[0] || 1;
  return [(low - range[0]) / width, 1 / Math.max((high - low) / width, 1e-6)];
}

/** The shader's `Rays`, field by field, for a picture of width × height rays. */
export function volumeUniforms(
  state: VolumeState,
  info: CaseInfo,
  { step }: Pick<VolumeSampling, 'step'>,
  [width, height]: readonly [number, number],
): ArrayBuffer {
  const rays = raysOf(info, state.camera, state);
  const bytes = new ArrayBuffer(VOLUME_UNIFORM_BYTES);
  const [real, whole] = [new Float32Array(bytes), new Uint32Array(bytes)];
  const vectors = [
    voxelOn(rays, 0, 0, 0),
    // The picture has fewer pixels than the canvas.
    ...[0, 4].map((c) =>
      [0, 1, 2].map((r) => rays.toVoxels[c + r] * (c ? state.height / height : state.width / width)),
    ),
    awayOf(rays),
    ...state.clip,
    ...invertAffine(info.affine)
      .slice(0, 3)
      .map((row) => row.slice(0, 3)),
    lightOf(state),
    [...windowParts(info, state.window), densityOf(info, state), stepOf(rays, step)],
  ];
  for (const [i, v] of vectors.entries()) real.set(v, 4 * i);
  whole.set([MODES[state.mode], info.channels, Number(state.opacities.length > 0), 0], 44);
  for (const [id, opacity] of state.opacities) real[48 + id] = opacity;
  return bytes;
}

/** From the viewer's left shoulder. */
function lightOf({ camera }: VolumeState): readonly number[] {
  const { right, up, near } = axesOf(camera);
  const v = near.map((n, i) => n + 0.35 * up[i] - 0.25 * right[i]);
  return v.map((x) => x / Math.hypot(...v));
}
