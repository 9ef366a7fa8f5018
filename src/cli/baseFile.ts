import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { openBaseFile } from '../data/baseOpen';
import { CheckpointError } from '../data/errors';
import { SAM_ROWS, type SamConfig } from '../models/sam/config';
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
  const opened = await openBaseFile(await openFile(path), basename(path));
  return { ...opened, path, fingerprint: await hashFile(path) };
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
