import type { Attachment } from '../adapters/adapter';
import { mergedState } from '../adapters/merge';
import type { AdapterInfo } from '../data/adapterFile';
import type { FoundAdapter } from '../data/adapterLayout';
import { loadAdapter, needsRelease } from '../data/adapterLoad';
import type { ConvertSource } from '../data/convert';
import { CheckpointError } from '../data/errors';
import { type KeyReport, matchKeys, tensorSource } from '../data/keyMap';
import { namingOf, renamesBetween } from '../data/keyNames';
import { asRelease } from '../data/releaseBase';
import { fitSam, samShapes } from '../data/samFit';
import { f32Entry, type TensorEntry, type TensorFile } from '../data/tensorFile';
import { openGpu } from '../gpu/device';
import type { SamConfig } from '../models/sam/config';
import { buildSam, type Sam } from '../models/sam/sam';
import { makeParams } from '../nn/params';
import { loadParams, type TensorSource, uploadParams } from '../nn/paramsIo';
import { openBase } from './baseFile';

/** A base as a model and the source of its weights, both with the names that the adapter's mode wants. */
interface Ready {
  readonly sam: Sam;
  readonly source: TensorSource;
}

function build(config: SamConfig, source: TensorSource, info: AdapterInfo): Ready {
  const ready = needsRelease(info) ? asRelease(config, source, info.adapters) : { config, source };
  return { sam: buildSam({ params: makeParams() }, ready.config), source: ready.source };
}

/** Tries an adapter on a base without reading a tensor; `CheckpointError` where it does not fit (unless loose). */
export function tryOn(
  base: { readonly config: SamConfig; readonly source: TensorSource },
  adapter: FoundAdapter,
  name: string,
  strict: boolean,
): KeyReport {
  const { sam } = build(base.config, base.source, adapter.info);
  return loadAdapter(sam, adapter, { name, strict }).report;
}

/** The base that came in the same file. */
function baseInside(source: ConvertSource, name: string): { config: SamConfig; source: TensorSource } {
  const file: TensorFile = { kind: 'safetensors', entries: source.base, meta: {} };
  const naming = namingOf(source.base.keys());
  const rename = renamesBetween(naming ?? 'sam', 'sam');
  if (!source.base.size || !rename)
    throw new CheckpointError(`--merge: ${name} holds no base of SAM's family — give one with --base`);
  const config = fitSam(file, naming === 'release');
  const { entries } = matchKeys(samShapes(config), file, { name: `${name} as ${config.name}`, rename });
  return { config, source: tensorSource(entries) };
}

/**
 * Folds the adapters of `source` into a base (named, or the one inside) on the GPU: the result is a plain base with SAM's
 * names. `CheckpointError` where there is no adapter, it does not fit, or it is more than a change of weights.
 */
export async function mergeInto(
  source: ConvertSource,
  name: string,
  base: string | null,
  strict: boolean,
): Promise<ConvertSource> {
  const { adapter } = source;
  if (!adapter) throw new CheckpointError(`--merge: ${name} holds no adapter`);
  const from = base ? await openBase(base) : baseInside(source, name);
  const release = needsRelease(adapter.info);
  const { sam, source: weights } = build(from.config, from.source, adapter.info);
  loadParams(sam.params, weights);
  const { attachments } = loadAdapter(sam, adapter, { name, strict });
  const merged = await onGpu(sam, attachments);
  const rules = release ? (renamesBetween('release', 'sam') ?? []) : [];
  const entries = new Map<string, TensorEntry>();
  for (const [key, values] of merged) {
    const as = rules.reduce((n, [a, b]) => n.replace(a, b), key);
    entries.set(as, f32Entry(as, sam.params.get(key).shape, values));
  }
  return { base: entries, adapter: null, order: [...entries.keys()], file: null };
}

async function onGpu(sam: Sam, attachments: readonly Attachment[]): Promise<Map<string, Float32Array>> {
  const gpu = await openGpu();
  try {
    await uploadParams(sam.params, gpu);
    return await mergedState(gpu, sam.params, attachments);
  } finally {
    gpu.destroy();
  }
}
