/** What the page asks the engine when it looks inside a model: attention, activations, generated weights, plans. Plain data. */
import type { RunConfig } from './configs';
import type { Prompt } from './document/document';
import type { ModelPlace, Which } from './protocol';

/** A part of the model that can be looked into. */
export interface InsidePart {
  /** Path of the module: `image_encoder.blocks.0`, `mask_decoder.transformer.layers.1`. */
  readonly path: string;
  /** Heads of its attention that can be shown; 0 in the decoder. */
  readonly heads: number;
  /** Tokens along a side of its windows; 0: global attention. */
  readonly window: number;
}

/** A value for every token of the image's grid, and where the tokens lie on the slice. */
export interface TokenMap {
  readonly rows: number;
  readonly columns: number;
  /** Row by row; NaN where there is none (outside the window). */
  readonly values: Float32Array<ArrayBuffer>;
  /** Width and height of a token in pixels of the slice; the first begins at (0, 0). */
  readonly cell: readonly [number, number];
}

/** Where one token looks: its attention weights over the grid, which with `elsewhere` sum to 1. */
export interface AttentionMap extends TokenMap {
  readonly token: readonly [row: number, column: number];
  /** Share on keys that are no tokens of the image: padding of windows, learnt prompts. */
  readonly elsewhere: number;
}

/** What a layer of an adapter gave. */
export interface Activation {
  readonly path: string;
  readonly shape: readonly number[];
  /** Mean over the channels, and mean of the absolute values; null where its tokens are not the image's. */
  readonly mean: TokenMap | null;
  readonly size: TokenMap | null;
  readonly histogram: Histogram;
}

/** How values are spread: `counts` over equal parts of [from, to]. */
export interface Histogram {
  readonly from: number;
  readonly to: number;
  readonly counts: Uint32Array<ArrayBuffer>;
  readonly average: number;
  /** Standard deviation. */
  readonly deviation: number;
}

/** One matrix that a click generated. */
export interface GeneratedMatrix {
  readonly block: string;
  readonly n: number;
  /** Its side. */
  readonly r: number;
  /** Row by row; of weights per token the first token's. */
  readonly values: Float32Array<ArrayBuffer>;
}

/** The weights that a prompt generates. */
export interface GeneratedLook {
  /** Of the run's adapter, or of HyP-Adpt freshly put onto the base, which nobody has trained. */
  readonly trained: boolean;
  readonly matrices: readonly GeneratedMatrix[];
}

/** Steps that can be explained. */
export const PLANS = ['train', 'encode', 'predict'] as const;

/** One dispatch. */
export interface PlanRow {
  readonly path: string;
  readonly op: string;
  readonly variant: string;
  readonly shape: string;
  readonly bytes: number;
  readonly flops: number;
  /** Microseconds on this device; null when they were not measured. */
  readonly micros: number | null;
}

/** What a step is made of. */
export interface PlanTable {
  readonly rows: readonly PlanRow[];
  /** Planned memory in words. */
  readonly memory: string;
  /** False where times were wanted and the device cannot tell. */
  readonly timed: boolean;
}

/** The engine's part of the diagnostics: lines of `name: value`. */
export type EngineDiagnostics = readonly (readonly [name: string, value: string])[];

/** Methods of the engine for looking inside. */
export interface InsideApi {
  /** Parts of a model, in the order in which they compute. */
  insideParts(a: { which: Which }): readonly InsidePart[];
  /** Attention of the token at (x, y), pixels of the slice, in `part`; head `null`: the mean over all. */
  attention(a: { at: ModelPlace; which: Which; part: string; head: number | null; x: number; y: number }): AttentionMap;
  /** What the adapter's layers in `part` give; the decoder's depend on the prompt. */
  activations(a: { at: ModelPlace; which: Which; part: string; prompt: Prompt }): readonly Activation[];
  /** What HyP-Adpt generates from a prompt. */
  weights(a: { at: ModelPlace; which: Which; prompt: Prompt }): GeneratedLook;
  /** A step as a table; `volumes`: it trains on slabs; `time` runs it once on inputs of zeros. */
  explain(a: {
    plan: (typeof PLANS)[number];
    which: Which;
    config: RunConfig;
    volumes: boolean;
    time: boolean;
  }): PlanTable;
  /** Forgets embeddings kept on disk; those of open images stay in memory. */
  forgetEmbeddings(a: Record<never, never>): null;
  /** What is known of the device, memory and kernels; works without a device, too. */
  diagnostics(a: { config: RunConfig; volumes: boolean }): EngineDiagnostics;
}
