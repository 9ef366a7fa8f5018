/** What page and engine say to each other about volumes: part of `protocol`. */
import type { Triple } from '../data/affine';
import type { Plane } from '../data/volumeReorient';
import type { Window } from './document/caseInfo';
import type { Prompt } from './document/document';
import type { Runs } from './document/runs';
import type { ModelPlace, Which } from './protocol';

/** What of a mask its neighbour is asked with. */
export type CarryWay = 'box' | 'box+click' | 'click' | 'mask+box+click';

/** One way, or one after another until the mask is that of the same object. */
export type CarryBy = CarryWay | 'auto';

/** A mask carried from one slice to the next. */
export interface Carried {
  /** In pixels of the slice as seen. */
  readonly mask: Runs;
  /** The model's own estimate of its IoU. */
  readonly score: number;
  /** IoU with the mask it was carried from. */
  readonly overlap: number;
}

/** Slices `from` to `to` (both included, from 0) of a plane, as the model gets them. */
export interface SlabRange {
  readonly case: string;
  readonly plane: Plane;
  readonly window: Window;
  readonly from: number;
  readonly to: number;
}

/** What segmenting a range by slabs takes. */
export interface SlabPlan {
  /** Slices of a slab, and how many slabs. */
  readonly depth: number;
  readonly windows: number;
  /** Whether the slices of a slab see each other: the model has SD-Trans. */
  readonly seesDepth: boolean;
  /** Beyond the model itself: on the GPU, and beside it. */
  readonly gpuBytes: number;
  readonly bytes: number;
  readonly seconds: number;
}

/** Masks of a range by slice, in pixels as seen, with the model's own mean estimate of IoU. */
export type SlabResult = readonly { readonly slice: number; readonly mask: Runs; readonly score: number }[];

/** The engine's methods for volumes. */
export interface VolumeApi {
  /**
   * The object on the slice `at` by its mask `from` on a neighbouring slice of the same plane; `own`: what the person prompted here. Null
   * when it was given up before its turn.
   */
  carry(a: { at: ModelPlace; which: Which; from: Runs; own: Prompt | null; by: CarryBy }): Carried | null;
  /** What `slabs` would take with slabs of at most `depth` slices. Measures the pace of the model once. */
  slabPlan(a: SlabRange & { which: Which; depth: number }): SlabPlan;
  /** Segments a range by overlapping slabs; slices without a prompt help their neighbours but get no mask. */
  slabs(a: SlabRange & { which: Which; depth: number; prompts: ReadonlyMap<number, Prompt> }): SlabResult;
  /** The value of a voxel of the case's grid, one number a channel; empty outside. */
  probe(a: { case: string; voxel: Triple }): readonly number[];
  /** Values at black and white: percentiles 0.5 and 99.5 of all voxels, or of those that are no background. */
  window(a: { case: string; choice: 'percentile' | 'mri' }): Window;
}
