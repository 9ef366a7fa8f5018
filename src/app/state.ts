/** What the page knows: one immutable value, and what can be read from it. No DOM, no worker. */
import { parseRun, parseView, type RunConfig, type ViewConfig } from './configs';
import { type History, startHistory } from './history';
import type { Notice } from './notices';
import type { AdapterPlan, EngineInfo, ImageInfo, PredictionInfo, PromptPoint, RunInfo, Which } from './protocol';

/** Points in the order in which they were set. */
export type Prompt = readonly PromptPoint[];

/** The image on the canvas. */
export interface ShownImage extends Omit<ImageInfo, 'pixels'> {
  readonly bitmap: ImageBitmap;
}

/** Something long that is going on. `total` 0: nobody knows how long. */
export interface Work {
  readonly what: string;
  readonly done: number;
  readonly total: number;
  /** Seconds; null while there is nothing to judge by. */
  readonly left: number | null;
}

/** Loss of one step. */
export interface CurvePoint {
  readonly step: number;
  readonly loss: number;
}

/** Everything. */
export interface AppState {
  readonly engine: 'starting' | 'ready' | 'failed' | 'lost';
  readonly info: EngineInfo | null;
  readonly image: ShownImage | null;
  /** An image is being decoded or drawn. */
  readonly opening: boolean;
  /** Images whose embedding by the base model is there. */
  readonly embedded: ReadonlySet<string>;
  readonly prompts: ReadonlyMap<string, History<Prompt>>;
  /** What a plain click means. */
  readonly pen: 0 | 1;
  readonly which: Which;
  /** By `predictionKey`. */
  readonly predictions: ReadonlyMap<string, PredictionInfo>;
  /** Which of three candidates is looked at; null: the one with the best score. */
  readonly candidate: number | null;
  readonly decoding: boolean;
  readonly config: RunConfig;
  readonly view: ViewConfig;
  /** Of the configuration in the panel; null while it is being counted or makes no sense. */
  readonly plan: AdapterPlan | null;
  readonly run: RunInfo | null;
  readonly curve: readonly CurvePoint[];
  /** A call to train is under way. */
  readonly running: boolean;
  readonly work: Work | null;
  readonly notice: Notice | null;
}

/** The state at the start. */
export function initialState(): AppState {
  return {
    ...{ engine: 'starting', info: null, image: null, opening: false, embedded: new Set<string>() },
    ...{ prompts: new Map(), pen: 1, which: 'base', predictions: new Map(), candidate: null, decoding: false },
    ...{ config: parseRun(), view: parseView(), plan: null, run: null, curve: [], running: false },
    ...{ work: null, notice: null },
  };
}

/** History of the prompt on the image shown. */
export function historyOf(s: AppState): History<Prompt> {
  return (s.image && s.prompts.get(s.image.id)) ?? startHistory<Prompt>([]);
}

/** The prompt on the image shown. */
export function promptOf(s: AppState): Prompt {
  return historyOf(s).now;
}

/** Prompts with a new history for the image shown. */
export function withHistory(s: AppState, history: History<Prompt>): Partial<AppState> {
  if (!s.image) return {};
  return { prompts: new Map(s.prompts).set(s.image.id, history), candidate: null };
}

/** Identifies a prediction: image, model, state of its parameters, prompt, number of masks. */
export function predictionKey(s: AppState, which: Which = s.which): string | null {
  const prompt = promptOf(s);
  if (!s.image || !prompt.length) return null;
  const version = which === 'adapted' ? `${s.run?.step ?? 0}` : '';
  return JSON.stringify([s.image.id, which, version, s.view.masks, prompt.map((p) => [p.x, p.y, p.label])]);
}

/** The prediction for the present prompt, if it is there. */
export function predictionOf(s: AppState, which: Which = s.which): PredictionInfo | null {
  const key = predictionKey(s, which);
  return (key && s.predictions.get(key)) || null;
}

/** Predictions kept. */
const MAX_PREDICTIONS = 24;

/** Adds a prediction, letting the oldest go. */
export function withPrediction(s: AppState, key: string, p: PredictionInfo): Partial<AppState> {
  const all = new Map(s.predictions);
  all.delete(key);
  all.set(key, p);
  for (const oldest of all.keys()) {
    if (all.size <= MAX_PREDICTIONS) break;
    all.delete(oldest);
  }
  return { predictions: all };
}

/** Without predictions of an adapter: they say nothing about the next one. */
export function withoutAdapted(s: AppState): Partial<AppState> {
  const base = [...s.predictions].filter(([key]) => (JSON.parse(key) as string[])[1] === 'base');
  return { predictions: new Map(base) };
}

/** The mask looked at: the chosen candidate, else the one with the best score. */
export function candidateOf(p: PredictionInfo, chosen: number | null): number {
  if (chosen !== null && chosen < p.n) return chosen;
  return p.iou.indexOf(Math.max(...p.iou));
}

/** There is an adapted model that can be asked for masks. */
export function hasAdapter(s: AppState): boolean {
  return s.run !== null && s.run.phase !== 'preparing' && s.run.phase !== 'lost' && s.run.step > 0;
}

/** What the buttons of a run offer. */
export interface RunControls {
  readonly start: boolean;
  readonly pause: boolean;
  readonly resume: boolean;
  readonly stop: boolean;
  readonly download: boolean;
}

/** Buttons that make sense now. */
export function controlsNow(s: AppState): RunControls {
  const phase = s.run?.phase;
  const ready = s.engine === 'ready';
  const held = ready && !s.running && (phase === 'paused' || phase === 'lost');
  const active = s.running && (phase === 'training' || phase === 'measuring' || phase === 'preparing');
  return {
    start: ready && !s.running && s.plan !== null,
    pause: s.running && phase === 'training',
    resume: held,
    stop: active || held,
    download: ready && !s.running && hasAdapter(s),
  };
}
