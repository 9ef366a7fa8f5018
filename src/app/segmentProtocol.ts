/** The engine's methods for segmenting: prompts, previews, the automatic mask generator, statistics. */
import type { ViewConfig } from './configs';
import type { Prompt, PromptPoint } from './document/document';
import type { Runs } from './document/runs';
import type { EverythingConfig } from './everythingConfig';
import type { ModelPlace, PredictionInfo, Which } from './protocol';

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
  /**
   * Masks for a prompt of at least one point or a box; embeds the slice when that was not done yet. The masks stay on the
   * GPU under `key`, ready to be drawn. With `refine` each click comes with the mask that those before it gave, and it says
   * how many masks those were asked for.
   */
  predict(a: {
    key: string;
    at: ModelPlace;
    which: Which;
    prompt: Prompt;
    multimask: boolean;
    refine?: ViewConfig['masks'];
  }): PredictionInfo;
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
