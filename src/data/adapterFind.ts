// Adapters among the tensors of a checkpoint, told by their names: which kinds, where, how wide. Reads no tensor and
// builds no model.
import { elementCount, type TensorEntry } from './tensorFile';

/** Tensors of one kind of adapter at places that differ in numbers only. */
export interface AdapterGroup {
  /** Space_Adapter, MLP_Adapter, Depth_Adapter, HyP_Adapter, Image_Adapter, LoRA, AdaLoRA, IA3, SSF, VPT, or `foreign LoRA (w_a_N, w_b_N)`. */
  readonly kind: string;
  /** Path with `*` for numbers: `image_encoder.blocks.*`. '' where the names say nothing of it. */
  readonly place: string;
  /** Places. */
  readonly count: number;
  /** Width of the tokens. */
  readonly dim: number;
  /** Width of the bottleneck, or the rank. */
  readonly width: number;
  readonly parameters: number;
  /** Names of its tensors. */
  readonly names: readonly string[];
}

interface Found {
  readonly kind: string;
  readonly place: string;
  /** Name of the tensor below its place. */
  readonly rest: string;
}

/** What a name says; null for a tensor of a base. */
function parse(name: string): Found | null {
  const bottleneck = /^(?:(.*)\.)?(\w+_Adapter)\.(.+)$/.exec(name);
  if (bottleneck) return { kind: bottleneck[2], place: bottleneck[1] ?? '', rest: bottleneck[3] };
  const low = /^(?:(.*)\.)?(lora_[ABE]|ranknum)(?:\.(?:default\.)?weight)?$/.exec(name);
  if (low) return { kind: 'LoRA', place: low[1] ?? '', rest: low[2] };
  const small = /^(.*)\.((ia3|ssf|vpt)_\w+)$/.exec(name);
  if (small) return { kind: small[3].toUpperCase(), place: small[1], rest: small[2] };
  const foreign = /^(w_[ab])_(\d+)$/.exec(name);
  if (foreign) return { kind: foreignLora, place: foreign[2], rest: foreign[1] };
  return null;
}

/** What the tensors `w_a_000 …` are called here. */
export const foreignLora = 'foreign LoRA (w_a_N, w_b_N)';

/** Whether a name belongs to an adapter. */
export const isAdapterName = (name: string): boolean => parse(name) !== null;

/** Sizes [dim, width] that a tensor tells; null where it tells none. */
function sizes(f: Found, shape: readonly number[]): [number, number] | null {
  if (f.kind === 'IA3' || f.kind === 'SSF') return [shape[0], shape[0]];
  if (shape.length !== 2) return null;
  if (f.kind === 'VPT') return [shape[1], shape[0]];
  if (f.rest === 'D_fc1.weight' || f.rest === 'w_a') return [shape[1], shape[0]];
  return null;
}

const starred = (place: string) => (/^\d+$/.test(place) ? '' : place.replace(/(^|\.)\d+(?=\.|$)/g, '$1*'));

/** LoRA's rank is the inner width of B; A may hold several thirds. With E it is AdaLoRA. */
function lowRank(group: ReadonlyMap<string, TensorEntry>): { kind: string; dim: number; width: number } {
  const of = (last: string) => [...group].find(([n]) => n.includes(last))?.[1].shape ?? [0, 0];
  const adaptive = [...group.keys()].some((n) => n.includes('lora_E'));
  return { kind: adaptive ? 'AdaLoRA' : 'LoRA', dim: of('lora_A')[1] ?? 0, width: of('lora_B')[1] ?? 0 };
}

/** The adapters among named tensors, in the order in which they appear. */
export function findAdapters(entries: ReadonlyMap<string, TensorEntry>): AdapterGroup[] {
  const groups = new Map<string, { found: Found; places: Set<string>; tensors: Map<string, TensorEntry> }>();
  for (const [name, entry] of entries) {
    const found = parse(name);
    if (!found) continue;
    const key = `${found.kind} ${starred(found.place)}`;
    const group = groups.get(key) ?? { found, places: new Set(), tensors: new Map() };
    group.places.add(found.place);
    group.tensors.set(name, entry);
    groups.set(key, group);
  }
  return Array.from(groups.values(), ({ found, places, tensors }) => {
    const told = Array.from(tensors, ([n, e]) => sizes(parse(n)!, e.shape)).find(Boolean) ?? [0, 0];
    const low = found.kind === 'LoRA' ? lowRank(tensors) : { kind: found.kind, dim: told[0], width: told[1] };
    const parameters = Array.from(tensors.values(), (e) => elementCount(e.shape)).reduce((a, b) => a + b, 0);
    return { ...low, place: starred(found.place), count: places.size, parameters, names: [...tensors.keys()] };
  });
}
