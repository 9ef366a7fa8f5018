import { existsSync } from 'node:fs';
import { appendFile, mkdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { AdapterInfo } from '../data/adapterFile';
import { DatasetError } from '../data/errors';
import type { MetricLine } from '../data/experiment/metricLine';
import { adapterFilesOf, type Checkpoint, RUN_FILES } from '../data/experiment/runFiles';
import { type RunState, readRunState, writeRunState } from '../data/runState';
import type { TensorToWrite } from '../data/safetensors';
import { openFile, writeWhole } from './files';

/** The folder that a run writes to. */
export interface RunFolder {
  readonly path: string;
  /** The state to go on from; null for a new run. */
  readonly saved: RunState | null;
  /** Appends to metrics.jsonl; lines of steps that are there already (a run that went back to a checkpoint) are dropped. */
  metric(line: MetricLine): void;
  /** Writes pending metrics. */
  flush(): Promise<void>;
  /** All lines of metrics.jsonl. */
  readMetrics(): Promise<MetricLine[]>;
  saveState(state: RunState): Promise<void>;
  /** Is there a state to resume from? */
  hasState(): boolean;
  /** `last` or `best`: the adapter alone, and beside it its configuration and card. */
  saveAdapter(name: Checkpoint, tensors: readonly TensorToWrite[], info: AdapterInfo): Promise<void>;
  saveRecord(record: Readonly<Record<string, unknown>>): Promise<void>;
  /** summary.json: what it came to, for tables. */
  saveSummary(summary: Readonly<Record<string, unknown>>): Promise<void>;
  saveOverlay(name: string, png: Uint8Array): Promise<void>;
}

/** Where a run goes: `out`, or runs/NAME with a number when that is taken. With `resume` the latest run of the name. */
export function runPath(out: string | null, name: string, resume: boolean): string {
  if (out) return out;
  const numbered = (k: number) => join('runs', k === 1 ? name : `${name}-${k}`);
  let k = 1;
  while (existsSync(numbered(k))) k++;
  return numbered(resume ? Math.max(1, k - 1) : k);
}

/** Opens (and makes) the folder. Throws when there is a run in it already and `resume` was not asked for, or none to resume. */
export async function openRunFolder(path: string, resume: boolean): Promise<RunFolder> {
  const found = await stat(path).catch(() => null);
  if (found && !found.isDirectory())
    throw new DatasetError(`--out ${path}: there is a file of that name; give a folder`);
  const file = join(path, RUN_FILES.state);
  const has = existsSync(file);
  if (resume && !has)
    throw new DatasetError(
      `--resume: ${path} holds no ${RUN_FILES.state}; give the --out of the run to go on with, or leave --resume out`,
    );
  if (!resume && existsSync(join(path, RUN_FILES.record))) {
    throw new DatasetError(`--out ${path}: it holds a run already; go on with it by --resume, or give another folder`);
  }
  await mkdir(path, { recursive: true });
  const saved = resume ? await readRunState(await openFile(file), file) : null;
  const metrics = await openMetrics(join(path, RUN_FILES.metrics), saved?.state.step ?? 0, resume);
  return {
    path,
    saved,
    ...metrics,
    saveState: (state) => writeWhole(file, writeRunState(state)),
    hasState: () => existsSync(file),
    async saveAdapter(name, tensors, info) {
      for (const [file, blob] of adapterFilesOf(name, tensors, info)) await writeWhole(join(path, file), blob);
    },
    saveRecord: (record) => writeWhole(join(path, RUN_FILES.record), `${JSON.stringify(record, null, 2)}\n`),
    saveSummary: (summary) => writeWhole(join(path, RUN_FILES.summary), `${JSON.stringify(summary, null, 2)}\n`),
    saveOverlay: (name, png) => writeWhole(join(path, RUN_FILES.overlays, name), png),
  };
}

/** Lines beyond the saved step are cut off: the run goes through those steps again. */
async function openMetrics(
  path: string,
  step: number,
  resume: boolean,
): Promise<Pick<RunFolder, 'metric' | 'flush' | 'readMetrics'>> {
  const text = resume ? await readFile(path, 'utf8').catch(() => '') : '';
  const kept = text.split('\n').filter((line) => line && stepOf(line) <= step);
  await writeWhole(path, kept.map((line) => `${line}\n`).join(''));
  const seen = new Set(kept.map(keyOf));
  let pending = '';
  const flush = async () => {
    const out = pending;
    pending = '';
    if (out) await appendFile(path, out);
  };
  return {
    metric(line) {
      const json = JSON.stringify(line);
      if (seen.has(keyOf(json))) return;
      seen.add(keyOf(json));
      pending += `${json}\n`;
    },
    flush,
    async readMetrics() {
      await flush();
      const lines = (await readFile(path, 'utf8')).split('\n').filter(Boolean);
      return lines.map((line) => JSON.parse(line) as MetricLine);
    },
  };
}

function parsed(line: string): Partial<MetricLine> {
  try {
    return JSON.parse(line);
  } catch {
    // Half a line: the process ended while writing it.
    return {};
  }
}

const stepOf = (line: string): number => parsed(line).step ?? Number.POSITIVE_INFINITY;
const keyOf = (line: string): string => `${parsed(line).kind} ${parsed(line).step}`;
