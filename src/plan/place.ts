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
  bytes: number;
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

/**
 * Liveness over the dispatch list, then greedy sharing: a tensor takes the free object that fits best, or grows the
 * largest free one. Objects are whole buffers, because WebGPU forbids reading and writing one buffer in one dispatch.
 */
export function place(list: readonly Dispatch[], fusion: Fusion, kept: readonly Tensor[]): Placement {
  const slots = new Map<Tensor, Slot>();
  const objects: Planned[] = [];
  placePacks(fusion, slots, objects);
  const last = lastUses(list, kept);
  const free: number[] = [];
  const dying = new Map<number, Tensor[]>();
  for (const [t, i] of last) {
    const at = dying.get(i);
    if (at) at.push(t);
    else dying.set(i, [t]);
  }
  let live = 0;
  let peakLive = 0;
  list.forEach((d, i) => {
    const t = d.result;
    if (!t.op.writes && !slots.has(t)) {
      const bytes = numel(t.shape) * BYTES;
      slots.set(t, { object: take(bytes, free, objects, t), offset: 0, bytes });
      live += bytes;
      peakLive = Math.max(peakLive, live);
    }
    for (const dead of dying.get(i) ?? []) {
      const s = slots.get(dead);
      if (!s || objects[s.object].fixed) continue;
      free.push(s.object);
      live -= s.bytes;
    }
  });
  return { objects, slots, peakLive: peakLive + objects.reduce((n, o) => n + (o.fixed ? o.bytes : 0), 0) };
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

function lastUses(list: readonly Dispatch[], kept: readonly Tensor[]): Map<Tensor, number> {
  const last = new Map<Tensor, number>();
  list.forEach((d, i) => {
    for (const r of d.refs) if (!r.tensor.leaf) last.set(r.tensor, i);
  });
  for (const t of kept) last.delete(t);
  return last;
}

function take(bytes: number, free: number[], objects: Planned[], t: Tensor): number {
  let best = -1;
  for (const [k, o] of free.entries()) {
    if (best < 0) best = k;
    const [a, b] = [objects[free[best]].bytes, objects[o].bytes];
    // Best fit among those large enough, else the largest (which then grows).
    if (b >= bytes ? a < bytes || b < a : a < bytes && b > a) best = k;
  }
  if (best >= 0) {
    const o = free.splice(best, 1)[0];
    objects[o].bytes = Math.max(objects[o].bytes, bytes);
    return o;
  }
  return objects.push({ bytes, label: `${t.op.name} ${t.path}`, fixed: false }) - 1;
}
