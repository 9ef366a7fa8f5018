import { packOp } from '../ops/plumbing';
import { BYTES, numel } from '../tensor/shape';
import type { Tensor } from '../tensor/tensor';
import type { Dispatch } from './dispatch';
import type { Fusion } from './fuse';

/** Where a computed tensor lives: bytes [offset, offset + bytes) of planned object `object`. */
export interface Slot {
  readonly object: number;
  readonly offset: number;
  readonly bytes: number;
}

/** A buffer to be made. `fixed` ones hold a pack and are never shared. */
export interface Planned {
  readonly bytes: number;
  readonly label: string;
  readonly fixed: boolean;
}

/** The memory plan: one GPU buffer per object, shared by tensors that never live at the same time. */
export interface Placement {
  readonly objects: readonly Planned[];
  readonly slots: ReadonlyMap<Tensor, Slot>;
  /** Largest sum of bytes alive at one dispatch: what any plan must have. */
  readonly peakLive: number;
}

/** A tensor from the dispatch that writes it to the last one that reads it, both included. */
interface Span {
  readonly tensor: Tensor;
  readonly bytes: number;
  readonly from: number;
  readonly to: number;
}

/**
 * Liveness over the dispatch list, then sharing by size: the largest tensors choose first, each the smallest object that is
 * free all the time it lives, else a new one; hence no object ever grows. Objects are whole buffers, because WebGPU forbids
 * reading and writing one buffer in one dispatch. Source: Pisarchyk & Lee, Efficient memory management for deep neural net
 * inference (2020), shared objects, greedy by size.
 */
export function place(list: readonly Dispatch[], fusion: Fusion, kept: readonly Tensor[]): Placement {
  const slots = new Map<Tensor, Slot>();
  const objects: Planned[] = [];
  placePacks(fusion, slots, objects);
  const packed = objects.reduce((n, o) => n + o.bytes, 0);
  const spans = spansOf(list, kept, slots);
  const taken: Span[][] = objects.map(() => []);
  for (const s of [...spans].sort((a, b) => b.bytes - a.bytes || a.from - b.from)) {
    let object = -1;
    for (const [k, o] of objects.entries()) {
      if (o.fixed || (object >= 0 && o.bytes >= objects[object].bytes)) continue;
      if (taken[k].every((t) => t.to < s.from || t.from > s.to)) object = k;
    }
    if (object < 0) {
      const label = `${s.tensor.op.name} ${s.tensor.path}`;
      object = objects.push({ bytes: s.bytes, label, fixed: false }) - 1;
      taken.push([]);
    }
    taken[object].push(s);
    slots.set(s.tensor, { object, offset: 0, bytes: s.bytes });
  }
  return { objects, slots, peakLive: packed + peakOf(spans, list.length) };
}

/** When every tensor lives that has no place yet, in the order of the list. */
function spansOf(list: readonly Dispatch[], kept: readonly Tensor[], slots: ReadonlyMap<Tensor, Slot>): Span[] {
  const last = new Map<Tensor, number>();
  list.forEach((d, i) => {
    for (const r of d.refs) last.set(r.tensor, i);
  });
  for (const t of kept) last.set(t, list.length);
  return list.flatMap(({ result: tensor }, from) =>
    tensor.op.writes || slots.has(tensor)
      ? []
      : [{ tensor, bytes: numel(tensor.shape) * BYTES, from, to: last.get(tensor)! }],
  );
}

/** Largest sum of bytes alive at one dispatch. */
function peakOf(spans: readonly Span[], length: number): number {
  const change = new Array<number>(length + 2).fill(0);
  for (const s of spans) {
    change[s.from] += s.bytes;
    change[s.to + 1] -= s.bytes;
  }
  let live = 0;
  let peak = 0;
  for (const c of change) {
    live += c;
    peak = Math.max(peak, live);
  }
  return peak;
}

/** A pack is one object of its own; its parts are written straight into it. */
function placePacks(fusion: Fusion, slots: Map<Tensor, Slot>, objects: Planned[]): void {
  for (const t of fusion.order) {
    if (t.op !== (packOp as unknown as typeof t.op)) continue;
    const { offsets, total } = t.attrs as { offsets: readonly number[]; total: number };
    const object = objects.push({ bytes: total * BYTES, label: `pack ${t.path}`, fixed: true }) - 1;
    slots.set(t, { object, offset: 0, bytes: total * BYTES });
    t.inputs.forEach((p, i) => {
      const { base } = fusion.source(p);
      slots.set(base, { object, offset: offsets[i] * BYTES, bytes: numel(base.shape) * BYTES });
    });
  }
}
