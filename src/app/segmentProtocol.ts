/** The engine's methods for segmenting beyond single prompts: previews, the automatic mask generator, statistics. */
import type { PromptPoint } from './document/document';
import type { Runs } from './document/runs';
import type { EverythingConfig } from './everythingConfig';
import type { ModelPlace, Which } from './protocol';

/** A mask that "everything" found. */
export interface FoundMask {
  readonly mask: Runs;
  readonly area: number;
  readonly iou: number;
  readonly stability: number;
}

/** Values of an object's voxels; of colours the luma (Rec. 601). */
export interface Statistics {
  readonly voxels: number;
  readonly mean: number;
  readonly deviation: number;
  readonly min: number;
  readonly max: number;
}

/** Methods. */
export interface SegmentApi {
  /** The mask that one click would give, for drawing alone: it is left on the GPU under `key`. */
  preview(a: { key: string; at: ModelPlace; which: Which; point: PromptPoint; multimask: boolean }): {
    readonly iou: number;
    readonly ms: number;
  };
  /** SAM's automatic mask generator on a slice: masks without any prompt, the largest first. */
  everything(a: { at: ModelPlace; which: Which; options: EverythingConfig }): readonly FoundMask[];
  /** Statistics of the voxels in masks along z; null where there are none. */
  statistics(a: { case: string; masks: ReadonlyMap<number, Runs> }): Statistics | null;
}
