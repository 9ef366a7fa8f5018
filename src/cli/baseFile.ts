import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { openCheckpoint } from '../data/checkpoint';
import { CheckpointError } from '../data/errors';
import { matchKeys, tensorSource, unwrapKeys } from '../data/keyMap';
import { namingOf, renamesBetween } from '../data/keyNames';
import { fitSam, samShapes } from '../data/samFit';
import type { TensorFile } from '../data/tensorFile';
import { SAM_ROWS, type SamConfig, type SamName, type SamRow, samConfig } from '../models/sam/config';
import { nearNames } from '../nn/near';
import type { TensorSource } from '../nn/paramsIo';
import { projectRoot } from './chromium.mjs';
import { hashFile, openFile } from './files';

/** A base model on disk: what it is and where its weights come from. Nothing but the header has been read. */
export interface BaseFile {
  readonly config: SamConfig;
  readonly path: string;
  /** SHA-256 of the file. */
  readonly fingerprint: string;
  readonly source: TensorSource;
}

/**
 * Opens a base by name (weights/NAME.safetensors) or path. The configuration is what the file states, else the row of the SAM family that
 * its names and shapes fit, under SAM's names or the published Med-SA's. Strict: `CheckpointError` lists missing, left-over and mis-shaped keys.
 */
export async function openBase(which: string): Promise<BaseFile> {
  const path = basePath(which);
  const name = basename(path);
  const file = await openCheckpoint(await openFile(path), name);
  const release = namingOf(unwrapKeys(file).entries.keys()) === 'release';
  const config = statedConfig(file, name) ?? fitSam(file, release);
  const rename = release ? (renamesBetween('release', 'sam') ?? []) : [];
  const { entries } = matchKeys(samShapes(config), file, { name: `${name} as ${config.name}`, rename });
  return { config, path, fingerprint: await hashFile(path), source: tensorSource(entries) };
}

function basePath(which: string): string {
  const packed = join(projectRoot, 'weights', `${which}.safetensors`);
  if (existsSync(packed)) return packed;
  if (existsSync(which)) return which;
  if (Object.hasOwn(SAM_ROWS, which)) {
    throw new CheckpointError(
      `--base ${which}: weights/${which}.safetensors is not there; give a checkpoint file, or make it with npm run pretrain`,
    );
  }
  const [near] = nearNames(which, Object.keys(SAM_ROWS), 1);
  throw new CheckpointError(
    `--base ${which}: there is no such file and no such name in weights/${near ? `; did you mean ${near}?` : ''}`,
  );
}

/** Bases made here say what they are. */
function statedConfig(file: TensorFile, name: string): SamConfig | null {
  if (file.kind !== 'safetensors') return null;
  const meta = file.meta as Readonly<Record<string, string | undefined>>;
  if (meta.base === undefined) return null;
  if (!Object.hasOwn(SAM_ROWS, meta.base)) {
    throw new CheckpointError(
      `${name}: it states the base '${meta.base}', which is unknown; there are ${Object.keys(SAM_ROWS).join(', ')}`,
    );
  }
  const row: SamRow = SAM_ROWS[meta.base as SamName];
  const size = (key: 'imgSize' | 'patchSize') => {
    const n = Number(meta[key] ?? row[key]);
    if (Number.isInteger(n) && n >= 1 && n <= 4096) return n;
    throw new CheckpointError(
      `${name}: it states ${key} ${meta[key]}, which is no size; the file is damaged, get it again`,
    );
  };
  return samConfig(meta.base as SamName, { imgSize: size('imgSize'), patchSize: size('patchSize') });
}
