import { type Part, worstRatio } from './check';
import type { CaseResult } from './runGoldenCase';

/** Names listed per case before the rest is only counted. */
const LISTED = 12;

/** Heading of the lines that `showResult` makes. */
export const RESULT_HEADING = `${'case'.padEnd(30)} state      forward  gradient      step`;

/**
 * One line: name, state, worst ratio error/tolerance of forward, gradients and steps; below it what failed or is
 * unknown.
 */
export function showResult(r: CaseResult): string {
  const ratio = (part: Part) => {
    const w = worstRatio(r.checks, part);
    return (w === null ? '–' : w.toPrecision(3)).padStart(9);
  };
  const head = `${r.name.padEnd(30)} ${r.state.padEnd(8)}`;
  if (r.state === 'unknown' && !r.checks.length) return `${head} unknown kind: ${r.kind}`;
  const bad = r.checks.filter((x) => !(x.ratio <= 1)).sort((a, b) => b.ratio - a.ratio);
  return [
    `${head} ${ratio('forward')} ${ratio('gradient')} ${ratio('step')}  ${r.checks.length} tensors`,
    ...listed(bad.map((x) => `${x.name}: error ${x.error.toPrecision(3)}, tolerance ${x.tolerance.toPrecision(3)}`)),
    ...listed(r.unknown.map((u) => `unknown: ${u}`)),
    ...(r.error ? [`    ${r.error}`] : []),
  ].join('\n');
}

function listed(lines: readonly string[]): string[] {
  const rest = lines.length - LISTED;
  return [...lines.slice(0, LISTED), ...(rest > 0 ? [`… and ${rest} more`] : [])].map((l) => `    ${l}`);
}

/** The last lines of a run: counts, and every kind or part that was unknown. */
export function showClosing(results: readonly CaseResult[]): string {
  const of = (state: CaseResult['state']) => results.filter((r) => r.state === state);
  const kinds = new Map<string, string[]>();
  for (const r of of('unknown')) {
    const what = r.unknown.length ? `${r.unknown.length} parts of ${r.kind}` : r.kind;
    kinds.set(what, [...(kinds.get(what) ?? []), r.name]);
  }
  const line = `${of('passed').length} passed, ${of('failed').length} failed, ${of('unknown').length} of unknown kind`;
  return [line, ...[...kinds].map(([kind, names]) => `  unknown: ${kind} (${names.join(', ')})`)].join('\n');
}
