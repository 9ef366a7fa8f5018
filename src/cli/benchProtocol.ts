/** What Node and the bench page (test/bench/page.ts) say to each other, and what a finished bench knows. */

/** Engines on the page, in the order of the table. */
export const ENGINES = ['ours', 'jax', 'tfjs', 'ort'] as const;

/** One of them. */
export type EngineName = (typeof ENGINES)[number];

/** A peer whose result differs by more than this share of the largest number is no peer. */
export const TOLERANCE = 2e-3;

/** How an engine took a workload. `error`: largest difference from our result over the largest number of it. */
export type BuildReport =
  | {
      readonly state: 'ready';
      readonly error: number;
      readonly buildMs: number;
      readonly adapter: string;
      /** What had to be done so that the result is right. */
      readonly note?: string;
    }
  | { readonly state: 'unsupported' }
  | { readonly state: 'failed'; readonly why: string };

/** Cost of one step in steady state, by the calls on the engine's GPUDevice. */
export interface CountReport {
  readonly dispatches: number;
  readonly submits: number;
  /** GPU objects made (buffers, textures, bind groups, pipelines, shader modules, query sets). */
  readonly created: number;
  /** Most bytes in buffers at a time, weights and inputs included. */
  readonly peak: number;
  /** The first error that the device reported, if any. */
  readonly why?: string;
}

/** A cell of the table: times and counts, or why there are none. */
export type Cell =
  | ({
      readonly ms: number;
      readonly rounds: readonly number[];
      readonly error: number;
      readonly note?: string;
    } & CountReport)
  | { readonly none: string };

/** A workload's cells by engine. */
export interface BenchRow {
  readonly id: string;
  readonly title: string;
  readonly cells: Partial<Record<EngineName, Cell>>;
}

/** When what happened in a cold start, in ms since navigation began; 0 for what did not happen. */
export interface ColdPhases {
  /** The last byte of the page, and the first line of the page's script. */
  readonly response: number;
  readonly script: number;
  readonly adapter: number;
  readonly device: number;
  readonly firstShader: number;
  readonly lastPipeline: number;
  readonly firstSubmit: number;
  readonly lastSubmit: number;
  readonly done: number;
  /** Shader modules and pipelines that were made, ms spent in making modules, and ms until each pipeline was there. */
  readonly shaders: number;
  readonly pipelines: number;
  readonly shaderCalls: number;
  readonly pipelineMs: readonly number[];
}

/** From page load to the first ViT forward, and what had to be loaded for it. */
export interface ColdStart {
  readonly ms: number;
  /** How it divides; absent in records of before. */
  readonly phases?: ColdPhases;
  readonly scriptGzip: number;
  readonly wasmGzip: number;
}

/** Everything one run of the bench found. */
export interface BenchResult {
  readonly date: string;
  readonly adapter: string;
  readonly browser: string;
  readonly load: string;
  readonly versions: Partial<Record<EngineName, string>>;
  readonly rows: readonly BenchRow[];
  readonly cold: Partial<Record<EngineName, ColdStart>>;
  /** Gzip bytes of our engine with SAM. */
  readonly bundle: number | null;
}
