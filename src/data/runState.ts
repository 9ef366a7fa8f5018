// A training run as one safetensors file: everything it continues from, bit for bit.
import type { TrainState } from '../train/trainState';
import { blobName } from './bytes';
import { CheckpointError, wordsOf } from './errors';
import { openSafetensors, writeSafetensors } from './safetensors';
import { readF32, type TensorFile } from './tensorFile';

/** What `format` says in every such file. */
export const runFormat = 'medsa-lab-run';
const version = '1';
const remedy = 'the file is damaged; resume from the other checkpoint (last or best)';

/** A saved run: the trainer's state and whatever the run itself keeps (configuration, order, best score) as plain JSON. */
export interface RunState {
  readonly state: TrainState;
  readonly extra: Readonly<Record<string, unknown>>;
  /** The flat vector of the best step so far, where a run keeps it. */
  readonly best?: Float32Array<ArrayBuffer>;
}

/** Its name in the file: no vector of a trainer is called so. */
const BEST = 'best.p';

/** The run as a file. `extra` must survive JSON (no NaN, no typed arrays); `CheckpointError` where it would not. */
export function writeRunState({ state, extra, best }: RunState): Blob {
  const json = JSON.stringify(extra, (key, value) => {
    if (typeof value === 'number' && !Number.isFinite(value))
      throw new CheckpointError(`writing the run: ${key} is ${value}, which a file cannot hold — leave it out`);
    return value;
  });
  return writeSafetensors(
    Object.entries({ p: state.p, ...state.vectors, ...(best ? { [BEST]: best } : {}) }).map(([name, data]) => ({
      name,
      dtype: 'F32',
      shape: [data.length],
      data,
    })),
    { format: runFormat, version, step: String(state.step), layout: state.layout, extra: json },
  );
}

async function readVector(file: TensorFile, key: string, name: string): Promise<Float32Array<ArrayBuffer>> {
  const entry = file.entries.get(key);
  if (entry?.dtype !== 'F32' || entry.shape.length !== 1)
    throw new CheckpointError(`${name}: its vector ${key} is missing or no list of numbers — ${remedy}`);
  return readF32(entry);
}

/** Reads a run back; `CheckpointError` where the file is none, is truncated or lacks a part. */
export async function readRunState(blob: Blob, name = blobName(blob, 'the saved run')): Promise<RunState> {
  const file = await openSafetensors(blob, name);
  const meta = file.meta as Record<string, string | undefined>;
  if (meta.format !== runFormat)
    throw new CheckpointError(
      `${name}: a safetensors file, but no saved run — choose the file that training wrote for resuming`,
    );
  if (meta.version !== version)
    throw new CheckpointError(
      `${name}: a saved run of version ${meta.version}, known is ${version} — resume it with the release that wrote it`,
    );
  const step = Number(meta.step);
  if (!/^\d+$/.test(meta.step ?? '') || !Number.isSafeInteger(step) || meta.layout === undefined) {
    throw new CheckpointError(`${name}: its step or layout is missing — ${remedy}`);
  }
  let extra: unknown;
  try {
    extra = JSON.parse(meta.extra ?? '');
  } catch (error) {
    throw new CheckpointError(`${name}: what the run keeps is no JSON (${wordsOf(error)}) — ${remedy}`, {
      cause: error,
    });
  }
  if (typeof extra !== 'object' || extra === null)
    throw new CheckpointError(`${name}: what the run keeps is no JSON object — ${remedy}`);
  const p = await readVector(file, 'p', name);
  const vectors: Record<string, Float32Array<ArrayBuffer>> = {};
  for (const key of file.entries.keys())
    if (key !== 'p' && key !== BEST) vectors[key] = await readVector(file, key, name);
  const best = file.entries.has(BEST) ? { best: await readVector(file, BEST, name) } : {};
  return { state: { step, p, vectors, layout: meta.layout }, extra: extra as Record<string, unknown>, ...best };
}
