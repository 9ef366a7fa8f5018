import type { Evaluated } from '../../train/evaluator';
import type { CaseScore } from '../../train/metrics/summary';
import type { TrainItem } from '../../train/trainItem';
import type { BatchPlan } from '../trainItems';

/** What a run trains on and what it is measured on, in the frame of the model's input. */
export interface ExperimentData {
  readonly name: string;
  /** `case: class` of every object. */
  readonly train: readonly string[];
  readonly val: readonly string[];
  /** Of the cases held back from training to choose the best step by; empty: none were. */
  readonly heldBack: readonly string[];
  /** How much there is, in words. */
  readonly counts: string;
  /** Things worth knowing that are no errors. */
  readonly notes: readonly string[];
  /** Patients by case, where the data name them. */
  readonly patients: ReadonlyMap<string, string>;
  /** Slices of a slab; 1 for images. */
  readonly depth: number;
  /** Unit of surface distances. */
  readonly unit: 'px' | 'mm';
  /** SHA-256 of what a run sees. */
  readonly hash: string;
  /** Rows of step t = 0, 1, …: `batch` objects (or slabs of `depth` rows each). */
  batch(plan: BatchPlan, t: number): readonly TrainItem[];
  /** Validation objects with prompts that are the same in every run. */
  evaluation(prompt: string, maskSide?: number): EvaluationSet;
  /** The same of the objects held back from training; null: there are none. */
  validation(prompt: string, maskSide?: number): EvaluationSet | null;
}

/** One measured object: overlap, and its mask on the grid that it was measured on. */
export interface Measured extends CaseScore {
  readonly mask: Uint8Array;
  /** The released code's 5-threshold score, of images. */
  readonly release?: { readonly iou: number; readonly dice: number };
}

/** Asks the model about rows; any number of them, whole slabs where there is depth. */
export type Predict = (rows: readonly TrainItem[]) => Promise<readonly Evaluated[]>;

/** What is measured. */
export interface EvaluationSet {
  /** Objects. */
  readonly count: number;
  /** All objects in their order; `rows` at a time go to the model. `onDone` is told how many objects are done. */
  evaluate(predict: Predict, rows: number, onDone: (done: number) => void): Promise<Measured[]>;
  /** Surface distances of object i in the data's unit. */
  surfaces(i: number, mask: Uint8Array, tolerance: number): { readonly hd95: number; readonly nsd: number };
  /** Slices of a volume that show object i; [0] of an image. */
  slices(i: number): readonly number[];
  /**
   * Object i as a picture: its prompted image (of a volume `slice`, by default its fullest), and the part of a mask to lay over
   * it.
   */
  shown(
    i: number,
    slice?: number,
  ): { readonly item: TrainItem; readonly slice: number; readonly framed: (mask: Uint8Array) => Uint8Array };
}
