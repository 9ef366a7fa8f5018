import type { AdapterInfo } from '../data/adapterFile';
import { findAdapters } from '../data/adapterFind';
import { describeCheckpoint } from '../data/checkpointReport';
import type { Converted } from '../data/convert';
import { adapterLine, baseLines } from './inspectText';

/** What a conversion did, or would do. */
export interface Conversion {
  readonly from: string;
  /** What the adapters in the result are to be attached as. */
  readonly attach: AdapterInfo['adapters'];
  readonly plan: Converted;
  /** Further notes. */
  readonly notes: readonly string[];
}

/** Files that were written, or would be. */
export interface Written {
  readonly written: readonly string[];
  readonly dryRun: boolean;
}

/** How the base in the result fits the one it comes nearest to; null where there is none. */
const baseOf = ({ entries }: Converted) => describeCheckpoint({ kind: 'safetensors', entries, meta: {} }).base;

/** The report as JSON. */
export function conversionJson({ from, attach, plan, notes }: Conversion, { written, dryRun }: Written): string {
  const { base, adapters, renamed, left } = plan;
  const all = [...plan.notes, ...notes];
  const fits = plan.base ? baseOf(plan) : null;
  return JSON.stringify({ from, base, adapters, renamed, left, attach, fits, notes: all, written, dryRun }, null, 1);
}

/** The report for people. */
export function conversionText({ from, attach, plan, notes }: Conversion, { written, dryRun }: Written): string {
  const { base, adapters, renamed, left } = plan;
  const fits = base ? baseOf(plan) : null;
  const some = `${left.slice(0, 6).join(', ')}${left.length > 6 ? ', …' : ''}`;
  return [
    `${from}: ${base} tensors of a base, ${adapters} of adapters${renamed ? `; ${renamed} renamed` : ''}`,
    ...(fits ? baseLines(fits) : []),
    ...findAdapters(plan.entries).map(adapterLine),
    ...attach.map((a) => `attach ${a.name} to ${a.pattern || 'the model'}: ${JSON.stringify(a.config)}`),
    ...(left.length ? [`${left.length} left out: ${some}`] : []),
    ...[...plan.notes, ...notes].map((n) => `note: ${n}`),
    ...written.map((p) => `${dryRun ? 'would write' : 'wrote'} ${p}`),
  ].join('\n');
}
