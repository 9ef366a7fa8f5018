/** The files of a run, named and written as the command line's, so that its tools read what the page has trained. */
import { ADAPTER_FILES, type AdapterInfo } from '../../data/adapterFile';
import { type Folder, fileFolder } from '../../data/dataset';
import type { MetricLine } from '../../data/experiment/metricLine';
import type { ObjectOverlay } from '../../data/experiment/overlayList';
import { adapterFilesOf, type Checkpoint, RUN_FILES } from '../../data/experiment/runFiles';
import { type RunState, readRunState, writeRunState } from '../../data/runState';
import { openSafetensors, type TensorToWrite, writeSafetensors } from '../../data/safetensors';
import type { Runs } from '../document/runs';
import type { RunInfo } from '../runProtocol';
import { infoIn, recordText } from './runPage';
import type { SpareDrawer } from './spareDrawer';

/** Masks of the held-out objects, before and after. */
const MASKS = 'masks.safetensors';
/** The adapter that a run began with, where it began with one. */
const START = 'start.safetensors';
const DATA = 'data/';

/** Masks of all held-out objects. */
export type MaskList = readonly Runs[] | null;

/** What of a run is written together. */
export interface RunParts {
  readonly info?: RunInfo;
  /** run.json beside what the page itself knows; what it said before stays without it. */
  readonly record?: Readonly<Record<string, unknown>>;
  readonly adapters?: readonly (readonly [which: Checkpoint, tensors: readonly TensorToWrite[], info: AdapterInfo])[];
  readonly metrics?: readonly MetricLine[];
  readonly masks?: { readonly before: MaskList; readonly after: MaskList };
  readonly state?: RunState;
  readonly summary?: Readonly<Record<string, unknown>>;
  readonly overlays?: readonly ObjectOverlay[];
}

/** The files of one run. */
export interface RunFiles {
  readonly drawer: SpareDrawer;
  /** Writes these, each as a whole; the record comes last. Throws StorageFull, and then keeps them in memory. */
  save(parts: RunParts): Promise<void>;
  /** Null where there is no run, or its record is damaged. */
  readInfo(): Promise<RunInfo | null>;
  readState(): Promise<RunState | null>;
  readMetrics(): Promise<MetricLine[]>;
  readMasks(): Promise<{ readonly before: MaskList; readonly after: MaskList }>;
  /** The last one where there is no best; null where nothing was trained. */
  readAdapter(which: Checkpoint): Promise<Blob | null>;
  saveStart(adapter: Blob): Promise<void>;
  readStart(): Promise<Blob | null>;
  /** Keeps the images and labels that it trains on. */
  saveData(files: ReadonlyMap<string, Blob>): Promise<void>;
  /** Those, under the name of the data; null where it trains on what is made in code. */
  data(name: string): Promise<Folder | null>;
}

/** The files of the run in `drawer`. */
export function runFiles(drawer: SpareDrawer): RunFiles {
  return {
    drawer,
    save: async (parts) => drawer.writeAll(await textsOf(drawer, parts)),
    readInfo: async () => infoIn(await drawer.read(RUN_FILES.record)),
    async readState() {
      const blob = await drawer.read(RUN_FILES.state);
      return blob && readRunState(blob, RUN_FILES.state);
    },
    readMetrics: async () => linesIn(await drawer.read(RUN_FILES.metrics)),
    readMasks: async () => masksIn(await drawer.read(MASKS)),
    async readAdapter(which) {
      const best = which === 'best' ? await drawer.read(RUN_FILES.best) : null;
      // Earlier releases kept the last one under the name that adapter folders give it.
      return best ?? (await drawer.read(RUN_FILES.last)) ?? drawer.read(ADAPTER_FILES.weights);
    },
    saveStart: (adapter) => drawer.write(START, adapter),
    readStart: () => drawer.read(START),
    saveData: (files) => drawer.writeAll(new Map([...files].map(([path, blob]) => [DATA + path, blob]))),
    async data(name) {
      const paths = (await drawer.list()).filter((path) => path.startsWith(DATA));
      if (!paths.length) return null;
      const files = new Map<string, Blob>();
      for (const path of paths) {
        const blob = await drawer.read(path);
        if (blob) files.set(path.slice(DATA.length), blob);
      }
      return fileFolder(name, files);
    },
  };
}

/** Files by name in the order in which they are safe to be written: a run that ends in between goes on from the state before. */
async function textsOf(drawer: SpareDrawer, p: RunParts): Promise<Map<string, Blob | string>> {
  const out = new Map<string, Blob | string>();
  for (const [which, tensors, info] of p.adapters ?? [])
    for (const [name, blob] of adapterFilesOf(which, tensors, info)) out.set(name, blob);
  if (p.metrics) out.set(RUN_FILES.metrics, p.metrics.map((line) => `${JSON.stringify(line)}\n`).join(''));
  if (p.masks) out.set(MASKS, writeSafetensors(maskTensors({ ...p.masks })));
  if (p.state) out.set(RUN_FILES.state, writeRunState(p.state));
  for (const { about, png } of p.overlays ?? [])
    out.set(`${RUN_FILES.overlays}/${about.file}`, new Blob([png as Uint8Array<ArrayBuffer>]));
  if (p.summary) out.set(RUN_FILES.summary, `${JSON.stringify(p.summary, null, 2)}\n`);
  if (p.info)
    out.set(RUN_FILES.record, await recordText(p.info, p.record ?? null, await drawer.read(RUN_FILES.record)));
  return out;
}

async function linesIn(blob: Blob | null): Promise<MetricLine[]> {
  const text = (await blob?.text()) ?? '';
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as MetricLine);
}

function maskTensors(lists: Readonly<Record<string, MaskList>>): TensorToWrite[] {
  return Object.entries(lists).flatMap(([when, masks]) =>
    (masks ?? []).map((runs, i) => ({
      ...{ name: `${when}.${i}`, dtype: 'I32', shape: [runs.length], data: new Int32Array(runs) },
    })),
  );
}

async function masksIn(blob: Blob | null): Promise<{ before: MaskList; after: MaskList }> {
  if (!blob) return { before: null, after: null };
  const { entries } = await openSafetensors(blob, MASKS);
  const list = async (when: string): Promise<MaskList> => {
    const out: Runs[] = [];
    for (let i = 0; ; i++) {
      const entry = entries.get(`${when}.${i}`);
      if (!entry) return out.length ? out : null;
      out.push(new Uint32Array((await entry.read()).slice().buffer));
    }
  };
  return { before: await list('before'), after: await list('after') };
}
