import { pad, reshape } from '../ops/view';
import { defineOp } from '../tensor/op';
import { numel, type Shape } from '../tensor/shape';
import { apply, type Leaf, leafTensor, type Tensor } from '../tensor/tensor';
import { extendChain, reshapeView, sliceView } from '../tensor/view';
import { type Init, initialValues } from './init';
import { nearNames } from './near';

/**
 * The parameter store: every parameter and buffer of a model by its upstream name. A parameter comes into being when
 * its module is built; which ones train is decided by construction (`trainable`) and fixed by `layout`. Frozen ones are
 * one state leaf each; trainable ones are slices of one flat leaf, so that optimiser and checkpoint are one dispatch
 * and one read. Files and GPUs are the business of `paramsIo`.
 */

/** Elements to which slices of the flat buffer are aligned: 256 bytes, the binding alignment of every device. */
export const ALIGN = 64;

/** What a module says about a parameter. */
export interface ParamSpec {
  readonly name: string;
  readonly shape: Shape;
  readonly init: Init;
  /** Stored in checkpoints, but never trained and not counted (torch's registered buffers). */
  readonly buffer?: boolean;
  /** Does weight decay apply? By default to everything with two or more axes. */
  readonly decay?: boolean;
  /** Name of the adapter that brought the parameter; null or absent for the base. */
  readonly adapter?: string | null;
  readonly trainable?: boolean;
}

/** One parameter of the store. */
export interface Param {
  readonly name: string;
  readonly shape: Shape;
  readonly init: Init;
  readonly buffer: boolean;
  readonly decay: boolean;
  readonly adapter: string | null;
  readonly trainable: boolean;
  /** Where loaded values come from; null: the initial values. */
  readonly read: (() => Promise<Float32Array>) | null;
}

/** A trainable parameter's place in the flat buffer. */
export interface Slot {
  readonly name: string;
  readonly shape: Shape;
  readonly offset: number;
  readonly length: number;
}

/** The flat buffer of all trainable parameters, in elements. Slots before `decayEnd` decay, those after it do not. */
export interface Layout {
  /** Null when nothing trains. */
  readonly flat: Leaf | null;
  readonly slots: readonly Slot[];
  readonly total: number;
  readonly decayEnd: number;
}

/** Numbers of parameters; buffers are not counted. `percent` = 100 · trained / base. */
export interface ParamCounts {
  readonly trained: number;
  readonly base: number;
  readonly adapters: number;
  readonly total: number;
  readonly percent: number;
}

interface Entry extends Param {
  trainable: boolean;
  read: (() => Promise<Float32Array>) | null;
  leaf: Leaf | null;
}

/** The store. All shapes are those of the upstream checkpoint. */
export interface Params {
  readonly seed: number;
  /** Adds a parameter. Throws when the name is taken by another one. */
  declare(spec: ParamSpec): Param;
  /** Throws with near names when there is none. */
  get(name: string): Param;
  has(name: string): boolean;
  all(): readonly Param[];
  /** Chooses what trains; buffers never do. */
  train(which: (p: Param) => boolean): void;
  /**
   * Allows `declare` and `train` again. The next layout has a new flat leaf, to be uploaded anew; leaves of frozen
   * parameters stay.
   */
  reopen(): void;
  /** Values for a later upload, instead of the initial ones. */
  setSource(name: string, read: (() => Promise<Float32Array>) | null): void;
  /**
   * Fixes which parameters there are and which of them train (as the first `tensor` does): from now on `declare` and
   * `train` throw.
   */
  layout(): Layout;
  /** The parameter as a node of the graph: a leaf when frozen, a view into the flat leaf when trainable. */
  tensor(name: string): Tensor;
  /** The leaf of a frozen parameter. */
  leaf(name: string): Leaf;
  counts(): ParamCounts;
  /** The values that an upload would write: the source's, else the initial ones. */
  values(name: string): Promise<Float32Array>;
}

/** An empty store; `seed` decides the initial values. */
export function makeParams(seed = 0): Params {
  const entries = new Map<string, Entry>();
  let layout: Layout | null = null;
  const get = (name: string) => entry(entries, name);
  const laidOut = () => {
    layout ??= makeLayout([...entries.values()]);
    return layout;
  };
  const open = (what: string) => {
    if (layout)
      throw new Error(
        `params: ${what} after the layout was fixed; attach adapters and choose what trains before the first trace, or call reopen()`,
      );
  };
  return {
    seed,
    declare(spec) {
      open(`'${spec.name}' was declared`);
      return declare(entries, spec);
    },
    get,
    has: (name) => entries.has(name),
    all: () => [...entries.values()],
    reopen: () => {
      layout = null;
    },
    train(which) {
      open('train was called');
      for (const e of entries.values()) e.trainable = !e.buffer && which(e);
    },
    setSource: (name, read) => {
      get(name).read = read;
    },
    layout: laidOut,
    tensor: (name) => tensorOf(get(name), laidOut()),
    leaf: (name) => leafOf(get(name)),
    counts: () => countOf([...entries.values()]),
    values: (name) => valuesOf(get(name), seed),
  };
}

function entry(entries: Map<string, Entry>, name: string): Entry {
  const found = entries.get(name);
  if (found) return found;
  const near = nearNames(name, [...entries.keys()]);
  throw new Error(`params: there is no '${name}'${near.length ? `; near names: ${near.join(', ')}` : ''}`);
}

function declare(entries: Map<string, Entry>, spec: ParamSpec): Entry {
  if (entries.has(spec.name)) throw new Error(`params: '${spec.name}' exists already; two modules share one path`);
  const made: Entry = {
    name: spec.name,
    shape: spec.shape,
    init: spec.init,
    buffer: spec.buffer ?? false,
    decay: spec.decay ?? spec.shape.length >= 2,
    adapter: spec.adapter ?? null,
    trainable: (spec.trainable ?? false) && !spec.buffer,
    read: null,
    leaf: null,
  };
  entries.set(spec.name, made);
  return made;
}

/** Decayed slots first, then the others, each in the order of declaration. */
function makeLayout(entries: readonly Entry[]): Layout {
  const slots: Slot[] = [];
  let offset = 0;
  const place = (e: Entry) => {
    const length = numel(e.shape);
    slots.push({ name: e.name, shape: e.shape, offset, length });
    offset += Math.ceil(length / ALIGN) * ALIGN;
  };
  const trained = entries.filter((e) => e.trainable);
  trained.filter((e) => e.decay).forEach(place);
  const decayEnd = offset;
  trained.filter((e) => !e.decay).forEach(place);
  const flat: Leaf | null = offset ? { kind: 'state', name: 'params', shape: [offset], dtype: 'f32' } : null;
  return { flat, slots, total: offset, decayEnd };
}

function leafOf(e: Entry): Leaf {
  e.leaf ??= { kind: 'state', name: e.name, shape: e.shape, dtype: 'f32' };
  return e.leaf;
}

function tensorOf(e: Entry, layout: Layout): Tensor {
  if (!e.trainable) return leafTensor(leafOf(e));
  const slot = layout.slots.find((s) => s.name === e.name);
  if (!slot || !layout.flat) throw new Error(`params: '${e.name}' trains but has no place in the layout`);
  return apply(slotOp, [leafTensor(layout.flat)], { offset: slot.offset, shape: slot.shape });
}

/**
 * A slot of the flat buffer as a tensor of its own. Not `reshape(slice(…))`: a reshape of a reshape skips the one in
 * between, and with it
 * the node whose gradient is asked for.
 */
const slotOp = defineOp<{ readonly offset: number; readonly shape: Shape }>({
  name: 'slot',
  infer: (_, { shape }) => ({ shape, dtype: 'f32' }),
  view: (chain, { offset, shape }) =>
    extendChain(chain, (v) => reshapeView(sliceView(v, 0, offset, numel(shape)), shape)),
  vjp: ({ dy, ins: [flat], attrs: { offset, shape } }) => {
    const length = numel(shape);
    return [pad(reshape(dy, [length]), [[offset, flat.shape[0] - offset - length]])];
  },
});

function countOf(entries: readonly Entry[]): ParamCounts {
  const count = (which: (e: Entry) => boolean) =>
    entries.reduce((n, e) => n + (!e.buffer && which(e) ? numel(e.shape) : 0), 0);
  const trained = count((e) => e.trainable);
  const base = count((e) => e.adapter === null);
  const adapters = count((e) => e.adapter !== null);
  return { trained, base, adapters, total: base + adapters, percent: base ? (100 * trained) / base : 0 };
}

async function valuesOf(e: Entry, seed: number): Promise<Float32Array> {
  if (!e.read) return initialValues(e.init, e.shape, e.name, seed);
  const data = await e.read();
  if (data.length !== numel(e.shape)) {
    throw new Error(`params: '${e.name}' got ${data.length} values for shape [${e.shape}]; expected ${numel(e.shape)}`);
  }
  return data;
}
