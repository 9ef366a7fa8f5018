/**
 * What the page and the engine's worker say to each other, as types: plain data that can be posted. The page calls
 * methods by name; the engine answers, reports progress meanwhile, and tells of events nobody asked for. How messages
 * travel is the business of `rpc`.
 */
import type { Triple } from '../data/affine';
import type { SampleModality } from './configs';
import type { Camera } from './document/camera';
import type { CaseInfo, Place, Window } from './document/caseInfo';
import type { Runs } from './document/runs';
import type { VolumeMode } from './document/volumeLook';
import type { Imported } from './importFiles';
import type { InsideApi } from './insideProtocol';
import type { FolderFiles, RunApi, RunInfo } from './runProtocol';
import type { SegmentApi } from './segmentProtocol';
import type { VolumeApi } from './volumeProtocol';

/** Which of the two models: as pretrained, or with the adapter. */
export type Which = 'base' | 'adapted';

/** The device and the base that the engine works with. */
export interface EngineInfo {
  /** Name of the adapter: vendor, architecture, description. */
  readonly device: string;
  /** True where WebGPU runs on the processor. */
  readonly software: boolean;
  readonly features: readonly string[];
  readonly limits: Readonly<Record<string, number>>;
  readonly base: BaseInfo;
}

/** The base model. */
export interface BaseInfo {
  readonly name: string;
  /** Side of its input in pixels. */
  readonly imgSize: number;
  readonly patchSize: number;
  readonly parameters: number;
  /** False when no weights came with this build: numbers are random then, and the page says so. */
  readonly trained: boolean;
}

/** An embedded sample. */
export interface SampleId {
  readonly modality: SampleModality;
  readonly index: number;
}

/** What became of files that were dropped or chosen. */
export interface FilesOpened {
  readonly cases: readonly CaseInfo[];
  /** Masks and sessions, to be put onto open cases. */
  readonly additions: Imported['additions'];
  /** Files that could not be used, each with the reason in words. */
  readonly refused: Imported['refused'];
  /** What was opened, but not as a person might expect. */
  readonly warnings: Imported['warnings'];
}

/** A slice as the model gets it: values below and above the window are black and white. */
export interface ModelPlace extends Place {
  readonly window: Window;
}

/** How a view is drawn. `kind` names the painter, which says what else it wants (`PlaneState`, …). */
export interface ViewState {
  readonly kind: string;
  readonly case: string;
  /** Device pixels. */
  readonly width: number;
  readonly height: number;
}

/** A slice on a canvas. */
export interface PlaneState extends ViewState, Place {
  readonly kind: 'plane';
  /** From screen units of the plane (`extentOf`) to device pixels. */
  readonly scale: number;
  readonly x: number;
  readonly y: number;
  readonly window: Window;
  readonly smooth: boolean;
  /** Of the colours over the image, 0..1. */
  readonly opacity: number;
  readonly outline: boolean;
  /** Device pixels of an outline. */
  readonly line: number;
  /** Whether the labels are drawn. */
  readonly labels: boolean;
  /**
   * The model's proposal: its key, and that of an older one to be drawn faintly until it is there; which of its masks
   * (null: the one with the best score); colour 0..255; faint where it shows what a click would give.
   */
  readonly proposal: {
    readonly key: string;
    readonly fallback: string | null;
    readonly mask: number | null;
    readonly colour: readonly [number, number, number];
    readonly faint?: boolean;
  } | null;
}

/** How finely a volume is sampled. */
export interface VolumeSampling {
  /** Most rays along the longer side of the view; the picture is stretched to it. */
  readonly side: number;
  /** Voxels from sample to sample. */
  readonly step: number;
  /** Linear between voxels: nothing, values, values and gradients. */
  readonly linear: 0 | 1 | 2;
}

/** A picture that is there at once, then the one that stays. */
export interface VolumeDetail {
  readonly quick: VolumeSampling;
  readonly fine: VolumeSampling;
  /** Rays of the fine picture that are sent at once, so that other work gets its turn between. */
  readonly rays: number;
}

/** A volume on a canvas. */
export interface VolumeState extends ViewState {
  readonly kind: 'volume';
  readonly mode: VolumeMode;
  readonly camera: Camera;
  readonly window: Window;
  /** How fast tissue becomes opaque; 1 is usual. */
  readonly density: number;
  /** The box that is seen, voxels. */
  readonly clip: readonly [low: Triple, high: Triple];
  /** Of the surfaces that are seen, 0..1, by object. */
  readonly opacities: readonly (readonly [id: number, opacity: number])[];
  readonly detail: VolumeDetail;
  /** More changes are to be expected at once: the fine picture waits. */
  readonly moving: boolean;
}

/** Masks for one prompt, in pixels of the slice as seen, and the model's own estimate of each one's IoU. */
export interface PredictionInfo {
  readonly n: number;
  readonly width: number;
  readonly height: number;
  readonly masks: readonly Runs[];
  readonly iou: Float32Array<ArrayBuffer>;
  /** SAM's stability score of each: IoU of the masks at thresholds −1 and 1. */
  readonly stability: readonly number[];
  /** Milliseconds from the call to the result. */
  readonly ms: number;
  /** Of these, those in which the GPU had the work: from submit to done. */
  readonly gpuMs: number;
}

/** What happens while a call runs. */
export type Progress =
  | { readonly kind: 'work'; readonly what: string; readonly done: number; readonly total: number }
  | { readonly kind: 'step'; readonly step: number; readonly steps: number; readonly loss: number; readonly lr: number }
  | { readonly kind: 'dice'; readonly step: number; readonly dice: number }
  | { readonly kind: 'run'; readonly run: RunInfo };

/** The engine's methods: arguments and results. */
export interface EngineApi extends RunApi, InsideApi, SegmentApi, VolumeApi {
  /** Opens the device and loads the base. Rejects with kind 'no-webgpu' or 'no-adapter'. */
  open(a: Record<never, never>): EngineInfo;
  /** A sample as a small picture; needs no GPU. */
  thumbnail(a: { sample: SampleId; size: number }): ImageData;
  sample(a: { sample: SampleId }): CaseInfo;
  /** Opens files by the importers; what one file lacks does not keep the others out. Masks and sessions go onto the cases of `open`. */
  files(a: { files: readonly File[]; open: readonly string[]; shown: string | null }): FilesOpened;
  /** Forgets a case and frees what it has on the GPU. */
  close(a: { case: string }): null;
  /** Whether a folder chosen to train on would be trained on as volumes. */
  holdsVolumes(a: { files: FolderFiles }): boolean;
  /** Computes the slice's embedding, or finds it computed already (in memory, or on disk by image and base). */
  embed(a: { at: ModelPlace; which: Which }): { readonly ms: number; readonly cached: boolean };
  /** Gives the engine a canvas to draw on, for as long as the page lives. */
  attach(a: { view: string; canvas: OffscreenCanvas }): null;
  /** What the canvas shows from now on; null: nothing. */
  draw(a: { view: string; state: ViewState | null }): null;
  /** Labels of slices along z, ids of objects; and RGBA of all 256 ids, those with A 0 not shown. */
  labels(a: {
    case: string;
    slices: readonly { readonly z: number; readonly data: Uint8Array<ArrayBuffer> }[];
    colours: Uint8Array<ArrayBuffer>;
  }): null;
  /** The voxel that is seen at a pixel of a volume view: of a mask, else where tissue is opaque or the maximum; null: none. */
  pickVoxel(a: { state: VolumeState; x: number; y: number }): Triple | null;
  /** Opens the device anew after it was lost; images, adapter and checkpoint are put back. */
  restore(a: Record<never, never>): EngineInfo;
}

/** Names of the methods. */
export type Method = keyof EngineApi;
/** Argument of a method. */
export type ArgsOf<M extends Method> = Parameters<EngineApi[M]>[0];
/** Result of a method. */
export type ResultOf<M extends Method> = ReturnType<EngineApi[M]>;

/** What the engine tells without being asked. */
export type EngineEvent =
  | { readonly kind: 'lost'; readonly message: string }
  /** Something that no call was waiting for failed, such as drawing. */
  | { readonly kind: 'trouble'; readonly error: ErrorInfo };

/** An error as it travels: `kind` says what the page can offer, `message` is for people. */
export interface ErrorInfo {
  readonly kind: ErrorKind;
  readonly message: string;
}

/** Kinds of failures that the page treats apart. */
export type ErrorKind =
  | 'no-webgpu'
  | 'no-adapter'
  | 'lost'
  | 'limit'
  | 'memory'
  | 'image'
  | 'weights'
  | 'training'
  | 'storage'
  | 'cancelled'
  | 'other';

/** Page → engine. */
export type ToEngine =
  | { readonly type: 'call'; readonly id: number; readonly method: Method; readonly args: unknown }
  | { readonly type: 'cancel'; readonly id: number };

/** Engine → page. */
export type FromEngine =
  | { readonly type: 'result'; readonly id: number; readonly value: unknown }
  | { readonly type: 'error'; readonly id: number; readonly error: ErrorInfo }
  | { readonly type: 'progress'; readonly id: number; readonly progress: Progress }
  | { readonly type: 'event'; readonly event: EngineEvent };
