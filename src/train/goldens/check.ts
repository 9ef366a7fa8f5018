import type { GoldenArray } from './files';

/** Which promise a number belongs to. */
export type Part = 'forward' | 'gradient' | 'step';

/** One compared tensor. `ratio` = error / tolerance; at most 1 passes. */
export interface Check {
  readonly name: string;
  readonly part: Part;
  readonly error: number;
  readonly tolerance: number;
  readonly ratio: number;
}

/** `stats` of a case.json. */
export type Stats = Readonly<Record<string, { readonly suggested_atol?: number } | undefined>>;

/** Forward result, gradient or optimiser step, by the names that the goldens use. */
export function partOf(name: string): Part {
  if (/(^|\.)delta\d*(\.|$)/.test(name) || /^(losses|bce|dice|loss_after\w*)$/.test(name.split('.').at(-1)!))
    return 'step';
  return /(^|\.)grad(_in)?\./.test(name) ? 'gradient' : 'forward';
}

/** A check from its numbers. An error that is not a number fails, and a tolerance of 0 asks for equality. */
export function makeCheck(name: string, error: number, tolerance: number, part = partOf(name)): Check {
  const ratio =
    error <= tolerance
      ? error === 0
        ? 0
        : error / tolerance
      : tolerance > 0 && error < Infinity
        ? error / tolerance
        : Infinity;
  return { name, part, error, tolerance, ratio };
}

/** Largest |a − b|; Infinity when lengths differ or a number is not finite. */
export function maxError(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Infinity;
  let worst = 0;
  for (let i = 0; i < a.length; i++) {
    const e = Math.abs(a[i] - b[i]);
    if (!(e <= worst)) worst = e;
    if (Number.isNaN(worst)) return Infinity;
  }
  return worst;
}

/** Elements of a tensor that rounding may move further than its tolerance, and how far they may be apart. */
export interface Sensitive {
  readonly elements: readonly number[];
  readonly tolerance: number;
}

/**
 * Compares everything that a case expects with what was computed; what was not computed fails. Float tensors use
 * `stats[name].suggested_atol`, masks may differ where their logit lies within its tolerance of 0, images of 8 bits may
 * differ by one grey
 * level, integers by nothing. Elements named in `sensitive` are compared apart from the others of their tensor.
 */
export function compareAll(
  expected: ReadonlyMap<string, GoldenArray>,
  computed: ReadonlyMap<string, Float32Array>,
  stats: Stats,
  sensitive: ReadonlyMap<string, Sensitive> = new Map(),
): Check[] {
  return [...expected].flatMap(([name, want]) => {
    // Upstream returns tensors without elements where there is nothing; here such a result is absent.
    const got = computed.get(name) ?? (want.data.length ? undefined : want.data);
    if (!got) return makeCheck(name, Infinity, toleranceOf(name, want, stats));
    if (want.dtype === 'BOOL') return compareMasks(name, want, got, computed, stats);
    const apart = sensitive.get(name);
    if (apart && got.length === want.data.length) return compareApart(name, want, got, apart, stats);
    return makeCheck(name, maxError(got, want.data), toleranceOf(name, want, stats));
  });
}

function compareApart(name: string, want: GoldenArray, got: Float32Array, apart: Sensitive, stats: Stats): Check[] {
  const of = new Set(apart.elements);
  const where = (inside: boolean) => (x: Float32Array) => x.filter((_, i) => of.has(i) === inside);
  const error = (inside: boolean) => maxError(where(inside)(got), where(inside)(want.data));
  return [
    makeCheck(name, error(false), toleranceOf(name, want, stats)),
    makeCheck(`${name} (sensitive elements)`, error(true), apart.tolerance, partOf(name)),
  ];
}

function toleranceOf(name: string, want: GoldenArray, stats: Stats): number {
  if (want.dtype === 'U8') return 1;
  if (want.dtype !== 'F32') return 0;
  // No tolerance stated: nothing can be promised, so nothing passes but equality.
  return stats[name]?.suggested_atol ?? 0;
}

/** The error of a mask is the largest |logit| among the pixels that differ. */
function compareMasks(
  name: string,
  want: GoldenArray,
  got: Float32Array,
  computed: ReadonlyMap<string, Float32Array>,
  stats: Stats,
): Check {
  const stem = name.replace(/masks$/, '');
  const logits = computed.get(`${stem}logits`);
  const tolerance = stats[`${stem}logits`]?.suggested_atol ?? stats[`${stem}low_res_logits`]?.suggested_atol ?? 0;
  if (got.length !== want.data.length || logits?.length !== got.length) return makeCheck(name, Infinity, tolerance);
  let worst = 0;
  for (let i = 0; i < got.length; i++) if (got[i] !== want.data[i]) worst = Math.max(worst, Math.abs(logits[i]));
  return makeCheck(name, worst, tolerance);
}

/** The worst ratio of a part, or null when the case has none of it. */
export function worstRatio(checks: readonly Check[], part: Part): number | null {
  const ratios = checks.filter((c) => c.part === part).map((c) => c.ratio);
  return ratios.length ? Math.max(...ratios) : null;
}
