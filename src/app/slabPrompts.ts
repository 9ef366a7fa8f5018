/** Prompts of every slice of a range, for segmenting it as a volume, from what a person prompted and what is masked. Pure. */
import { pointPrompt } from '../data/prompts';
import type { Plane } from '../data/volumeReorient';
import { tightBox } from '../train/metrics/box';
import { type CaseInfo, placeKey } from './document/caseInfo';
import { isPrompt, type LabelObject, type Prompt } from './document/document';
import { maskOn } from './document/planeMask';
import { planeOf } from './document/planes';
import { areaOf, unpackMask } from './document/runs';

/**
 * The prompt of each slice from `from` to `to`: the object's own; else box and innermost pixel of its mask there; else that of the nearest
 * slice which has either (the lower one of two). Empty where no slice of the range has any.
 */
export function slabPrompts(
  info: Pick<CaseInfo, 'dims' | 'affine' | 'spacing' | 'kind'>,
  plane: Plane,
  object: Pick<LabelObject, 'prompts' | 'masks'>,
  [from, to]: readonly [number, number],
): ReadonlyMap<number, Prompt> {
  const g = planeOf(info, plane);
  const own = new Map<number, Prompt>();
  for (let slice = from; slice <= to; slice++) {
    const said = object.prompts.get(placeKey({ plane, slice }));
    const mask = maskOn(info, g, slice, object.masks);
    if (said && isPrompt(said)) own.set(slice, said);
    else if (areaOf(mask) > 0) own.set(slice, promptOfMask(unpackMask(mask), g.columns, g.rows));
  }
  if (!own.size) return own;
  const known = [...own.keys()];
  const nearest = (slice: number) =>
    known.reduce((best, k) => (Math.abs(k - slice) < Math.abs(best - slice) ? k : best));
  return new Map(Array.from({ length: to - from + 1 }, (_, i) => [from + i, own.get(nearest(from + i))!] as const));
}

/** Box and innermost pixel of a mask that is not empty. */
export function promptOfMask(mask: Uint8Array, columns: number, rows: number): Prompt {
  const [x0, y0, x1, y1] = tightBox(mask, columns, rows);
  const [x, y] = pointPrompt(mask, columns, rows, 'center').points;
  return { points: [{ x: x + 0.5, y: y + 0.5, label: 1 }], box: [x0, y0, x1 + 1, y1 + 1], choice: null };
}
