import type { Tensor } from '../tensor/tensor';
import type { Dispatch } from './dispatch';
import type { Fusion } from './fuse';
import { type Pack, type Placed, packsOf, peakOf, type Span, spansOf } from './spans';

/** Where a computed tensor lives: bytes [offset, offset + bytes) of planned object `object`. */
export interface Slot {
  readonly object: number;
  readonly offset: number;
  readonly bytes: number;
}

/** A buffer to be made. */
export interface Planned {
  readonly bytes: number;
  readonly label: string;
}

/** The memory plan: one GPU buffer per object; tensors in one never overlap while both live. */
export interface Placement {
  readonly objects: readonly Planned[];
  readonly slots: ReadonlyMap<Tensor, Slot>;
  /** Largest sum of bytes alive at one dispatch: what any plan must have. */
  readonly peakLive: number;
}

/** An object and what has been placed in it so far. */
interface Object {
  bytes: number;
  readonly label: string;
  readonly taken: Placed[];
  /** A pack has its size. */
  readonly fixed: boolean;
}

type Objects = readonly Object[];

/** How much a lifetime counts beside a size in who chooses first: which is best differs from step to step, so all are tried. */
const WEIGHTS = [0, 0.3, 0.05, 0.02, 0.07, 0.12, 0.14, 0.18, 0.22, 0.27, 0.32, 0.34, 0.38, 0.45];

function rankOf(s: Span, weight: number): number {
  return s.bytes * (s.to - s.from + 1) ** weight;
}

/** An object grows by at most this part of a tensor rather than that the tensor gets an object of its own. */
const WORTH = 0.5;

/** A plan this close to what any plan needs is not improved upon. */
const GOOD = 1.02;

/**
 * Liveness over the dispatch list, then packing: large tensors that live long choose first, each the tightest gap among
 * the objects that fits all the time it lives, else one that grows a little, else a new object. WebGPU forbids reading and writing
 * one buffer in one dispatch, whatever the ranges; so what a dispatch writes never lies in an object that it also reads.
 * Source: Pisarchyk & Lee, Efficient memory management for deep neural net inference (2020), greedy by size.
 */
export function place(list: readonly Dispatch[], fusion: Fusion, kept: readonly Tensor[]): Placement {
  const all = spansOf(list, kept);
  const packs = packsOf(list, fusion, all, kept);
  const fixed = packs.flatMap((p) => [...p.parts, ...p.gaps]);
  const packed = new Set(fixed.map((p) => p.tensor));
  const spans = all.filter((s) => !packed.has(s.tensor));
  const peakLive = peakOf([...spans, ...fixed], list.length);
  let best: Objects | null = null;
  for (const weight of WEIGHTS) {
    const objects = arrange(packs, spans, (s) => rankOf(s, weight));
    if (!best || bytesIn(objects) < bytesIn(best)) best = objects;
    if (bytesIn(best) <= GOOD * peakLive) break;
  }
  return { objects: best!, slots: slotsOf(best!, packs), peakLive };
}

function bytesIn(objects: readonly Planned[]): number {
  return objects.reduce((n, o) => n + o.bytes, 0);
}

function arrange(packs: readonly Pack[], spans: readonly Span[], rank: (s: Span) => number): Object[] {
  const objects = packs.map(
    ({ tensor, bytes, parts, gaps }): Object => ({
      bytes,
      label: `pack ${tensor.path}`,
      taken: [...parts, ...gaps],
      fixed: true,
    }),
  );
  for (const s of [...spans].sort((a, b) => rank(b) - rank(a) || a.from - b.from)) {
    const { object, offset } = tightest(objects, s) ?? newObject(objects, s);
    const o = objects[object];
    o.bytes = Math.max(o.bytes, offset + s.bytes);
    o.taken.push({ ...s, offset });
  }
  return objects;
}

function slotsOf(objects: Objects, packs: readonly Pack[]): Map<Tensor, Slot> {
  const slots = new Map<Tensor, Slot>();
  objects.forEach(({ taken }, object) => {
    for (const { tensor, offset, bytes } of taken) slots.set(tensor, { object, offset, bytes });
  });
  packs.forEach(({ tensor, bytes }, object) => {
    slots.set(tensor, { object, offset: 0, bytes });
  });
  return slots;
}

/** Where ranges may begin: the alignment of bindings on every device, in bytes. */
const ALIGN = 256;

interface Gap {
  readonly offset: number;
  /** What would be left of the gap. */
  readonly rest: number;
}

interface Choice extends Gap {
  readonly object: number;
}

function newObject(objects: Object[], s: Span): Choice {
  const label = `${s.tensor.op.name} ${s.tensor.path}`;
  return { object: objects.push({ bytes: s.bytes, label, taken: [], fixed: false }) - 1, offset: 0, rest: 0 };
}

/** The gap that fits best; else the object that grows least for it. */
function tightest(objects: readonly Object[], s: Span): Choice | null {
  let best: Choice | null = null;
  for (const [object, o] of objects.entries()) {
    const gap = gapIn(o, s);
    if (gap && better(gap, best)) best = { ...gap, object };
  }
  return best;
}

function better(a: Gap, b: Gap | null): boolean {
  if (!b) return true;
  if (a.rest >= 0) return b.rest < 0 || a.rest < b.rest;
  return b.rest < 0 && a.rest > b.rest;
}

/** The tightest gap for `s` between what lives in the object at the same time, or its growing end; null if there is none. */
function gapIn({ bytes, taken, fixed }: Object, s: Span): Gap | null {
  const alive = taken.filter((t) => t.from <= s.to && s.from <= t.to);
  if (alive.some((t) => s.bound.has(t.tensor) || t.bound.has(s.tensor))) return null;
  let best: Gap | null = null;
  let offset = 0;
  const consider = (end: number) => {
    const gap = { offset, rest: end - offset - s.bytes };
    const grows = end === bytes && !fixed && gap.rest > -WORTH * s.bytes;
    if ((gap.rest >= 0 || grows) && better(gap, best)) best = gap;
  };
  for (const t of alive.sort((a, b) => a.offset - b.offset)) {
    if (t.offset > offset) consider(t.offset);
    offset = Math.max(offset, Math.ceil((t.offset + t.bytes) / ALIGN) * ALIGN);
  }
  if (offset < bytes) consider(bytes);
  return best;
}
