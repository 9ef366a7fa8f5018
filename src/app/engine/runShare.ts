/** Runs and adapters on their way out and in. */
import { ADAPTER_FILES, adapterCard, adapterConfigText, checkAdapterBase } from '../../data/adapterFile';
import type { FoundAdapter } from '../../data/adapterLayout';
import { loadAdapter, needsRelease } from '../../data/adapterLoad';
import { ADAPTER_WEIGHTS, openAdapter, openAdapterFolder } from '../../data/adapterOpen';
import { fileFolder } from '../../data/dataset';
import { type Checkpoint, RUN_FILES } from '../../data/experiment/runFiles';
import { asRelease } from '../../data/releaseBase';
import { buildSam } from '../../models/sam/sam';
import { makeParams } from '../../nn/params';
import { parseRun } from '../configs';
import { hasOtherBest } from '../runAdapters';
import type { RunInfo } from '../runProtocol';
import { keptName, zipBlob } from '../zip';
import type { Base } from './base';
import { buildRun, planOf } from './model';
import type { Run } from './run';
import type { RunFiles } from './runFiles';
import { unzip } from './unzip';

/** A file to download. */
export interface Download {
  readonly name: string;
  readonly blob: Blob;
}

/** A name that every file system takes. */
const fileName = (text: string) => text.replace(/[^\p{L}\p{N}._-]+/gu, '-').replace(/^-+|-+$/g, '') || 'run';

const nameOf = ({ base, name, config }: RunInfo) =>
  fileName(`${base.name}-${config.experiment.adapters.map((a) => a.name).join('+')}-${name}`);

/** One adapter alone: weights, configuration, card, as the command line's adapter folders. */
export async function adapterZip({ info, files }: Run, which: Checkpoint): Promise<Download> {
  const weights = await files.readAdapter(which);
  if (!weights) throw new Error(`${info.name} has no adapter yet; train it for some steps`);
  const found = await openAdapter(weights, info.name);
  const out = new Map<string, Blob | string>([
    [ADAPTER_FILES.weights, weights],
    [ADAPTER_FILES.config, `${adapterConfigText(found.info)}\n`],
    [ADAPTER_FILES.card, adapterCard(found.info)],
  ]);
  const more = hasOtherBest(info) ? `-${which}` : '';
  return { name: `${nameOf(info)}${more}.zip`, blob: await zipBlob(out) };
}

/** All files of a run. */
export async function runZip({ info, files }: Run): Promise<Download> {
  const out = new Map<string, Blob>();
  for (const path of await files.drawer.list()) {
    const blob = await files.drawer.read(path);
    if (blob) out.set(path, blob);
  }
  if (!out.size) throw new Error(`${info.name} is not kept on disk`);
  return { name: `${nameOf(info)}-run.zip`, blob: await zipBlob(out, keptName) };
}

/**
 * An adapter from its files (a zip, a safetensors or torch file, or the files of an adapter folder), kept in `files` as a run
 * that is done. `CheckpointError` where it is none, or for another base.
 */
export async function importedRun(id: string, given: readonly File[], base: Base, files: RunFiles): Promise<RunInfo> {
  const { found, name, weights } = await openGiven(given);
  const release = needsRelease(found.info);
  const built = release ? asRelease(base.config, base.source, found.info.adapters) : base;
  const sam = buildSam({ params: makeParams() }, built.config);
  const own = { name: base.info.name, ...(base.fingerprint ? { fingerprint: base.fingerprint } : {}) };
  checkAdapterBase(found.info, own, name);
  loadAdapter(sam, found, { name });
  const adapters = found.info.adapters.map(({ config, ...row }) => ({ ...config, ...row }));
  const training = found.info.training ?? {};
  const steps = typeof training.steps === 'number' && training.steps >= 1 ? Math.floor(training.steps) : 1;
  const config = parseRun({ experiment: { adapters, base: base.info.name, train: { steps } } as never });
  const info: RunInfo = {
    ...{ id, name: name.replace(/\.(zip|safetensors|pth|bin)$/i, ''), created: Date.now(), phase: 'done', config },
    ...{ base: { name: base.info.name, fingerprint: base.fingerprint }, plan: planOf(buildRun(base, config)) },
    ...{ step: steps, objects: scoresOf(found), seconds: 0, bytes: null, imported: true, unsaved: null },
    ...{ best: null, applied: null, elsewhere: false },
    data: { name: String(training.data ?? 'from a file'), counts: '', notes: [...found.notes] },
  };
  await files.drawer.writeAll(
    new Map<string, Blob | string>([
      [RUN_FILES.last, weights],
      [ADAPTER_FILES.config, `${adapterConfigText(found.info)}\n`],
      [ADAPTER_FILES.card, adapterCard(found.info)],
    ]),
  );
  await files.save({ info });
  return info;
}

/** What is taken out of a zip: the adapter's weights, its configuration, its card; of a run nothing else. */
const ADAPTER_PARTS: ReadonlySet<string> = new Set([
  ...ADAPTER_WEIGHTS,
  'adapter_config.json',
  'config.json',
  'README.md',
]);

/** Most bytes of an adapter that comes in a zip. */
const MAX_ADAPTER = 512 * 2 ** 20;

const baseName = (path: string): string => path.replace(/^.*\//, '');

async function openGiven(given: readonly File[]): Promise<{ found: FoundAdapter; name: string; weights: Blob }> {
  const [first] = given;
  if (!first) throw new Error('no file was given');
  const files = new Map<string, Blob>(given.map((f) => [f.name, f]));
  if (/\.zip$/i.test(first.name)) {
    const wanted = (path: string) => ADAPTER_PARTS.has(baseName(path));
    const inside = await unzip(first, first.name, { wanted, most: MAX_ADAPTER });
    for (const [path, read] of inside) files.set(baseName(path), await read());
    if (inside.size) files.delete(first.name);
  }
  const folder = fileFolder(first.name, files);
  const weights = files.get(ADAPTER_WEIGHTS.find((w) => files.has(w)) ?? '');
  if (weights) return { found: await openAdapterFolder(folder), name: first.name, weights };
  return { found: await openAdapter(first, first.name), name: first.name, weights: first };
}

/** Class means, where the file states them. */
const scoresOf = ({ info }: FoundAdapter) =>
  (info.scores ?? []).map(({ className, n, before, after }) => ({
    ...{ id: `${n} objects`, className, patient: className, before, after },
  }));
