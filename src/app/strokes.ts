/** What a stroke means: which object it changes, and the change. Pure. */
import { filled, largestPart } from '../data/maskRegions';
import type { Plane } from '../data/volumeReorient';
import { placeKey } from './document/caseInfo';
import { type LabelObject, objectOf } from './document/document';
import type { Edit } from './document/edits';
import { maskOn, masksWith } from './document/planeMask';
import { planeOf, voxelAt } from './document/planes';
import { combineRuns, packMask, type Runs, runsHold, sameRuns, unpackMask } from './document/runs';
import type { Spot } from './document/strokes';
import { type AppState, candidateOf, type OpenCase, placeNow, predictionOf, promptOf, shownCase } from './state';

/** A stroke on a slice. */
export interface Stroke {
  readonly plane: Plane;
  readonly slice: number;
  /** Where it began. */
  readonly from: Spot;
  /** Row by row, 1: inside. */
  readonly mask: Uint8Array;
  readonly how: 'or' | 'minus';
}

/** The topmost object that is seen at a place of a slice; null where there is none. Locked ones count. */
export function objectAt({ info, timeline }: OpenCase, plane: Plane, slice: number, at: Spot): LabelObject | null {
  const g = planeOf(info, plane);
  const [column, row] = [Math.floor(at.x), Math.floor(at.y)];
  if (column < 0 || row < 0 || column >= g.columns || row >= g.rows) return null;
  const [x, y, z] = voxelAt(g, column, row, slice);
  const index = y * info.dims[0] + x;
  const holds = (o: LabelObject) => {
    const runs = o.hidden ? undefined : o.masks.get(z);
    return runs !== undefined && runsHold(runs, index);
  };
  return timeline.now.objects.findLast(holds) ?? null;
}

/** The object that a stroke changes: the active one, else the one it begins on; null: a new one. */
export function strokeTarget(open: OpenCase, { plane, slice, from }: Pick<Stroke, 'plane' | 'slice' | 'from'>) {
  const { now } = open.timeline;
  return objectOf(now, now.active) ?? objectAt(open, plane, slice, from);
}

/**
 * The change that a stroke makes: of the proposal where the active object has one on this slice, else of its mask. Null
 * where there is nothing to erase. Of a locked object it is refused, in words, where it is made.
 */
export function strokeEdit(s: AppState, stroke: Stroke): Edit | null {
  const open = shownCase(s);
  if (!open) return null;
  const target = strokeTarget(open, stroke);
  if (!target && stroke.how === 'minus') return null;
  return maskEdit(s, target, stroke, (under) => combineRuns(under, packMask(stroke.mask), stroke.how));
}

/** Fills the holes of the active object's mask on the slice that is worked on, or keeps only its largest part; null where that changes nothing. */
export function reshapeActive(s: AppState, how: 'fill' | 'largest'): Edit | null {
  const [open, at] = [shownCase(s), placeNow(s)];
  const target = open && objectOf(open.timeline.now, open.timeline.now.active);
  if (!open || !at || !target) return null;
  const { columns, rows } = planeOf(open.info, at.plane);
  return maskEdit(s, target, at, (under) => {
    const mask = unpackMask(under);
    const made = how === 'fill' ? filled(mask, [rows, columns]) : largestPart(mask, [rows, columns]);
    return packMask(made);
  });
}

/** The change of an object's mask on a slice, or of its proposal there; null where `change` changes nothing. */
function maskEdit(
  s: AppState,
  target: LabelObject | null,
  at: Pick<Stroke, 'plane' | 'slice'>,
  change: (under: Runs) => Runs,
): Edit | null {
  const open = shownCase(s);
  if (!open) return null;
  const g = planeOf(open.info, at.plane);
  const before = target?.masks ?? new Map<number, Runs>();
  const proposed = proposalUnder(s, target, at);
  const under = proposed ?? maskOn(open.info, g, at.slice, before);
  const after = change(under);
  if (!proposed && sameRuns(under, after)) return null;
  const masks = masksWith(open.info, g, at.slice, after, before);
  return { type: 'stroke', object: target?.id ?? null, at: placeKey(at), masks };
}

function proposalUnder(s: AppState, target: LabelObject | null, at: Pick<Stroke, 'plane' | 'slice'>): Runs | null {
  const { plane, slice } = at;
  const open = shownCase(s);
  const p = predictionOf(s);
  if (!open || !p || !target || target.id !== open.timeline.now.active || open.look.plane !== plane) return null;
  const g = planeOf(open.info, plane);
  if (p.width !== g.columns || p.height !== g.rows || !target.prompts.has(placeKey({ plane, slice }))) return null;
  return p.masks[candidateOf(p, promptOf(s).choice)];
}
