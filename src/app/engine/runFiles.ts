/** The files of a run, named as the command line names them, so that its tools read what the page has trained. */
import { ADAPTER_FILES, type AdapterInfo, writeAdapter } from '../../data/adapterFile';
import { type Folder, fileFolder } from '../../data/dataset';
import type { MetricLine } from '../../data/experiment/metricLine';
import { type RunState, readRunState, writeRunState } from '../../data/runState';
import { openSafetensors, type TensorToWrite, writeSafetensors } from '../../data/safetensors';
import { parseRun, type RunInput } from '../configs';
import type { Runs } from '../document/runs';
import type { RunInfo } from '../runProtocol';
import type { Drawer } from './drawer';

const RECORD = 'run.json';
const STATE = 'state.safetensors';
const METRICS = 'metrics.jsonl';
/** Masks of the held-out objects, before and after. */
const MASKS = 'masks.safetensors';
/** The adapter that a run began with, where it began with one. */
const START = 'start.safetensors';
const DATA = 'data/';

/** Masks of all held-out objects. */
export type MaskList = readonly Runs[] | null;

/** The files of one run. */
export interface RunFiles {
  readonly drawer: Drawer;
  saveInfo(info: RunInfo): Promise<void>;
  /** Null where there is no run, or its record is damaged. */
  readInfo(): Promise<RunInfo | null>;
  saveState(state: RunState): Promise<void>;
  readState(): Promise<RunState | null>;
  saveMetrics(lines: readonly MetricLine[]): Promise<void>;
  readMetrics(): Promise<MetricLine[]>;
  saveMasks(before: MaskList, after: MaskList): Promise<void>;
  readMasks(): Promise<{ readonly before: MaskList; readonly after: MaskList }>;
  saveAdapter(tensors: readonly TensorToWrite[], info: AdapterInfo): Promise<void>;
  readAdapter(): Promise<Blob | null>;
  saveStart(adapter: Blob): Promise<void>;
  readStart(): Promise<Blob | null>;
  /** Keeps the images and labels that it trains on. */
  saveData(files: ReadonlyMap<string, Blob>): Promise<void>;
  /** Those; null where it trains on what is made in code. */
  data(): Promise<Folder | null>;
}

/** The files of the run in `drawer`. */
export function runFiles(drawer: Drawer): RunFiles {
  return {
    drawer,
    saveInfo: (info) => drawer.write(RECORD, `${JSON.stringify(info, null, 2)}\n`),
    readInfo: async () => infoIn(await drawer.read(RECORD)),
    saveState: (state) => drawer.write(STATE, writeRunState(state)),
    async readState() {
      const blob = await drawer.read(STATE);
      return blob && readRunState(blob, STATE);
    },
    saveMetrics: (lines) => drawer.write(METRICS, lines.map((line) => `${JSON.stringify(line)}\n`).join('')),
    readMetrics: async () => linesIn(await drawer.read(METRICS)),
    saveMasks: (before, after) => drawer.write(MASKS, writeSafetensors(maskTensors({ before, after }))),
    readMasks: async () => masksIn(await drawer.read(MASKS)),
    async saveAdapter(tensors, info) {
      for (const [name, blob] of writeAdapter(tensors, info)) await drawer.write(name, blob);
    },
    readAdapter: () => drawer.read(ADAPTER_FILES.weights),
    saveStart: (adapter) => drawer.write(START, adapter),
    readStart: () => drawer.read(START),
    async saveData(files) {
      for (const [path, blob] of files) await drawer.write(DATA + path, blob);
    },
    async data() {
      const paths = (await drawer.list()).filter((path) => path.startsWith(DATA));
      if (!paths.length) return null;
      const files = new Map<string, Blob>();
      for (const path of paths) {
        const blob = await drawer.read(path);
        if (blob) files.set(path.slice(DATA.length), blob);
      }
      return fileFolder('the labels of this run', files);
    },
  };
}

async function infoIn(blob: Blob | null): Promise<RunInfo | null> {
  try {
    const raw = JSON.parse((await blob?.text()) ?? 'null') as RunInfo | null;
    if (!raw || typeof raw.id !== 'string' || typeof raw.phase !== 'string' || !Array.isArray(raw.objects)) return null;
    return { ...raw, config: parseRun(raw.config as unknown as RunInput) };
  } catch {
    return null;
  }
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
