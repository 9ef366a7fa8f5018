/** How the volume view shows a case: camera, what is drawn, what is cut away. Kept per case; not undoable. Pure. */
import type { Triple } from '../../data/affine';
import { type Camera, FIRST_CAMERA } from './camera';
import type { CaseInfo } from './caseInfo';

/** The id of the view among the others. */
export const VOLUME_VIEW = 'volume';

/** Shaded: image by window and opacity, masks within; mip: its maximum; masks: their surfaces alone. */
export type VolumeMode = 'shaded' | 'mip' | 'masks';

/** Parts of an axis, 0..1. */
export type Part = readonly [from: number, to: number];

/** The look of a volume. */
export interface VolumeLook {
  readonly mode: VolumeMode;
  readonly camera: Camera;
  /** How fast tissue becomes opaque; 1 is usual. */
  readonly density: number;
  /** What is seen of each axis of the case's grid. */
  readonly clip: readonly [Part, Part, Part];
  /** Opacity of objects' surfaces by id, 0..1; those without one are opaque. */
  readonly opacities: ReadonlyMap<number, number>;
}

/** All of it, shaded. */
export const FIRST_VOLUME_LOOK: VolumeLook = {
  ...{ mode: 'shaded', camera: FIRST_CAMERA, density: 1, opacities: new Map() },
  clip: [
    [0, 1],
    [0, 1],
    [0, 1],
  ],
};

/** Narrowest part of an axis that is left. */
const THINNEST = 0.01;

/** With the near (`end` 0) or far end of an axis moved; the other end stays. */
export function withClip(look: VolumeLook, axis: 0 | 1 | 2, end: 0 | 1, at: number): VolumeLook {
  const [from, to] = look.clip[axis];
  const part: Part =
    end === 0 ? [Math.min(Math.max(0, at), to - THINNEST), to] : [from, Math.max(Math.min(1, at), from + THINNEST)];
  return { ...look, clip: look.clip.with(axis, part) as unknown as VolumeLook['clip'] };
}

/** The box that is seen, in voxels. */
export function clipBox(
  { dims }: Pick<CaseInfo, 'dims'>,
  { clip }: Pick<VolumeLook, 'clip'>,
): readonly [Triple, Triple] {
  const at = (end: 0 | 1) => dims.map((n, a) => n * clip[a][end]) as unknown as Triple;
  return [at(0), at(1)];
}
