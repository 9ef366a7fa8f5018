import { numel } from '../tensor/shape';
import type { Tensor } from '../tensor/tensor';
import { alignOf, isWhole, type Source, sourceOf, splitOffset } from './fold';
import { topological } from './graph';

/** What the fuse pass decided. */
export interface Fusion {
  /** Kernel and pointwise nodes with memory of their own, inputs before users. */
  readonly order: readonly Tensor[];
  /** Pointwise nodes that are computed inside their only reader. */
  readonly inlined: ReadonlySet<Tensor>;
  /** Pointwise root → the kernel node whose epilogue it is. The kernel node then has no memory. */
  readonly anchor: ReadonlyMap<Tensor, Tensor>;
  readonly source: (t: Tensor) => Source;
}

/**
 * Fuses chains of pointwise ops into one dispatch, into the epilogue of the kernel that feeds them, or into the
 * reduction that reads them. A node is inlined only when it has one reader that reads each element once: nothing is
 * ever computed twice. `maxBindings` is what a dispatch may bind; ranges of one buffer that begin at different multiples of
 * `align` elements are bindings of their own.
 */
export function fuse(roots: readonly Tensor[], maxBindings: number, align: number, enabled = true): Fusion {
  const cache = new Map<Tensor, Source>();
  const source = (t: Tensor) => sourceOf(t, cache);
  const nodes = topological(roots).filter((t) => !t.op.view && !t.leaf);
  const readers = readersOf(nodes, roots, source);
  const state: State = {
    source,
    readers,
    maxBindings,
    align,
    inlined: new Set(),
    anchor: new Map(),
    loads: new Map(),
    used: new Set(),
  };
  for (const t of nodes) {
    if (t.op.expr || t.op.prologue) absorb(t, state, enabled);
  }
  const order = nodes.filter((t) => !state.inlined.has(t) && !state.used.has(t));
  return { order, inlined: state.inlined, anchor: state.anchor, source };
}

interface State {
  readonly source: (t: Tensor) => Source;
  readonly readers: Map<Tensor, Set<Tensor>>;
  readonly maxBindings: number;
  readonly align: number;
  readonly inlined: Set<Tensor>;
  readonly anchor: Map<Tensor, Tensor>;
  /** What the fused computation of a node loads: a binding each. */
  readonly loads: Map<Tensor, Loads>;
  /** Kernel nodes that were anchored. */
  readonly used: Set<Tensor>;
}

/** Loaded tensors by binding: the same tensor from another offset on is another binding. */
type Loads = ReadonlyMap<string, Tensor>;

function loadOf({ base, chain }: Source, align: number): [string, Tensor] {
  return [`${base.id}@${chain.length ? splitOffset(chain[0], alignOf(base, align)).bind : 0}`, base];
}

function readersOf(
  nodes: readonly Tensor[],
  roots: readonly Tensor[],
  source: (t: Tensor) => Source,
): Map<Tensor, Set<Tensor>> {
  const out = new Map<Tensor, Set<Tensor>>();
  const note = (base: Tensor, reader: Tensor) => {
    const set = out.get(base);
    if (set) set.add(reader);
    else out.set(base, new Set([reader]));
  };
  for (const t of nodes) for (const i of t.inputs) note(source(i).base, t);
  // A root is read by the caller; its own node stands for that reader.
  for (const r of roots) note(source(r).base, r.op.view ? r : source(r).base);
  return out;
}

/** Tries to take the producers of node `t` into its dispatch, one input at a time, while bindings last. */
function absorb(t: Tensor, s: State, enabled: boolean): void {
  const bases = t.inputs.map((i) => s.source(i).base);
  let loads: Loads = new Map(t.inputs.map((i) => loadOf(s.source(i), s.align)));
  let anchor: Tensor | null = null;
  if (enabled) {
    for (const [i, input] of t.inputs.entries()) {
      const base = bases[i];
      if (![...loads.values()].includes(base) || !onlyReader(base, t, s)) continue;
      const asAnchor = anchorOf(base, t, input, s);
      // What a kernel's epilogue computes is only ever taken over together with the kernel.
      if ((!asAnchor && (!base.op.expr || s.anchor.has(base))) || base.dtype === 'f16') continue;
      if (asAnchor && (anchor || !t.op.expr || !sameReads(t, base, s))) continue;
      if (base.op.expr && !readsOnce(t, base, s)) continue;
      const next = new Map([...[...loads].filter(([, b]) => b !== base), ...(s.loads.get(base) ?? [])]);
      if (next.size + bindingsOf(asAnchor ?? anchor) > s.maxBindings) continue;
      loads = next;
      if (base.op.expr) s.inlined.add(base);
      if (asAnchor) {
        anchor = asAnchor;
        s.used.add(asAnchor);
        s.anchor.delete(base);
      }
    }
  }
  if (anchor) s.anchor.set(t, anchor);
  s.loads.set(t, loads);
}

/** The kernel node that `base` is (or is anchored to), if its epilogue can compute `t`. */
function anchorOf(base: Tensor, t: Tensor, input: Tensor, s: State): Tensor | null {
  const kernel = base.op.epilogue ? base : s.anchor.get(base);
  // Halves are written two to a word, which kernels with an epilogue do not do.
  if (!kernel || t.dtype === 'f16') return null;
  return isWhole(s.source(input)) && numel(t.shape) === numel(kernel.shape) ? kernel : null;
}

/** All uses of `base` in `t` read it whole, at the same index as `t` itself. */
function sameReads(t: Tensor, base: Tensor, s: State): boolean {
  return t.inputs.every((i) => s.source(i).base !== base || isWhole(s.source(i)));
}

function onlyReader(base: Tensor, t: Tensor, s: State): boolean {
  const r = s.readers.get(base);
  return r !== undefined && r.size === 1 && r.has(t);
}

/** No input of `t` repeats elements of `base` (unless that costs less than a dispatch), and all inputs from `base` read it alike. */
function readsOnce(t: Tensor, base: Tensor, s: State): boolean {
  if (s.anchor.has(base) && (!t.op.expr || !sameReads(t, base, s))) return false;
  const ins = t.inputs.filter((i) => s.source(i).base === base);
  if (ins.some((i) => i !== ins[0])) return false;
  const { chain } = s.source(ins[0]);
  return isCheap(base, s) || chain.every((v) => v.strides.every((stride, a) => stride !== 0 || v.shape[a] === 1));
}

/** Most operations, and most loads, of what is computed again for every element rather than in a dispatch of its own. */
const [CHEAP, FEW_LOADS] = [2, 2];

/** Whether computing `t` in place, with all that is inlined into it, is about as quick as loading it. */
function isCheap(t: Tensor, s: State): boolean {
  const cost = (node: Tensor): number => {
    const own = node.op.flops ? node.op.flops(node.inputs, node, node.attrs) / numel(node.shape) : Infinity;
    const bases = node.inputs.map((i) => s.source(i).base);
    return bases.reduce((n, b) => n + (s.inlined.has(b) ? cost(b) : 0), own);
  };
  return (s.loads.get(t)?.size ?? 0) <= FEW_LOADS && cost(t) <= CHEAP;
}

/** Bindings that the kernel itself takes: an anchored kernel its inputs and output, a map or reduction its output. */
function bindingsOf(anchor: Tensor | null): number {
  return anchor ? anchor.inputs.length + 1 : 1;
}
