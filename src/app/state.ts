/** What the page knows: one immutable value, and what can be read from it. No DOM, no worker. */
import { parseRun, parseView, type RunConfig, trainsVolumes, type ViewConfig } from './configs';
import { type CaseInfo, placeKey } from './document/caseInfo';
import { isPrompt, NO_PROMPT, type Prompt, promptAt } from './document/document';
import { type CaseLook, placeOf } from './document/look';
import type { Timeline } from './document/timeline';
import type { VolumeLook } from './document/volumeLook';
import { type EverythingState, parseEverything } from './everythingConfig';
import { type InsideState, initialInside } from './inside/insideState';
import type { Notice } from './notices';
import type { Offline } from './offline/keepOffline';
import type { EngineInfo, ModelPlace, PredictionInfo, Which } from './protocol';
import { appliedOf } from './runAdapters';
import type { AdapterPlan, CurvePoint, Estimate, FolderFiles, LabelledCase, RunInfo } from './runProtocol';

/** A case that is open: what it is, what was made of it, how it is looked at. */
export interface OpenCase {
  readonly info: CaseInfo;
  readonly timeline: Timeline;
  readonly look: CaseLook;
}

/** Something long that is going on. `total` 0: nobody knows how long. */
export interface Work {
  readonly what: string;
  readonly done: number;
  readonly total: number;
  /** Seconds; null while there is nothing to judge by. */
  readonly left: number | null;
}

/** A folder of images with masks that was chosen to train on. */
export interface ChosenFolder {
  readonly name: string;
  readonly files: FolderFiles;
  /** It would be trained on as volumes. */
  readonly volumes: boolean;
}

/** Everything. */
export interface AppState {
  readonly engine: 'starting' | 'ready' | 'failed' | 'lost';
  readonly info: EngineInfo | null;
  /** In the order in which they were opened. */
  readonly cases: ReadonlyMap<string, OpenCase>;
  readonly shown: string | null;
  /** Files or a sample are being opened. */
  readonly opening: boolean;
  /** Slices whose embedding by the base model is there, by `pictureKey`. */
  readonly embedded: ReadonlySet<string>;
  /** Id of the tool that the pointer works with. */
  readonly tool: string;
  /** What a plain click means. */
  readonly pen: 0 | 1;
  /** A drag moves the view instead of using the tool (a key is held). */
  readonly panning: boolean;
  /** Diameter of brush and eraser in pixels of the slice. */
  readonly brush: number;
  /** Colours are hidden while true (a key is held). */
  readonly hidden: boolean;
  /** `all`, or the id of the one view that is shown. */
  readonly layout: string;
  /** How volume views show cases, by case; those without an entry as at first. */
  readonly volumes: ReadonlyMap<string, VolumeLook>;
  /** Id of the tab on the right. */
  readonly tab: string;
  readonly which: Which;
  /** By `predictionKey`. */
  readonly predictions: ReadonlyMap<string, PredictionInfo>;
  readonly decoding: boolean;
  /** What the last click took, from call to answer, and how much of it the GPU had the work. */
  readonly lastDecode: { readonly ms: number; readonly gpuMs: number } | null;
  /** What a click under the pointer would give, by the key of its proposal, and the slice (`pictureKey`) it is of. */
  readonly hover: { readonly key: string; readonly place: string } | null;
  /** Previews take too long on this device; milliseconds of one. */
  readonly slowHover: number | null;
  readonly config: RunConfig;
  readonly view: ViewConfig;
  /** The automatic mask generator: its options, whether it is at work, what came of it last. */
  readonly everything: EverythingState;
  /** Of the configuration in the panel; null while it is being counted or makes no sense. */
  readonly plan: AdapterPlan | null;
  /** Memory and time of it; null while they are being estimated. */
  readonly estimate: Estimate | null;
  /** Where `data.source` is `folder`. */
  readonly folder: ChosenFolder | null;
  /** All that are kept, the latest first. */
  readonly runs: readonly RunInfo[];
  /** The one that is trained, or whose adapter is used. */
  readonly run: RunInfo | null;
  readonly curve: readonly CurvePoint[];
  /** A call to train is under way. */
  readonly running: boolean;
  readonly work: Work | null;
  /** Gives up what `work` tells of; null where that cannot be stopped. */
  readonly stopWork: (() => void) | null;
  readonly notice: Notice | null;
  readonly inside: InsideState;
  readonly offline: Offline;
}

/** The state at the start. */
export function initialState(): AppState {
  return {
    ...{ engine: 'starting', info: null, cases: new Map(), shown: null, opening: false },
    ...{ embedded: new Set<string>(), tool: 'click', pen: 1, brush: 20, hidden: false, layout: 'all', tab: 'segment' },
    ...{ which: 'base', predictions: new Map(), decoding: false },
    ...{ lastDecode: null, hover: null, slowHover: null, panning: false },
    ...{ config: parseRun(), view: parseView(), plan: null, estimate: null, folder: null },
    ...{ runs: [], run: null, curve: [], running: false, volumes: new Map() },
    everything: { options: parseEverything(), busy: false, found: null },
    ...{ work: null, stopWork: null, notice: null, inside: initialInside(), offline: 'none' },
  };
}

/** The case on the screen. */
export function shownCase(s: AppState): OpenCase | null {
  return (s.shown !== null && s.cases.get(s.shown)) || null;
}

/** The slice that is worked on, as the model gets it. */
export function placeNow(s: AppState): ModelPlace | null {
  const open = shownCase(s);
  return open && { ...placeOf(open.info, open.look), window: open.look.modelWindow };
}

/** Names a slice as the model gets it. */
export function pictureKey({ case: id, plane, slice, window }: ModelPlace): string {
  return JSON.stringify([id, plane, slice, window]);
}

/** The active object's prompt on the slice that is worked on. */
export function promptOf(s: AppState): Prompt {
  const [open, at] = [shownCase(s), placeNow(s)];
  return open && at ? promptAt(open.timeline.now, placeKey(at)) : NO_PROMPT;
}

/** A change of one case. */
export function withCase(s: AppState, id: string, change: Partial<OpenCase>): Partial<AppState> {
  const open = s.cases.get(id);
  return open ? { cases: new Map(s.cases).set(id, { ...open, ...change }) } : {};
}

/** Identifies a prediction: slice, model, state of its parameters, prompt, number of masks. */
export function predictionKey(s: AppState, which: Which = s.which): string | null {
  const [at, prompt] = [placeNow(s), promptOf(s)];
  if (!at || !isPrompt(prompt)) return null;
  const version = which === 'adapted' && s.run ? `${s.run.id} ${s.run.step} ${appliedOf(s.run)}` : '';
  const points = prompt.points.map((p) => [p.x, p.y, p.label, ...(s.view.refine ? [p.onto ?? null] : [])]);
  const asked = [s.view.masks, s.view.refine, points, prompt.box];
  return JSON.stringify([at.case, which, version, at.plane, at.slice, at.window, ...asked]);
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

/** The slice that is worked on has its embedding. */
export function isEmbedded(s: AppState): boolean {
  const at = placeNow(s);
  return at !== null && s.embedded.has(pictureKey(at));
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
  /** Puts the run aside. */
  readonly reset: boolean;
  readonly download: boolean;
}

/** Buttons that make sense now. */
export function controlsNow(s: AppState): RunControls {
  const phase = s.run?.phase;
  const ready = s.engine === 'ready';
  const held = ready && !s.running && (phase === 'paused' || phase === 'lost') && !s.run?.elsewhere;
  const active = s.running && (phase === 'training' || phase === 'measuring' || phase === 'preparing');
  return {
    start: ready && !s.running && s.plan !== null && s.plan.trained > 0 && hasData(s),
    pause: s.running && phase === 'training',
    resume: held,
    stop: active || held,
    reset: !s.running && s.run !== null,
    download: ready && !s.running && hasAdapter(s),
  };
}

/** The next run would train on slabs of volumes. */
export const onVolumes = (s: Pick<AppState, 'config' | 'folder'>): boolean => trainsVolumes(s.config, s.folder);

/** There is something to train on. */
export function hasData(s: AppState): boolean {
  const { source } = s.config.experiment.data;
  if (source === 'folder') return s.folder !== null;
  return source !== 'labels' || labelledCases(s).length > 0;
}

/** The accepted masks of all open cases, for training. */
export function labelledCases(s: Pick<AppState, 'cases'>): LabelledCase[] {
  return [...s.cases.values()].flatMap(({ info, timeline, look }) => {
    const objects = timeline.now.objects
      .filter((o) => o.masks.size)
      .map((o) => ({ name: o.name, masks: [...o.masks] }));
    return objects.length ? [{ case: info.id, window: look.modelWindow, objects }] : [];
  });
}
