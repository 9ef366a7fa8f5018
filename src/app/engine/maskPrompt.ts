/** A mask as a prompt for the same object on a neighbouring slice: box, inner point and mask logits. Pure arrays. */
import { pointPrompt } from '../../data/prompts';
import { resizeBytes } from '../../data/resample';
import { type Prompt, resizedSize, type Size } from '../../models/sam/prompt';
import { tightBox } from '../../train/metrics/box';
import { components } from '../../train/metrics/components';
import { grid } from '../../train/metrics/grid';
import type { Prompt as CasePrompt } from '../document/document';
import type { CarryWay } from '../volumeProtocol';

/** Logit of a pixel that is surely inside; outside, and beyond the image, its negative. */
const SURE = 10;

/** Parts of a mask that are smaller than this part of the largest are specks. */
const SPECK = 0.2;

/** The mask (rows × columns) without specks: a new array of 0 and 1. */
export function withoutSpecks(mask: Uint8Array, [rows, columns]: Size): Uint8Array<ArrayBuffer> {
  const { labels, sizes } = components(mask, grid([rows, columns]));
  const least = SPECK * Math.max(0, ...sizes);
  return Uint8Array.from(labels, (k) => (k > 0 && sizes[k - 1] >= least ? 1 : 0));
}

/** A mask (rows × columns, not 0 = inside) as logits over the decoder's frame of `side` × `side`, as SAM's mask prompt wants them. */
export function maskLogits(mask: Uint8Array, [rows, columns]: Size, side: number): Float32Array {
  const [h, w] = resizedSize([rows, columns], side);
  const bytes = Uint8Array.from(mask, (v) => (v ? 255 : 0));
  const { data } = resizeBytes({ width: columns, height: rows, data: bytes }, w, h);
  const out = new Float32Array(side * side).fill(-SURE);
  for (let y = 0; y < h; y++) for (let x = 0; x < w; x++) out[y * side + x] = SURE * (data[y * w + x] / 127.5 - 1);
  return out;
}

/**
 * What is asked on a slice whose neighbour has `mask`: by `by` the neighbour's box, its innermost pixel and the mask as logits; where the
 * person prompted this slice, that prompt takes the place of box and pixel. The box is tight: widened a little from slice to slice, it would
 * let the mask grow without end. `Error` for an empty mask.
 */
export function carriedPrompt(
  mask: Uint8Array,
  size: Size,
  side: number,
  own: CasePrompt | null,
  by: CarryWay,
): Prompt {
  const [rows, columns] = size;
  const [x0, y0, x1, y1] = tightBox(mask, columns, rows);
  const masked = by === 'mask+box+click' ? { maskInput: maskLogits(mask, size, side) } : {};
  if (own) return { ...plainPrompt(own), ...masked };
  const box = [x0, y0, x1 + 1, y1 + 1] as const;
  if (by === 'box') return { box };
  const [px, py] = pointPrompt(mask, columns, rows, 'center').points;
  const click = { points: [[px + 0.5, py + 0.5]] as const, labels: [1] };
  return by === 'click' ? click : { ...click, box, ...masked };
}

/** A person's prompt as the model takes it. */
export function plainPrompt({ points, box }: CasePrompt): Prompt {
  return {
    points: points.map((p) => [p.x, p.y] as const),
    labels: points.map((p) => p.label),
    ...(box ? { box } : {}),
  };
}
