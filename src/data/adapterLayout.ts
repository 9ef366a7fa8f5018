// Any checkpoint that holds adapters, in one form: what to attach, its tensors under this project's names, the base that
// came with it, and what could not be placed. The layouts: this project's files, Med-SA's (adapters alone, whole state
// dicts, training checkpoints), LoRA of others.
import { type AdapterFile, type AdapterInfo, adapterFormat, parseAdapterInfo } from './adapterFile';
import { findAdapters, isAdapterName } from './adapterFind';
import { foreignLoraOf, peftRenames } from './adapterForeign';
import { adapterKindsOf } from './adapterKinds';
import { baseOfSizes } from './bases';
import { CheckpointError } from './errors';
import { type Rename, unwrapKeys } from './keyMap';
import { namingOf, renamesBetween } from './keyNames';
import type { TensorEntry, TensorFile } from './tensorFile';

/** An adapter file of any layout. */
export interface FoundAdapter extends AdapterFile {
  readonly layout: 'medsa-lab' | 'med-sa' | 'foreign lora' | 'peft';
  /** The base that the file holds too, under its own names; null for adapters alone. */
  readonly base: TensorFile | null;
  /** Tensors that belong to nothing known. */
  readonly leftOver: readonly string[];
  /** What was assumed, as sentences. */
  readonly notes: readonly string[];
}

/** How to read it: LoRA's alpha where a configuration beside the file states it, and the mode where it is known. */
export interface LayoutOptions {
  readonly alpha?: number | null;
  readonly release?: boolean;
}

const renamed = (entries: ReadonlyMap<string, TensorEntry>, rules: readonly Rename[]) =>
  new Map(Array.from(entries, ([n, e]) => [rules.reduce((x, [from, to]) => x.replace(from, to), n), e] as const));

const part = (file: TensorFile, entries: ReadonlyMap<string, TensorEntry>): TensorFile => ({
  ...file,
  entries,
  meta: {},
});

/** The base of the family with this width and number of blocks, by name; `unknown` where there is none. */
function baseOf(entries: ReadonlyMap<string, TensorEntry>, release: boolean): AdapterInfo['base'] {
  const groups = findAdapters(entries).filter((g) => g.place.startsWith('image_encoder.blocks.*'));
  const width = groups.find((g) => !g.place.endsWith('.lin2'))?.dim;
  const index = (n: string) => Number(/^image_encoder\.blocks\.(\d+)\./.exec(n)?.[1] ?? -1);
  const depth = Math.max(-1, ...groups.flatMap((g) => g.names.map(index))) + 1 || undefined;
  return {
    name: baseOfSizes(width, depth)?.name ?? 'unknown',
    ...(width ? { width } : {}),
    ...(depth ? { depth } : {}),
    release,
  };
}

/** An adapter without a word of its own: kinds and options from names and shapes. */
function unstated(file: TensorFile, name: string, options: LayoutOptions): FoundAdapter {
  const { entries: plain } = unwrapKeys(file);
  const foreign = foreignLoraOf(plain, name);
  const entries = renamed(plain, peftRenames);
  const isPeft = [...plain.keys()].some((n) => n.startsWith('base_model.model.'));
  const rest = new Map([...entries].filter(([n]) => !isAdapterName(n)));
  const own = foreign?.entries ?? new Map([...entries].filter(([n]) => isAdapterName(n)));
  if (!own.size) {
    throw new CheckpointError(
      `${name}: it holds no adapter — expected names like image_encoder.blocks.0.MLP_Adapter.D_fc1.weight or ….lora_A, found ${[...plain.keys()].slice(0, 3).join(', ') || 'no tensor'}; load it as a base`,
    );
  }
  const groups = findAdapters(own);
  const naming = namingOf(entries.keys());
  const guess = naming ? naming.endsWith('release') : !foreign && !isPeft && looksPublished(groups);
  const release = options.release ?? guess;
  const alpha = foreign || isPeft ? (options.alpha ?? null) : options.alpha;
  const { rows, notes, unknown } = adapterKindsOf(groups, own, { release, ...(alpha === undefined ? {} : { alpha }) });
  if (!rows.length) {
    throw new CheckpointError(
      `${name}: its adapters are of a kind, or at a place, that is not known here: ${unknown.slice(0, 3).join(', ')} — known are Med-SA's of ViT blocks and the mask decoder, LoRA, AdaLoRA, IA3, SSF and prompts`,
    );
  }
  for (const n of unknown) own.delete(n);
  const whole = [...rest.keys()].some((n) => /image_encoder\.(patch_embed|pos_embed)/.test(n));
  const known = whole ? null : overrides(rest, release);
  return {
    info: { base: baseOf(own, release), adapters: rows },
    file: part(file, new Map([...own, ...(known?.entries ?? [])])),
    layout: foreign ? 'foreign lora' : isPeft ? 'peft' : 'med-sa',
    base: whole ? part(file, rest) : null,
    leftOver: [...unknown, ...(known?.leftOver ?? [])],
    notes,
  };
}

/** Published adapter files hold space, MLP and depth adapters of the encoder and nothing of the decoder. */
function looksPublished(groups: ReturnType<typeof findAdapters>): boolean {
  const kinds = new Set(groups.map((g) => g.kind));
  const encoder = ['Space_Adapter', 'MLP_Adapter', 'Depth_Adapter'].every((k) => kinds.has(k));
  return kinds.has('LoRA') || kinds.has('AdaLoRA') || (encoder && !kinds.has('HyP_Adapter'));
}

/** Parameters of the base that trained with the adapter, under the names of the model that it is for. */
function overrides(rest: ReadonlyMap<string, TensorEntry>, release: boolean) {
  const rules = release ? renamesBetween('sam', 'release') : renamesBetween('release', 'sam');
  const entries = new Map<string, TensorEntry>();
  const leftOver: string[] = [];
  for (const [name, entry] of renamed(rest, rules ?? [])) {
    if (/^(image_encoder|prompt_encoder|mask_decoder)\./.test(name)) entries.set(name, entry);
    else if (!/^w_[ab]_\d{3}$/.test(name)) leftOver.push(name);
  }
  return { entries, leftOver };
}

/**
 * The adapters of an opened checkpoint. What the file (or a configuration beside it) states counts; otherwise names and
 * shapes tell, and `notes` say what was assumed. `CheckpointError` where there is none, or one is not whole.
 */
export function adapterOf(file: TensorFile, name = 'the adapter', options: LayoutOptions = {}): FoundAdapter {
  const meta = file.kind === 'safetensors' ? (file.meta as Readonly<Record<string, string | undefined>>) : {};
  if (meta.format !== adapterFormat || meta.config === undefined) return unstated(file, name, options);
  return { info: parseAdapterInfo(meta.config, name), file, layout: 'medsa-lab', base: null, leftOver: [], notes: [] };
}
