// From one checkpoint layout to another: what is taken, under which names, stored how. Plans only: tensors are read when
// the result is written.
import { ADAPTER_FILES, type AdapterInfo, adapterCard, adapterConfigText, adapterFormat } from './adapterFile';
import type { FoundAdapter } from './adapterLayout';
import { castEntry, type FloatDtype } from './castTensor';
import { CheckpointError } from './errors';
import type { Rename } from './keyMap';
import { type Naming, namingOf, renamesBetween } from './keyNames';
import { safetensorsParts } from './safetensors';
import { f32Entry, type TensorEntry, type TensorFile } from './tensorFile';
import { readTrainingCheckpoint, trainingCheckpointParts } from './torchTraining';
import { stateDict, torchParts } from './torchWrite';

/** What a conversion starts from: a base, adapters, or both. */
export interface ConvertSource {
  readonly base: ReadonlyMap<string, TensorEntry>;
  readonly adapter: FoundAdapter | null;
  /** All names in the order of the file: torch's optimisers count parameters by it. */
  readonly order: readonly string[];
  /** The opened file, for what a training checkpoint or a base of this project states of itself; null for a folder. */
  readonly file: TensorFile | null;
}

/** What is asked for. */
export interface ConvertOptions {
  readonly to: 'safetensors' | 'pth' | 'folder';
  readonly part: 'all' | 'base' | 'adapters';
  /** Names of the base's parameters; null: as they are. */
  readonly names: Naming | null;
  /** Storage of floats; null: as it is. */
  readonly dtype: FloatDtype | null;
  /** What a .pth wraps the state dict in. */
  readonly wrap: 'none' | 'model' | 'training';
}

/** A conversion that is ready to be written. */
export interface Converted {
  readonly entries: ReadonlyMap<string, TensorEntry>;
  /** Numbers of tensors: of the base, of adapters, and how many have another name than before. */
  readonly base: number;
  readonly adapters: number;
  readonly renamed: number;
  /** Names in the source that are not in the result. */
  readonly left: readonly string[];
  /** What a person should know, as sentences. */
  readonly notes: readonly string[];
  /** Files by name ('' for a single file) in pieces. */
  readonly files: ReadonlyMap<string, () => AsyncIterable<Uint8Array<ArrayBuffer>>>;
}

const rename = (name: string, rules: readonly Rename[]) => rules.reduce((n, [from, to]) => n.replace(from, to), name);

/** Rules from the names that the source has to those asked for. `CheckpointError` between different models. */
function rulesFor(source: ConvertSource, to: Naming | null): readonly Rename[] {
  if (!to) return [];
  const names = source.base.size ? source.base.keys() : (source.adapter?.file.entries.keys() ?? []);
  const from = namingOf(names);
  if (!from) return [];
  const rules = renamesBetween(from, to);
  if (rules) return rules;
  throw new CheckpointError(
    `the names of ${from} cannot become those of ${to}: they are different models, not different names — leave --names out`,
  );
}

/** The depth adapters that the published model has in every block: zeros where the adapter has none (2-D never uses them). */
function depthZeros(entries: ReadonlyMap<string, TensorEntry>): TensorEntry[] {
  const zeros: TensorEntry[] = [];
  for (const [name, entry] of entries) {
    const other = name.replace(/(image_encoder\.blocks\.\d+\.)Space_Adapter\./, '$1Depth_Adapter.');
    if (other === name || entries.has(other)) continue;
    zeros.push(f32Entry(other, entry.shape, new Float32Array(entry.shape.reduce((a, b) => a * b, 1))));
  }
  return zeros;
}

/** What the published model will not compute as this adapter was trained. */
function releaseNotes(info: AdapterInfo): string[] {
  return info.adapters.flatMap(({ name, config }) => {
    if (name === 'hypAdpt') return ['the published model has no adapters in the decoder: it will not load hypAdpt'];
    if (config.release === true || !['medsa', 'sdTrans'].includes(name)) return [];
    return [
      `${name} was trained as in the paper (${String(config.act ?? 'relu')}, outside the windows); the published model uses GELU inside the windows, so its masks will differ`,
    ];
  });
}

function taken(source: ConvertSource, o: ConvertOptions): { map: Map<string, TensorEntry>; notes: string[] } {
  const { base, adapter } = source;
  const own = o.part === 'base' ? new Map<string, TensorEntry>() : new Map(adapter?.file.entries ?? []);
  const notes = own.size && adapter ? [...adapter.notes] : [];
  // A file that states its options holds what they say; a .pth is for the published model.
  if (own.size && adapter && o.names === 'release' && o.to === 'pth') {
    const zeros = depthZeros(own);
    for (const z of zeros) own.set(z.name, z);
    if (zeros.length)
      notes.push(`${zeros.length} tensors of depth adapters were added as zeros, which the published model expects`);
    notes.push(...releaseNotes(adapter.info));
  }
  const places = new Map(source.order.map((n, i) => [n, i]));
  const place = ([n]: readonly [string, TensorEntry]) => places.get(n) ?? places.size;
  const all = [...(o.part === 'adapters' ? [] : base), ...own].sort((a, b) => place(a) - place(b));
  return { map: new Map(all), notes };
}

/** Plans a conversion. `CheckpointError` where nothing of what is asked for is there, or names cannot be changed so. */
export function planConversion(source: ConvertSource, o: ConvertOptions, name: string): Converted {
  const part = o.to === 'folder' ? 'adapters' : o.part;
  const { map, notes } = taken(source, { ...o, part });
  if (!map.size) {
    throw new CheckpointError(
      `${name}: it holds no ${part === 'adapters' ? 'adapter' : 'base'} — ${part === 'adapters' ? 'an adapter folder needs one; give a file to write the base to' : 'leave --part base out'}`,
    );
  }
  const rules = rulesFor(source, o.names);
  const entries = new Map<string, TensorEntry>();
  let [renamed, adapters] = [0, 0];
  for (const [key, entry] of map) {
    const as = rename(key, rules);
    if (as !== key) renamed++;
    if (!source.base.has(key)) adapters++;
    entries.set(as, { ...(o.dtype ? castEntry(entry, o.dtype) : entry), name: as });
  }
  const held = [...source.base.keys(), ...(source.adapter?.file.entries.keys() ?? [])];
  const left = [...held.filter((n) => !map.has(n)), ...(source.adapter?.leftOver ?? [])];
  const info = adapters ? (source.adapter?.info ?? null) : null;
  const files = filesOf(entries, source, { ...o, part }, map.size > adapters ? null : info);
  return { entries, base: map.size - adapters, adapters, renamed, left, notes, files };
}

type Files = Map<string, () => AsyncIterable<Uint8Array<ArrayBuffer>>>;

/** The writers. `info` is set where the result is adapters alone. */
function filesOf(
  entries: ReadonlyMap<string, TensorEntry>,
  source: ConvertSource,
  o: ConvertOptions,
  info: AdapterInfo | null,
): Files {
  if (o.to === 'pth') return new Map([['', () => pthParts(entries, source, o.wrap)]]);
  const metadata = info ? { format: adapterFormat, config: adapterConfigText(info) } : baseMetadata(source, o);
  const weights = () => safetensorsParts(entries.values(), metadata);
  if (o.to === 'safetensors' || !info) return new Map([['', weights]]);
  const text = (words: string) =>
    async function* () {
      yield new TextEncoder().encode(words);
    };
  return new Map([
    [ADAPTER_FILES.weights, weights],
    [ADAPTER_FILES.config, text(`${adapterConfigText(info)}\n`)],
    [ADAPTER_FILES.card, text(adapterCard(info))],
  ]);
}

/** What a base of this project states of itself stays with it while its names do. */
function baseMetadata({ file, adapter }: ConvertSource, o: ConvertOptions): Record<string, string> {
  const meta = file?.kind === 'safetensors' ? (file.meta as Record<string, string>) : {};
  return meta.base && !adapter && (o.names ?? 'sam') === 'sam' ? { ...meta } : { format: 'pt' };
}

function pthParts(
  entries: ReadonlyMap<string, TensorEntry>,
  { file }: ConvertSource,
  wrap: ConvertOptions['wrap'],
): AsyncIterable<Uint8Array<ArrayBuffer>> {
  if (wrap === 'none') return torchParts(stateDict(entries));
  if (wrap === 'model') return torchParts(new Map([['model', stateDict(entries)]]));
  const isTraining = file !== null && [...file.entries.keys()].some((n) => n.startsWith('state_dict.'));
  const from = isTraining ? readTrainingCheckpoint(file) : null;
  const { epoch = 0, model = 'sam', bestTol = 0, pathHelper = {} } = from ?? {};
  // The optimiser's state is by place in the list of parameters: it stays only where that list does.
  const same = from !== null && [...from.stateDict.keys()].join() === [...entries.keys()].join();
  const optimizer = same ? from.optimizer : null;
  return trainingCheckpointParts({ epoch, model, stateDict: entries, optimizer, bestTol, pathHelper });
}
