import { type Check, makeCheck, maxError } from './check';
import type { GoldenArray } from './files';
import type { CaseInfo, Computed } from './goldenCase';

/** Tolerances of a case that states one rule for all its numbers. */
export interface Rule {
  readonly atol: number;
  /** Whether the bound grows with the number: atol·max(1, |b|). */
  readonly relative: boolean;
}

/** `tolerance.rule` of a case, such as `max|a-b| <= 1e-5*max(1,|b|)`. Throws when it says something else. */
export function ruleOf(info: CaseInfo): Rule {
  const text = String((info.tolerance as { rule?: unknown } | undefined)?.rule ?? '');
  const [, atol, relative] = /max\|a-b\| <= ([\d.]+(?:e-?\d+)?)(\*max\(1,\|b\|\))?\s*$/.exec(text) ?? [];
  if (!(Number(atol) > 0)) throw new Error(`goldens: tolerance rule '${text}' is not understood`);
  return { atol: Number(atol), relative: relative !== undefined };
}

/** Compares all that a case expects by its rule; integers must be equal, and what was not computed fails. */
export function compareByRule(expected: ReadonlyMap<string, GoldenArray>, computed: Computed, rule: Rule): Check[] {
  return [...expected].map(([name, want]) => {
    const got = computed.get(name);
    if (!want.dtype.startsWith('F')) return makeCheck(name, got ? maxError(got, want.data) : Infinity, 0);
    const bound = want.data.map((b) => (rule.relative ? Math.max(1, Math.abs(b)) : 1));
    if (got?.length !== bound.length) return makeCheck(name, Infinity, rule.atol);
    const scaled = (a: Float32Array) => a.map((v, i) => v / bound[i]);
    return makeCheck(name, maxError(scaled(got), scaled(want.data)), rule.atol);
  });
}
