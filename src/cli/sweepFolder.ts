import { existsSync } from 'node:fs';
import { readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DatasetError } from '../data/errors';
import { showValue } from '../train/experiment/configError';
import { differences } from '../train/experiment/merge';
import type { SweepRun } from '../train/experiment/sweep';
import { hashParts, writeWhole } from './files';

/** How a run of a sweep stands: not begun, begun with a state to go on from, or done. */
export type RunState = 'new' | 'begun' | 'done';

/** A sweep on disk: sweep.json, a run folder for each experiment, and the tables. */
export interface SweepFolder {
  readonly path: string;
  /** Folder of a run. */
  runPath(run: SweepRun): string;
  /**
   * Looks at what is there. A run that ended before it could be resumed is cleared away; one that was finished with another config (that of
   * another version, say) is put aside under a name of its own.
   */
  state(run: SweepRun): Promise<RunState>;
  /** Marks a finished run as that of this config. */
  finish(run: SweepRun): Promise<void>;
  /** summary.json of a finished run. */
  summary(run: SweepRun): Promise<unknown>;
  save(name: string, data: string | Uint8Array): Promise<void>;
}

/** Short SHA-256 of what decides a run's result. */
export const runHash = (run: SweepRun): string => hashParts([run.identity]).slice(0, 16);

/**
 * Opens (and makes) the folder of a sweep. `DatasetError` when it belongs to another sweep, with what differs, or holds something else.
 * `name` is the file in which `sweep` (plain data) is recorded.
 */
export async function openSweepFolder(path: string, sweep: object, name = 'sweep.json'): Promise<SweepFolder> {
  const record = join(path, name);
  const saved = await readOrNull(record);
  if (saved === null) {
    if (existsSync(join(path, 'run.json')))
      throw new DatasetError(`--out ${path}: it holds a single run, not a sweep; give another folder`);
    await writeWhole(record, `${JSON.stringify(sweep, null, 2)}\n`);
  } else {
    const differ = differences(saved, JSON.parse(JSON.stringify(sweep)));
    if (differ.length) {
      const list = differ.map((d) => `${d.path} was ${showValue(d.a)}, now ${showValue(d.b)}`);
      throw new DatasetError(
        `--out ${path}: it holds another sweep: ${list.join('; ')}; go on with the config it was begun with, or give another folder`,
      );
    }
  }
  const runPath = (run: SweepRun) => join(path, 'runs', run.key);
  return {
    path,
    runPath,
    async state(run) {
      const at = runPath(run);
      const done = (await readOrNull(join(at, 'done.json'))) as { hash?: string } | null;
      if (done?.hash === runHash(run) && existsSync(join(at, 'summary.json'))) return 'done';
      if (existsSync(join(at, 'state.safetensors'))) return 'begun';
      if (done?.hash) await putAside(at, done.hash);
      else await rm(at, { recursive: true, force: true });
      return 'new';
    },
    finish: (run) => writeWhole(join(runPath(run), 'done.json'), `${JSON.stringify({ hash: runHash(run) })}\n`),
    summary: (run) => readOrNull(join(runPath(run), 'summary.json')),
    save: (name, data) => writeWhole(join(path, name), data),
  };
}

/** Renames a run's folder to KEY.HASH; what is there already is of the same config and goes. */
async function putAside(at: string, hash: string): Promise<void> {
  const aside = `${at}.${String(hash).replace(/\W/g, '')}`;
  await rm(aside, { recursive: true, force: true });
  await rename(at, aside);
}

async function readOrNull(path: string): Promise<unknown> {
  const text = await readFile(path, 'utf8').catch(() => null);
  if (text === null) return null;
  try {
    return JSON.parse(text);
  } catch {
    throw new DatasetError(`${path}: it is no JSON; the file is damaged — take the folder away, or give another`);
  }
}
