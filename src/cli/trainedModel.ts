import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { ADAPTER_FILES, type AdapterInfo, checkAdapterBase } from '../data/adapterFile';
import type { FoundAdapter } from '../data/adapterLayout';
import { loadAdapter, needsRelease } from '../data/adapterLoad';
import { openAdapter, openAdapterFolder } from '../data/adapterOpen';
import { CheckpointError } from '../data/errors';
import { RUN_FILES } from '../data/experiment/runFiles';
import { asRelease } from '../data/releaseBase';
import { buildSam, type Sam } from '../models/sam/sam';
import { makeParams } from '../nn/params';
import { loadParams } from '../nn/paramsIo';
import { merge } from '../train/experiment/merge';
import type { Json } from '../train/experiment/overrides';
import { type BaseFile, openBase } from './baseFile';
import { readJson } from './experimentFlags';
import { diskFolder, openFile } from './files';

/** A base with what was trained on it, ready for upload. */
export interface TrainedModel {
  readonly sam: Sam;
  readonly base: BaseFile;
  /** What the adapter's file says; null for a bare base. */
  readonly info: AdapterInfo | null;
  /** Of the adapter, or of the base. */
  readonly name: string;
  /** Config of the run that it comes from; null where it comes from no run folder. */
  readonly config: Json | null;
  readonly notes: readonly string[];
}

/** What to open. */
export interface ModelChoice {
  /** Base by name or file; by default the one that the run or the adapter names. */
  readonly base?: string;
  /** Adapter file, adapter folder or run folder; none: the bare base. */
  readonly adapter?: string;
}

/** Opens base and adapter; `CheckpointError` where they do not belong together. Nothing but headers is read. */
export async function openTrained({ base, adapter }: ModelChoice): Promise<TrainedModel> {
  const config = adapter ? await runConfig(adapter) : null;
  const found = adapter ? await findAdapter(adapter) : null;
  const named = typeof config === 'object' && config !== null && 'base' in config ? String(config.base) : undefined;
  const file = await openBase(base ?? named ?? found?.info.base.name ?? 'sam-nano');
  const params = makeParams();
  const release = found !== null && needsRelease(found.info);
  const built = release ? asRelease(file.config, file.source, found.info.adapters) : file;
  const sam = buildSam({ params }, built.config);
  loadParams(params, built.source);
  const name = adapter ? basename(adapter) : file.config.name;
  if (!found) return { sam, base: file, info: null, name, config, notes: [] };
  checkAdapterBase(found.info, { name: file.config.name, fingerprint: file.fingerprint }, name);
  loadAdapter(sam, found, { name });
  return { sam, base: file, info: found.info, name, config, notes: found.notes };
}

/** The adapter at a path; null for the folder of a run that trained nothing. */
async function findAdapter(path: string): Promise<FoundAdapter | null> {
  const at = await stat(path).catch(() => null);
  if (!at) throw new CheckpointError(`${path}: there is no such file or folder; give an adapter or a run folder`);
  if (!at.isDirectory()) return openAdapter(await openFile(path), basename(path));
  const trained = [RUN_FILES.best, RUN_FILES.last, ADAPTER_FILES.weights].some((name) => existsSync(join(path, name)));
  if (existsSync(join(path, RUN_FILES.record)) && !trained) return null;
  return openAdapterFolder(await diskFolder(path));
}

/**
 * The config in a run folder's run.json; null where there is none. A run of the page that trained on images of one's own brings them in
 * its folder.
 */
async function runConfig(path: string): Promise<Json | null> {
  const record = join(path, RUN_FILES.record);
  if (!existsSync(record)) return null;
  const saved = await readJson(record);
  if (typeof saved !== 'object' || saved === null || !('config' in saved)) return null;
  const own = join(path, 'data');
  return existsSync(own) ? merge(saved.config, { data: { source: own } }) : saved.config;
}
