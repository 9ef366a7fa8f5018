import type { Gpu } from '../../gpu/device';
import { type Check, compareAll, worstRatio } from './check';
import type { GoldenFiles } from './files';
import { type CaseInfo, type Computed, type GoldenCase, openCase } from './goldenCase';
import { runEncoder, runPaperEncoder } from './kindEncoder';
import { checkTorchFiles } from './kindFiles';
import { runMaskDecoder } from './kindMaskDecoder';
import { runMedsa } from './kindMedsa';
import { runPromptEncoder } from './kindPromptEncoder';
import { runSam } from './kindSam';

/** What became of a case. `unknown`: no code for its kind; never a pass. */
export type CaseState = 'passed' | 'failed' | 'unknown';

/** Result of one case. */
export interface CaseResult {
  readonly name: string;
  readonly state: CaseState;
  /** Name of the kind, or the class that no kind answers to. */
  readonly kind: string;
  readonly checks: readonly Check[];
  /** Why the case broke off, if it did. */
  readonly error: string | null;
}

/** A kind of case: recognised by what case.json says of class and options, never by the name of the case. */
interface Kind {
  readonly name: string;
  matches(info: CaseInfo): boolean;
  run(gpu: Gpu, c: GoldenCase): Promise<Computed>;
}

const upstream = (pattern: RegExp) => (info: CaseInfo) => pattern.test(String(info.upstream_class ?? ''));

const KINDS: readonly Kind[] = [
  { name: 'ImageEncoderViT', matches: upstream(/^segment_anything(\.\w+)*\.ImageEncoderViT$/), run: runEncoder },
  { name: 'PromptEncoder', matches: upstream(/^segment_anything(\.\w+)*\.PromptEncoder$/), run: runPromptEncoder },
  {
    name: 'MaskDecoder',
    matches: upstream(/^segment_anything(\.\w+)*\.MaskDecoder( \+ TwoWayTransformer)?$/),
    run: runMaskDecoder,
  },
  { name: 'Sam', matches: upstream(/^segment_anything Sam( \+ SamPredictor)?( \+ ResizeLongestSide)?$/), run: runSam },
  { name: 'Med-SA 2-D', matches: isMedsa2d, run: runMedsa },
  {
    name: 'paper encoder 2-D',
    matches: (info) =>
      /^ImageEncoderViT with the adapters of specification section 2$/.test(String(info.reference_class ?? '')),
    run: runPaperEncoder,
  },
  { name: 'torch files', matches: upstream(/^torch\.save files/), run: async () => new Map() },
];

function isMedsa2d(info: CaseInfo): boolean {
  const { mod, thd, net } = info.args ?? {};
  return (
    /^models\.sam Sam \+ ImageEncoderViT\(sam_adpt\)$/.test(String(info.upstream_class ?? '')) &&
    mod === 'sam_adpt' &&
    net === 'sam' &&
    !thd
  );
}

/** Computes one case and compares everything that it holds. Never throws: what breaks is reported with the case's name. */
export async function runGoldenCase(gpu: Gpu, files: GoldenFiles): Promise<CaseResult> {
  let kind = 'unreadable';
  try {
    const c = await openCase(files);
    const found = KINDS.find((k) => k.matches(c.info));
    kind = found?.name ?? String(c.info.upstream_class ?? c.info.reference_class ?? 'no class stated');
    if (!found) return { name: files.name, state: 'unknown', kind, checks: [], error: null };
    const computed = await found.run(gpu, c);
    const checks = [...compareAll(c.expected, computed, c.info.stats ?? {}), ...(await checkTorchFiles(c))];
    const passed = checks.length > 0 && checks.every((x) => x.ratio <= 1);
    return {
      name: files.name,
      state: passed ? 'passed' : 'failed',
      kind,
      checks,
      error: checks.length ? null : 'the case holds nothing to compare',
    };
  } catch (e) {
    return {
      name: files.name,
      state: 'failed',
      kind,
      checks: [],
      error: e instanceof Error ? (e.stack ?? e.message) : String(e),
    };
  }
}

/** One line: name, state, worst ratio error/tolerance of forward, gradients and steps, then what failed. */
export function showResult(r: CaseResult): string {
  const ratio = (part: Check['part']) => {
    const w = worstRatio(r.checks, part);
    return (w === null ? '–' : w.toPrecision(3)).padStart(9);
  };
  const head = `${r.name.padEnd(30)} ${r.state.padEnd(8)}`;
  if (r.state === 'unknown') return `${head} unknown kind: ${r.kind}`;
  const bad = r.checks.filter((x) => !(x.ratio <= 1)).sort((a, b) => b.ratio - a.ratio);
  const lines = bad
    .slice(0, 12)
    .map((x) => `    ${x.name}: error ${x.error.toPrecision(3)}, tolerance ${x.tolerance.toPrecision(3)}`);
  if (bad.length > 12) lines.push(`    … and ${bad.length - 12} more`);
  if (r.error) lines.push(`    ${r.error}`);
  return [
    `${head} ${ratio('forward')} ${ratio('gradient')} ${ratio('step')}  ${r.checks.length} tensors`,
    ...lines,
  ].join('\n');
}
