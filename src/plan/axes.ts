import type { Chain, View } from '../tensor/view';

/** How a view walks through memory: what the generated code and the layout pass ask of it. */

/** Thrown by `keepsFour` where a view tears neighbours apart. */
export const NOT_FOUR = new Error('four neighbours do not lie together');

/** Merges neighbouring axes that step alike and drops those of extent 1: fewer divisions in the shader. */
export function mergeAxes(v: View): View {
  const shape: number[] = [];
  const strides: number[] = [];
  const mask: (readonly [number, number])[] = [];
  const full = (m: readonly [number, number], d: number) => m[0] <= 0 && m[1] >= d;
  v.shape.forEach((d, i) => {
    const m = v.mask?.[i] ?? ([0, d] as const);
    if (d === 1 && full(m, d)) return;
    const k = shape.length - 1;
    if (k >= 0 && strides[k] === d * v.strides[i] && full(mask[k], shape[k]) && full(m, d)) {
      shape[k] *= d;
      strides[k] = v.strides[i];
      mask[k] = [0, shape[k]];
    } else {
      shape.push(d);
      strides.push(v.strides[i]);
      mask.push(m);
    }
  });
  const masked = mask.some((m, i) => !full(m, shape[i]));
  return { shape, strides, offset: v.offset, ...(masked ? { mask } : {}) };
}

/**
 * Whether four neighbours that begin at a multiple of four are such neighbours again behind view `raw` (true) or one and the
 * same element (false). Throws NOT_FOUR where they are neither. A last group of fewer than four is the caller's care.
 */
export function keepsFour(raw: View): boolean {
  const v = mergeAxes(raw);
  const last = v.shape.length - 1;
  if (last < 0) return false;
  const edges = v.mask?.[last].filter((m) => m > 0 && m < v.shape[last]) ?? [];
  if (v.shape[last] % 4 !== 0 && (last > 0 || v.mask)) throw NOT_FOUR;
  if (edges.some((m) => m % 4 !== 0)) throw NOT_FOUR;
  if (v.strides[last] === 0) return false;
  const whole = v.strides[last] === 1 && v.strides.every((s, i) => i === last || s % 4 === 0) && v.offset % 4 === 0;
  if (!whole) throw NOT_FOUR;
  return true;
}

/** The chain as a single unmasked view, or null. */
export function singleView(chain: Chain): View | null {
  return chain.length === 1 && !chain[0].mask ? chain[0] : null;
}
