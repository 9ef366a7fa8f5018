/** How a case is looked at: slices, zoom, window, what is hidden. Kept per case; not part of what can be undone. */
import type { Triple } from '../../data/affine';
import type { Plane } from '../../data/volumeReorient';
import type { ViewTransform } from '../viewTransform';
import type { CaseInfo, Place, Window } from './caseInfo';
import { PLANES, pixelAt, planeOf } from './planes';

/** The look at one case. */
export interface CaseLook {
  /** The plane that was last worked in: prompts and keys mean this one. */
  readonly plane: Plane;
  /** Where the crosshair is, a voxel of the case's grid; the slices of all planes go through it. */
  readonly cross: Triple;
  /** Zoom and position by plane; a plane that is not in it shows the whole slice. */
  readonly views: Readonly<Partial<Record<Plane, ViewTransform>>>;
  /** Values at black and white. */
  readonly window: Window;
  /** The window that the model sees the case through: another one than on the screen, since every change costs an embedding. */
  readonly modelWindow: Window;
  /** Linear between pixels, or each pixel as it is. */
  readonly smooth: boolean;
}

/** The look that a case opens with: the middle slice, the whole of it, the case's own window. */
export function firstLook(info: CaseInfo): CaseLook {
  const cross = info.dims.map((n) => Math.floor(n / 2)) as unknown as Triple;
  return { plane: info.plane, cross, views: {}, window: info.window, modelWindow: info.window, smooth: true };
}

/** The slice of `plane` that the crosshair lies in. */
export function sliceOf(info: CaseInfo, look: CaseLook, plane: Plane = look.plane): number {
  return pixelAt(planeOf(info, plane), look.cross)[2];
}

/** The slice that is worked on. */
export function placeOf(info: CaseInfo, look: CaseLook, plane: Plane = look.plane): Place {
  return { case: info.id, plane, slice: sliceOf(info, look, plane) };
}

/** The look with another slice of a plane, held within the case. */
export function withSlice(info: CaseInfo, look: CaseLook, plane: Plane, slice: number): CaseLook {
  const g = planeOf(info, plane);
  const axis = g.from[2];
  const held = Math.min(g.slices - 1, Math.max(0, Math.round(slice)));
  const cross = look.cross.with(axis, g.flip[2] ? g.slices - 1 - held : held) as unknown as Triple;
  return { ...look, plane, cross };
}

/** Planes in which a case can be looked at: an image, or a single slice, has one. */
export function planesOf(info: CaseInfo): readonly Plane[] {
  return info.dims[2] === 1 ? [info.plane] : PLANES;
}
