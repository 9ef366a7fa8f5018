/**
 * What the page and the engine's worker say to each other, as types: plain data that can be posted. The page calls
 * methods by name; the engine answers, reports progress meanwhile, and tells of events nobody asked for. How messages
 * travel is the business of `rpc`.
 */
import type { Modality, RunConfig } from './configs';

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

/** An image ready for prompts. `id` is the engine's name for it. */
export interface ImageInfo {
  readonly id: string;
  readonly name: string;
  /** Size in which the page shows it and in which prompts and masks are given. */
  readonly width: number;
  readonly height: number;
  /** Size of the file's image; larger ones are scaled down to the size above. */
  readonly fileWidth: number;
  readonly fileHeight: number;
  /** RGBA, height × width × 4. */
  readonly pixels: Uint8ClampedArray<ArrayBuffer>;
  /** Of embedded samples: the true label of each pixel and the objects they form. */
  readonly truth: TruthInfo | null;
}

/** Labels of a sample. An object may be made of several label values (the optic disc contains the cup). */
export interface TruthInfo {
  readonly labels: Uint8Array<ArrayBuffer>;
  readonly objects: readonly { readonly name: string; readonly values: readonly number[] }[];
}

/** Points of a prompt as (x, y) in pixels of the shown image; label 1 object, 0 background. */
export interface PromptPoint {
  readonly x: number;
  readonly y: number;
  readonly label: 0 | 1;
}

/** Masks for one prompt: n × height × width of 0 and 1, and the model's own estimate of each one's IoU. */
export interface PredictionInfo {
  readonly n: number;
  readonly width: number;
  readonly height: number;
  readonly masks: Uint8Array<ArrayBuffer>;
  readonly iou: Float32Array<ArrayBuffer>;
  /** Milliseconds from the call to the result. */
  readonly ms: number;
}

/** How many parameters would train, and what a step needs, before anything is started. */
export interface AdapterPlan {
  readonly trained: number;
  readonly base: number;
  /** 100 · trained / base. */
  readonly percent: number;
}

/** One line of the before/after table: mean Dice over `n` held-out objects of a class. */
export interface DiceRow {
  readonly modality: string;
  readonly className: string;
  readonly n: number;
  readonly before: number | null;
  readonly after: number | null;
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

/** How a run ended, or where it stands. */
export interface RunInfo {
  readonly phase: RunPhase;
  readonly config: RunConfig;
  readonly plan: AdapterPlan;
  readonly step: number;
  readonly rows: readonly DiceRow[];
  /** Seconds of training steps alone. */
  readonly seconds: number;
}

/** What happens while a call runs. */
export type Progress =
  | { readonly kind: 'work'; readonly what: string; readonly done: number; readonly total: number }
  | { readonly kind: 'step'; readonly step: number; readonly steps: number; readonly loss: number; readonly lr: number }
  | { readonly kind: 'run'; readonly run: RunInfo };

/** The engine's methods: arguments and results. */
export interface EngineApi {
  /** Opens the device and loads the base. Rejects with kind 'no-webgpu' or 'no-adapter'. */
  open(a: Record<never, never>): EngineInfo;
  /** A sample as a small picture; needs no GPU. */
  thumbnail(a: { modality: Modality; index: number; size: number }): ImageData;
  sample(a: { modality: Modality; index: number }): ImageInfo;
  /** Decodes a PNG or JPEG. Rejects with kind 'image'. */
  file(a: { file: File }): ImageInfo;
  /** Computes the image's embedding, or finds it computed already. */
  embed(a: { image: string; which: Which }): { readonly ms: number; readonly cached: boolean };
  /** Masks for a prompt of at least one point; embeds the image when that was not done yet. */
  predict(a: { image: string; which: Which; points: readonly PromptPoint[]; multimask: boolean }): PredictionInfo;
  plan(a: { config: RunConfig }): AdapterPlan;
  /** Trains an adapter; resolves when done, stopped or paused. A paused or lost run is taken up with `resume`. */
  adapt(a: { config: RunConfig }): RunInfo;
  resume(a: { finish: boolean }): RunInfo;
  /** Ends the running stretch after the step in flight: to be taken up again, or for good (it is measured then). */
  halt(a: { how: 'pause' | 'stop' }): null;
  /** The adapter as safetensors. */
  exportAdapter(a: Record<never, never>): { readonly name: string; readonly blob: Blob };
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
export type EngineEvent = { readonly kind: 'lost'; readonly message: string };

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
