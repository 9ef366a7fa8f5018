import { mkdir, readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { textHash } from '../gpu/shaders';
import { readTuned, type TunedStore, writeTuned } from '../plan/tunedFile';
import { writeWhole } from './files';

/** Where measurements of kernels are kept: one readable JSON file a device. */
export interface TunedFolder extends TunedStore {
  /** The file of the device with this fingerprint. */
  path(device: string): string;
}

/** The user's folder for caches as the system has it; MEDSA_CACHE overrules it. */
export function cacheFolder(env: Readonly<Record<string, string | undefined>> = process.env): string {
  if (env.MEDSA_CACHE) return env.MEDSA_CACHE;
  if (process.platform === 'win32' && env.LOCALAPPDATA) return join(env.LOCALAPPDATA, 'medsa-lab');
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'medsa-lab');
  return join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'medsa-lab');
}

/** Measurements in `folder`. A folder that cannot be written is said on stderr once, and nothing is lost but time. */
export function tunedFolder(
  folder = cacheFolder(),
  log: { write(text: string): unknown } = process.stderr,
): TunedFolder {
  const path = (device: string) => join(folder, `tuned-${textHash([device])}.json`);
  return {
    path,
    async load(device) {
      const text = await readFile(path(device), 'utf8').catch(() => null);
      const tuned = text === null ? null : readTuned(text);
      return tuned?.device === device ? tuned : null;
    },
    async save(tuned) {
      try {
        await mkdir(folder, { recursive: true });
        await writeWhole(path(tuned.device), writeTuned(tuned));
      } catch (e) {
        log.write(`kernels: measurements were not kept (${e instanceof Error ? e.message : String(e)})\n`);
      }
    },
  };
}
