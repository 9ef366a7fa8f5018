// A base model in a checkpoint of any kind: which SAM it is, and where its weights come from.
import { SAM_ROWS, type SamConfig, type SamName, type SamRow, samConfig } from '../models/sam/config';
import type { TensorSource } from '../nn/paramsIo';
import { openCheckpoint } from './checkpoint';
import { CheckpointError } from './errors';
import { matchKeys, tensorSource, unwrapKeys } from './keyMap';
import { namingOf, renamesBetween } from './keyNames';
import { fitSam, samShapes } from './samFit';
import type { TensorFile } from './tensorFile';

/** A base before anything is built. Nothing but the header has been read. */
export interface OpenedBase {
  readonly config: SamConfig;
  readonly source: TensorSource;
}

/**
 * Opens a base. The configuration is what the file states, else the row of the SAM family that its names and shapes fit,
 * under SAM's names or the published Med-SA's. Strict: `CheckpointError` lists missing, left-over and mis-shaped keys.
 */
export async function openBaseFile(blob: Blob, name: string): Promise<OpenedBase> {
  const file = await openCheckpoint(blob, name);
  const release = namingOf(unwrapKeys(file).entries.keys()) === 'release';
  const config = statedConfig(file, name) ?? fitSam(file, release);
  const rename = release ? (renamesBetween('release', 'sam') ?? []) : [];
  const { entries } = matchKeys(samShapes(config), file, { name: `${name} as ${config.name}`, rename });
  return { config, source: tensorSource(entries) };
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
