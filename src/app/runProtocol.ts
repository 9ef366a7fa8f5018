/** What page and engine say to each other about adapting: runs, their data, estimates and results, as plain data. */
import type { Checkpoint } from '../data/experiment/runFiles';
import type { Best } from '../data/experiment/summary';
import type { TrainConfig } from '../train/trainConfig';
import type { RunConfig } from './configs';
import type { Runs } from './document/runs';
import type { EngineInfo } from './protocol';

/** How many parameters would train. */
export interface AdapterPlan {
  readonly trained: number;
  readonly base: number;
  /** 100 · trained / base. */
  readonly percent: number;
}

/** A setting that takes less memory, and what a step takes with it. */
export interface LeverInfo {
  readonly setting: Partial<TrainConfig>;
  /** Bytes with it, and how many fewer they are. */
  readonly bytes: number;
  readonly saves: number;
}

/** What a run would need, by planning alone. */
export interface Estimate {
  /** On the GPU at the peak of a step: activations, inputs, parameters and optimiser. */
  readonly bytes: number;
  readonly flops: number;
  readonly msPerStep: number;
  /** False: no step was timed on this device yet, so its speed is a guess. */
  readonly measured: boolean;
  /** Largest saving first. */
  readonly levers: readonly LeverInfo[];
  /** Bytes that the run would keep on disk, and those that are free there; null where the browser does not tell. */
  readonly disk: { readonly needed: number; readonly free: number } | null;
}

/** One object on which a run is measured. */
export interface ObjectScore {
  readonly id: string;
  readonly className: string;
  /** Objects of one patient are no independent cases. */
  readonly patient: string;
  readonly before: number | null;
  readonly after: number | null;
  /** IoU before, for the record of the run; older runs did not keep it. */
  readonly iouBefore?: number;
}

/** What a run is doing. */
export type RunPhase =
  | 'preparing'
  | 'measuring'
  | 'training'
  | 'paused'
  | 'measuring again'
  | 'done'
  | 'stopped'
  | 'lost';

/** Where a run stands; what is kept of it on disk beside its state. */
export interface RunInfo {
  readonly id: string;
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly created: number;
  readonly phase: RunPhase;
  readonly config: RunConfig;
  readonly base: { readonly name: string; readonly fingerprint: string | null };
  readonly plan: AdapterPlan;
  readonly step: number;
  /** Of each held-out object; empty before the first measurement. */
  readonly objects: readonly ObjectScore[];
  /** Seconds of training steps alone. */
  readonly seconds: number;
  /** Seconds of everything that was done for it: compiling and measuring, too. Older runs did not keep it. */
  readonly wall?: number;
  /** Peak bytes of a step on the GPU; null before it was planned. */
  readonly bytes: number | null;
  readonly data: { readonly name: string; readonly counts: string; readonly notes: readonly string[] } | null;
  /** An adapter that came from a file: there is nothing to resume. */
  readonly imported: boolean;
  /** The evaluation with the best mean Dice; its adapter is kept beside the last one. Null before there was any. */
  readonly best: Best | null;
  /** Which of the two was chosen to be asked for masks; null: nobody chose (`appliedOf` tells). */
  readonly applied: Checkpoint | null;
  /** Why it is not kept on disk; null where it is. */
  readonly unsaved: string | null;
  /** Another tab trains it now. */
  readonly elsewhere: boolean;
}

/** One point of a run's curves: the loss of a step, or mean Dice after it. */
export interface CurvePoint {
  readonly step: number;
  readonly loss?: number;
  readonly dice?: number;
}

/** Labels made on the page for training. */
export interface LabelledCase {
  readonly case: string;
  readonly window: readonly [low: number, high: number];
  readonly objects: readonly { readonly name: string; readonly masks: readonly (readonly [z: number, runs: Runs])[] }[];
}

/** What a run trains on, where its config says `labels` or `folder`; `made`: what the config says suffices. */
export type RunSource =
  | { readonly kind: 'made' }
  | { readonly kind: 'labels'; readonly cases: readonly LabelledCase[]; readonly volumes: boolean }
  | { readonly kind: 'folder'; readonly name: string; readonly files: FolderFiles };

/** Files of a folder that was chosen; its own name begins every path. */
export type FolderFiles = readonly { readonly path: string; readonly blob: Blob }[];

/** One held-out object for the eye, in the frame of the model's input. */
export interface ObjectPicture {
  readonly width: number;
  readonly height: number;
  /** RGBA. */
  readonly pixels: Uint8ClampedArray<ArrayBuffer>;
  readonly truth: Runs;
  readonly before: Runs | null;
  readonly after: Runs | null;
  /** Slices that show the object, with their Dice; one of an image. */
  readonly slices: readonly { readonly slice: number; readonly before: number | null; readonly after: number | null }[];
  readonly slice: number;
}

/** A run with its curves. */
export interface RunCurves {
  readonly run: RunInfo;
  readonly curve: readonly CurvePoint[];
}

/** The engine's methods for runs. */
export interface RunApi {
  plan(a: { config: RunConfig }): AdapterPlan;
  /** `volumes`: the run trains on slabs of volumes (`trainsVolumes`). */
  estimate(a: { config: RunConfig; volumes: boolean }): Estimate;
  /** All runs that are kept, the latest first. */
  runs(a: Record<never, never>): readonly RunInfo[];
  /** Trains an adapter; resolves when done, stopped or paused. A paused or lost run is taken up with `resume`. */
  adapt(a: { config: RunConfig; source: RunSource; only: number | null }): RunInfo;
  /** `finish`: measures where it stands and ends it. `only`: pauses after so many steps. */
  resume(a: { run: string; finish: boolean; only: number | null }): RunInfo;
  /** Ends the running stretch after the step in flight: to be taken up again, or for good (it is measured then). */
  halt(a: { how: 'pause' | 'stop' }): null;
  /** Puts an adapter of a run on the device, to be asked for masks; null: the one chosen before, or `appliedOf`. */
  useRun(a: { run: string; adapter: Checkpoint | null }): RunCurves;
  renameRun(a: { run: string; name: string }): RunInfo;
  /** Forgets a run, on disk, too. */
  removeRun(a: { run: string }): null;
  /** Held-out object number `index`; of a volume slice `slice` (by default the fullest). */
  runObject(a: { run: string; index: number; slice: number | null }): ObjectPicture;
  /** The best adapter, or the last one, as a zip: weights, configuration, card. */
  exportAdapter(a: { run: string; adapter: Checkpoint }): { readonly name: string; readonly blob: Blob };
  /** Everything that is kept of a run as a zip. */
  exportRun(a: { run: string }): { readonly name: string; readonly blob: Blob };
  /** Adapter files as runs that are done. */
  importAdapter(a: { files: readonly File[] }): RunInfo;
  /** Bases that came with the build. */
  bases(a: Record<never, never>): readonly string[];
  /** Works with another base from now on: of this build by name, or a checkpoint of one's own. */
  useBase(a: { base: string | File }): EngineInfo;
}
