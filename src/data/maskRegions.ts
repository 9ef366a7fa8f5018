/** Holes and islands of 2-D masks (not 0 = inside), as 0 and 1, row by row. Pixels that touch at a corner belong together. */
import type { Size } from '../models/sam/prompt';
import { components } from '../train/metrics/components';
import { grid } from '../train/metrics/grid';

/** The mask with all holes filled: what is outside but not connected with the border, by sides (a diagonal line is a wall). */
export function filled(mask: Uint8Array, [rows, columns]: Size): Uint8Array {
  const outside = components(inverse(mask), grid([rows, columns]), 'faces');
  const open = new Set<number>();
  outside.labels.forEach((label, i) => {
    const [x, y] = [i % columns, Math.floor(i / columns)];
    if (x === 0 || y === 0 || x === columns - 1 || y === rows - 1) open.add(label);
  });
  return mask.map((v, i) => (v || !open.has(outside.labels[i]) ? 1 : 0));
}

/** The largest connected part of the mask; of equals the first. */
export function largestPart(mask: Uint8Array, [rows, columns]: Size): Uint8Array {
  const { labels, sizes } = components(mask, grid([rows, columns]));
  const largest = 1 + sizes.indexOf(Math.max(...sizes));
  return mask.map((v, i) => (v && labels[i] === largest ? 1 : 0));
}

const inverse = (mask: Uint8Array): Uint8Array => mask.map((v) => (v ? 0 : 1));

/**
 * The mask without holes and islands of fewer than `area` pixels; of islands that are all smaller the largest stays.
 * The same array where there is nothing to do. Source: remove_small_regions, holes then islands.
 */
export function withoutSmallRegions(mask: Uint8Array, [rows, columns]: Size, area: number): Uint8Array {
  const on = grid([rows, columns]);
  const outside = components(inverse(mask), on);
  const filled = outside.sizes.some((n) => n < area)
    ? mask.map((v, i) => (v || outside.sizes[outside.labels[i] - 1] < area ? 1 : 0))
    : mask;
  const parts = components(filled, on);
  if (!parts.sizes.some((n) => n < area)) return filled;
  const largest = 1 + parts.sizes.indexOf(Math.max(...parts.sizes));
  const stays = (label: number) => label > 0 && (parts.sizes[label - 1] >= area || label === largest);
  return filled.map((_, i) => (stays(parts.labels[i]) ? 1 : 0));
}
