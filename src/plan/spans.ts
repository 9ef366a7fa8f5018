import { packOp } from '../ops/plumbing';
import { BYTES, bytesOf } from '../tensor/shape';
import type { Tensor } from '../tensor/tensor';
import type { Dispatch } from './dispatch';
import type { Fusion } from './fuse';

/** A tensor from the dispatch that writes it to the last one that reads it, both included. */
export interface Span {
  readonly tensor: Tensor;
  readonly bytes: number;
  readonly from: number;
  readonly to: number;
  /** What the dispatch binds that writes it. */
  readonly bound: ReadonlySet<Tensor>;
}

/** When everything computed lives, in the order of the list; `kept` lives on to its end. */
export function spansOf(list: readonly Dispatch[], kept: readonly Tensor[]): Span[] {
  const last = lastUses(list, kept);
  return list.flatMap(({ result: tensor, refs }, from) => {
    if (tensor.op.writes) return [];
    const bound = new Set(refs.map((r) => r.tensor));
    return [{ tensor, bytes: bytesOf(tensor), from, to: last.get(tensor)!, bound }];
  });
}

function lastUses(list: readonly Dispatch[], kept: readonly Tensor[]): Map<Tensor, number> {
  const last = new Map<Tensor, number>();
  list.forEach((d, i) => {
    for (const r of d.refs) last.set(r.tensor, i);
  });
  for (const t of kept) last.set(t, list.length);
  return last;
}

/** Largest sum of bytes alive at one dispatch. */
export function peakOf(spans: readonly Span[], length: number): number {
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

/** A span that has its place: bytes from `offset` on of an object. */
export interface Placed extends Span {
  readonly offset: number;
}

/** A pack as an object: its parts are written straight into it, each from when it is computed to the last use of the pack. */
export interface Pack {
  readonly tensor: Tensor;
  readonly bytes: number;
  readonly parts: readonly Placed[];
  /** What lies between the parts: zero for good. */
  readonly gaps: readonly Placed[];
}

/** The packs of a step. */
export function packsOf(
  list: readonly Dispatch[],
  fusion: Fusion,
  spans: readonly Span[],
  kept: readonly Tensor[],
): Pack[] {
  const last = lastUses(list, kept);
  const spanOf = new Map(spans.map((s) => [s.tensor, s]));
  const packs = fusion.order.filter((t) => t.op === (packOp as unknown as typeof t.op));
  return packs.map((tensor) => {
    const { offsets, total } = tensor.attrs as { offsets: readonly number[]; total: number };
    const to = last.get(tensor) ?? list.length;
    const parts = tensor.inputs.map((p, i) => ({
      ...spanOf.get(fusion.source(p).base)!,
      offset: offsets[i] * BYTES,
      to,
    }));
    const bytes = total * BYTES;
    const whole = { tensor, from: 0, to: list.length, bound: new Set<Tensor>() };
    return { tensor, bytes, parts, gaps: between(parts, bytes).map((g) => ({ ...whole, ...g })) };
  });
}

/** The ranges of 0 … `bytes` that no part covers. */
function between(parts: readonly Placed[], bytes: number): { offset: number; bytes: number }[] {
  const out: { offset: number; bytes: number }[] = [];
  let at = 0;
  for (const p of [...parts].sort((a, b) => a.offset - b.offset)) {
    if (p.offset > at) out.push({ offset: at, bytes: p.offset - at });
    at = Math.max(at, p.offset + p.bytes);
  }
  if (bytes > at) out.push({ offset: at, bytes: bytes - at });
  return out;
}
