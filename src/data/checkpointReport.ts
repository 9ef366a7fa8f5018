// What a checkpoint is, as plain data for people and programs: container, wrapper, keys, the base it fits, the adapters in
// it. Reads headers only.
import { adapterFormat } from './adapterFile';
import { type AdapterGroup, findAdapters, isAdapterName } from './adapterFind';
import { type AttachReport, describeAttaching } from './adapterReport';
import { type KeyReport, unwrapKeys } from './keyMap';
import { type Naming, namingOf } from './keyNames';
import { fitBase } from './samFit';
import { elementCount, type TensorEntry, type TensorFile } from './tensorFile';
import type { TensorStats } from './tensorStats';

/** The base that a checkpoint is of, or comes near to. */
export interface BaseReport {
  /** vit_b, efficient_sam_vitt, mobile-sam …; null where none of the known ones comes near. */
  readonly name: string | null;
  readonly naming: Naming;
  /** Tensors of the base in the file, adapters not counted. */
  readonly tensors: number;
  readonly parameters: number;
  /** Width of the tokens and number of blocks, as the file has them. */
  readonly width: number | null;
  readonly depth: number | null;
  /** How it fits the row `name`; null for models of which only the names are known. */
  readonly fit: (Pick<KeyReport, 'missing' | 'unexpected' | 'misshaped'> & { readonly placed: number }) | null;
}

/** See `describeCheckpoint`. */
export interface CheckpointReport {
  readonly kind: 'checkpoint';
  readonly format: TensorFile['kind'];
  readonly tensors: number;
  readonly parameters: number;
  readonly dtypes: Readonly<Record<string, number>>;
  /** Prefix that was taken off: `state_dict.module`. */
  readonly wrapper: string;
  readonly base: BaseReport | null;
  readonly adapters: readonly AdapterGroup[];
  /** How those adapters would be attached; null where there are none. */
  readonly attach: AttachReport | null;
  /** Plain values beside the tensors: epoch, model … */
  readonly values: Readonly<Record<string, unknown>>;
  /** Range and mean of all numbers, where they were asked for. */
  readonly numbers?: TensorStats;
  readonly keys: readonly { readonly name: string; readonly dtype: string; readonly shape: readonly number[] }[];
}

const count = (entries: Iterable<TensorEntry>) =>
  Array.from(entries, (e) => elementCount(e.shape)).reduce((a, b) => a + b, 0);

/** Plain values at the top: what a person wants to see, not the optimiser's lists. */
function topValues(meta: unknown): Record<string, unknown> {
  if (typeof meta !== 'object' || meta === null || Array.isArray(meta)) return {};
  const plain = Object.entries(meta).filter(
    ([key, v]) => (typeof v !== 'object' || v === null) && !(key === 'config' && typeof v === 'string'),
  );
  return Object.fromEntries(plain.map(([key, v]) => [key, typeof v === 'bigint' ? String(v) : v]));
}

/** Width and depth of the image encoder, from the tensors that every family has. */
function encoderSizes(base: ReadonlyMap<string, TensorEntry>): { width: number | null; depth: number | null } {
  const first = [...base].find(([n]) => /patch_embed\.(proj|seq\.0\.c)\.weight$/.test(n))?.[1];
  const blocks = new Set([...base.keys()].map((n) => /image_encoder\.blocks\.(\d+)\./.exec(n)?.[1]).filter(Boolean));
  return { width: first?.shape[0] ?? null, depth: blocks.size || null };
}

function describeBase(file: TensorFile, base: ReadonlyMap<string, TensorEntry>): BaseReport | null {
  const naming = namingOf(base.keys());
  if (!naming) return null;
  const { width, depth } = encoderSizes(base);
  const common = { naming, tensors: base.size, parameters: count(base.values()), width, depth };
  if (naming === 'mobile-sam') return { ...common, name: 'mobile-sam', fit: null };
  const family = naming.startsWith('efficient') ? 'efficient-sam' : 'sam';
  const { base: known, report } = fitBase({ ...file, entries: base }, family, naming.endsWith('release'));
  const { missing, unexpected, misshaped, placed } = report;
  const near = placed.length * 2 > missing.length + misshaped.length;
  return {
    ...common,
    name: near ? known.name : null,
    fit: near ? { placed: placed.length, missing, unexpected, misshaped } : null,
  };
}

const isStated = (file: TensorFile) =>
  file.kind === 'safetensors' && (file.meta as Readonly<Record<string, string>>).format === adapterFormat;

/** Describes an opened checkpoint. */
export function describeCheckpoint(file: TensorFile, name = 'the checkpoint'): CheckpointReport {
  const { wrapper, entries } = unwrapKeys(file);
  const dtypes: Record<string, number> = {};
  for (const e of entries.values()) dtypes[e.dtype] = (dtypes[e.dtype] ?? 0) + 1;
  const base = new Map([...entries].filter(([n]) => !isAdapterName(n)));
  const adapters = findAdapters(entries);
  return {
    kind: 'checkpoint',
    format: file.kind,
    tensors: entries.size,
    parameters: count(entries.values()),
    dtypes,
    wrapper: wrapper.slice(0, -1),
    base: describeBase(file, base),
    adapters,
    attach: adapters.length || isStated(file) ? describeAttaching(file, name) : null,
    values: topValues(file.meta),
    keys: Array.from(entries, ([n, e]) => ({ name: n, dtype: e.dtype, shape: [...e.shape] })),
  };
}
