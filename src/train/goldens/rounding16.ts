import { type Check, compareAll, makeCheck, maxError, type Stats } from './check';
import { num } from './configs';
import type { GoldenArray } from './files';
import type { CaseInfo, Computed, Config } from './goldenCase';

/** Largest relative error of a number rounded to 16 bits: 11 significant bits, to the nearest. */
export const UNIT = 2 ** -11;

/**
 * How far a case whose backward reads N values stored in 16 bits may lie from its reference numbers, on top of the tolerance in 32 bits t.
 * To first order, with u = 2⁻¹¹:
 * - Forward: nothing. Storage is for the backward; the forward reads what it computed.
 * - A gradient is a sum of products, linear in every stored value (or smooth, with relative slope of about 1: GELU′, softmax, norms) that
 *   lies between the loss and its parameter; each is off by a factor 1 + δ, |δ| ≤ u, of either sign. N such factors change it by √N·u of its
 *   size (by N·u, were all of one sign): e = √N · u · max |g|. A bias sums the same terms as its weight, there times inputs of order 1; they
 *   may cancel (those of keys do, exactly), their roundings do not: so its size is the larger of both gradients'.
 * - Adam's step is r·m̂/√v̂ of rate r. Errors e in the gradients move m̂ and √v̂ by e at most (both are means), the step by 2e/√v̂; of t steps
 *   √v̂ ≥ |g₁|/√t, g₁ the first gradient; and steps are no longer than r, so no two differ by more than 2r. Moved in t steps:
 *   r · t · min(2, 2·√t·e/|g₁|), element by element.
 * Not with remat: there blocks begin anew from a rounded input, and a ReLU's argument near 0 may change its sign, which is no rounding.
 * - A loss after t steps moves by Σ |g| · that, the first-order change. The first loss is of the forward pass alone.
 */
export interface Rounding {
  /** Values stored in 16 bits in a step. */
  readonly stored: number;
  /** Learning rate of the case's Adam. */
  readonly rate: number;
  /** Steps that the case takes in all. */
  readonly steps: number;
}

/** The numbers of a case whose steps store `stored` values in 16 bits. */
export function roundingOf(info: CaseInfo, stored: number): Rounding {
  const stated = (info.optimizer ?? {}) as Config;
  const rate = stated.lr === undefined ? num(info.args ?? {}, 'lr', 1e-4) : num(stated, 'lr');
  return { stored, rate, steps: num(info, 'steps', 1) };
}

/** The checks of a case in 16 bits: as `compareAll`, with the tolerances of `Rounding`. */
export function compareRounded(
  expected: ReadonlyMap<string, GoldenArray>,
  computed: Computed,
  stats: Stats,
  rounding: Rounding,
): Check[] {
  const known = gradients(expected, computed);
  return compareAll(expected, computed, stats).map((check) => {
    const want = expected.get(check.name)!;
    const got = computed.get(check.name);
    if (!got || want.dtype !== 'F32' || check.part === 'forward') return check;
    if (check.part === 'gradient') {
      const weight = known.get(check.name.slice('grad.'.length).replace(/\.bias$/, '.weight'));
      const size = Math.max(largest(want.data), weight ? largest(weight) : 0);
      const more = Math.sqrt(rounding.stored) * UNIT * size;
      return makeCheck(check.name, maxError(got, want.data), check.tolerance + more);
    }
    const tolerance = stepTolerance(check.name, got.length, known, rounding);
    return worst(check.name, got, want.data, (i) => check.tolerance + tolerance(i));
  });
}

/** First gradients by parameter: the reference's, else the computed ones. */
function gradients(expected: ReadonlyMap<string, GoldenArray>, computed: Computed): Map<string, ArrayLike<number>> {
  const all = [
    ...[...computed].map(([n, d]) => [n, d] as const),
    ...[...expected].map(([n, t]) => [n, t.data] as const),
  ];
  return new Map(all.filter(([n]) => n.startsWith('grad.')).map(([n, d]) => [n.slice('grad.'.length), d]));
}

function stepTolerance(
  name: string,
  length: number,
  known: ReadonlyMap<string, ArrayLike<number>>,
  { stored, rate, steps }: Rounding,
): (i: number) => number {
  const share = Math.sqrt(stored) * UNIT;
  const moved = (g: number, most: number, t: number) =>
    rate * t * Math.min(2, g === 0 ? 2 : (2 * Math.sqrt(t) * share * most) / Math.abs(g));
  const delta = /^delta(\d+)\.(.*)$/.exec(name);
  if (delta) {
    const [t, g] = [Number(delta[1]), known.get(delta[2])];
    const most = g ? largest(g) : 0;
    return (i) => (g ? moved(g[i], most, t) : 2 * rate * t);
  }
  // A loss: element i of a curve comes after i steps, a single one after all.
  const after = (t: number) => {
    let sum = 0;
    for (const g of known.values()) {
      const most = largest(g);
      for (let k = 0; k < g.length; k++) sum += Math.abs(g[k]) * moved(g[k], most, t);
    }
    return t ? sum : 0;
  };
  const curve = Array.from({ length }, (_, i) => after(i));
  return (i) => (length > 1 ? curve[i] : after(steps));
}

function largest(x: ArrayLike<number>): number {
  let most = 0;
  for (let i = 0; i < x.length; i++) most = Math.max(most, Math.abs(x[i]));
  return most;
}

/** The check of the element that uses most of its tolerance. */
function worst(name: string, got: ArrayLike<number>, want: ArrayLike<number>, tolerance: (i: number) => number): Check {
  if (got.length !== want.length) return makeCheck(name, Number.POSITIVE_INFINITY, 0);
  let found = makeCheck(name, 0, tolerance(0));
  for (let i = 0; i < got.length; i++) {
    const check = makeCheck(name, Math.abs(got[i] - want[i]), tolerance(i));
    if (!(check.ratio <= found.ratio)) found = check;
  }
  return found;
}
