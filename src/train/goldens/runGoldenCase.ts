import type { Gpu } from '../../gpu/device';
import type { Check } from './check';
import type { GoldenFiles } from './files';
import { openCase } from './goldenCase';
import type { How } from './how';
import { type Findings, KINDS } from './kinds';

/** What became of a case. `unknown`: no code for its kind, or for a part of it; never a pass. */
export type CaseState = 'passed' | 'failed' | 'unknown';

/** Result of one case. */
export interface CaseResult {
  readonly name: string;
  readonly state: CaseState;
  /** Name of the kind, or the class that no kind answers to. */
  readonly kind: string;
  readonly checks: readonly Check[];
  /** Parts that nobody could compute, with the reason. */
  readonly unknown: readonly string[];
  /** Values stored in 16 bits by its largest step. */
  readonly stored?: number;
  /** Why the case broke off, if it did. */
  readonly error: string | null;
}

/**
 * Computes one case and compares everything that it holds. What it is follows from the class and options in its
 * case.json. Never throws:
 * what breaks is reported with the case's name.
 */
export async function runGoldenCase(gpu: Gpu, files: GoldenFiles, how?: How): Promise<CaseResult> {
  const result = { name: files.name, kind: 'unreadable', checks: [], unknown: [], error: null };
  try {
    const c = await openCase(files, how);
    const found = KINDS.find((k) => k.matches(c.info));
    result.kind = found?.name ?? String(c.info.upstream_class ?? c.info.reference_class ?? 'no class stated');
    if (!found) return { ...result, state: 'unknown' };
    const findings = await found.run(gpu, c);
    const nothing = !findings.checks.length && !findings.unknown.length;
    return { ...result, ...findings, state: stateOf(findings), error: nothing ? 'nothing to compare' : null };
  } catch (e) {
    return { ...result, state: 'failed', error: e instanceof Error ? (e.stack ?? e.message) : String(e) };
  }
}

function stateOf({ checks, unknown }: Findings): CaseState {
  if (checks.some((x) => !(x.ratio <= 1))) return 'failed';
  if (unknown.length) return 'unknown';
  return checks.length ? 'passed' : 'failed';
}
