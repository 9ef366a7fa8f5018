/** A case: an image or a volume as the page knows it. Its pixels are the engine's; this is plain data that can be posted. */
import type { Affine, Triple } from '../../data/affine';
import type { NiftiCodes } from '../../data/volume';
import type { Plane, Turn } from '../../data/volumeReorient';

/** Labels that came with a case. An object may be made of several label values (the optic disc contains the cup). */
export interface TruthInfo {
  /** On the case's grid, x fastest. */
  readonly labels: Uint8Array<ArrayBuffer>;
  readonly objects: readonly { readonly name: string; readonly values: readonly number[] }[];
}

/** Values at black and at white. */
export type Window = readonly [low: number, high: number];

/** Where a case came from: what is needed to write results on the file's own grid. */
export interface CaseSource {
  /** PNG, JPEG, NIfTI-1, …; `phantom` for embedded samples. */
  readonly format: string;
  /** The file's own size: width, height, slices. Differs from `dims` where an image is shown smaller than it is, and where a volume was turned. */
  readonly dims: Triple;
  /** The file's affine; null for images, which have none. */
  readonly affine: Affine | null;
  /** How the case's grid was made from the file's (`turnBack` undoes it); null where it is the file's own. */
  readonly turn: Turn | null;
  /** Things worth knowing, as sentences. */
  readonly notes: readonly string[];
  /** Of a NIfTI file: what its sform and qform say they are. */
  readonly codes?: NiftiCodes;
}

/**
 * An image or volume. The grid is the file's, turned without resampling so that slices of `plane` lie one behind another
 * along z and rows go downwards as they are shown.
 */
export interface CaseInfo {
  readonly id: string;
  readonly name: string;
  readonly kind: 'image' | 'volume';
  /** SHA-256 of the source's bytes, or a name that stands for them where the source is made here. */
  readonly hash: string;
  /** Voxels along x, y, z; an image has one slice. */
  readonly dims: Triple;
  /** mm along x, y, z; 1 for images. */
  readonly spacing: Triple;
  /** From voxels of the case's grid to mm, RAS+. */
  readonly affine: Affine;
  /** The plane whose slices lie along z. */
  readonly plane: Plane;
  /** 3: red, green, blue; 1: one value. */
  readonly channels: 1 | 3;
  /** A guess; decides which window presets make sense. */
  readonly modality: 'ct' | 'mr' | 'colour' | 'grey';
  /** Smallest and largest value. */
  readonly range: Window;
  /** The window that the case opens with. */
  readonly window: Window;
  readonly truth: TruthInfo | null;
  readonly source: CaseSource;
}

/** A slice of a case in one of the planes. */
export interface Place {
  readonly case: string;
  readonly plane: Plane;
  readonly slice: number;
}

/** Name of a slice within its case. */
export type PlaceKey = `${Plane}:${number}`;

/** The key of a slice. */
export function placeKey({ plane, slice }: Pick<Place, 'plane' | 'slice'>): PlaceKey {
  return `${plane}:${slice}`;
}

/** The affine of an image: millimetres are pixels, columns to the left of the patient, rows to the back (axial, LPS). */
export const IMAGE_AFFINE: Affine = [
  [-1, 0, 0, 0],
  [0, -1, 0, 0],
  [0, 0, 1, 0],
  [0, 0, 0, 1],
];
