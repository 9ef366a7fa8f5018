import type { Gpu } from '../gpu/device';
import { type Part, worstRatio } from '../train/goldens/check';
import type { GoldenFiles } from '../train/goldens/files';
import { type CaseResult, runGoldenCase } from '../train/goldens/runGoldenCase';
import { RESULT_HEADING, showResult } from '../train/goldens/showResult';
import { fixedVariants, kernelVariant, kernelVariants, type Variant } from '../train/goldens/variants';

/** What became of the cases with one variant. */
export interface VariantResults {
  readonly variant: string;
  readonly results: readonly CaseResult[];
}

/**
 * Runs `cases` with each variant that `list` names (names with commas, or `all`), telling every result as it comes. Cases in which a
 * variant of 16 bits stores nothing do not count for it. Throws with the names there are when one is not known.
 */
export async function runVariants(
  gpu: Gpu,
  cases: readonly GoldenFiles[],
  list: string,
  say: (text: string) => void,
): Promise<VariantResults[]> {
  const kernels = kernelVariants();
  const table: VariantResults[] = [];
  const one = async (variant: Variant) => {
    say(`${list === 'default' ? '' : `\n${variant.name}\n`}${RESULT_HEADING}`);
    const results: CaseResult[] = [];
    for (const files of cases) {
      const how = { ...kernels.watch(variant.how), twice: list !== 'default' };
      const result = await runGoldenCase(gpu, files, how);
      if (variant.halves && !result.error && !result.stored) continue;
      results.push(result);
      say(showResult(result));
    }
    table.push({ variant: variant.name, results });
  };
  for (const variant of chosen(gpu, list)) await one(variant);
  if (list === 'all') for (const variant of kernels.found()) await one(variant);
  return table;
}

function chosen(gpu: Gpu, list: string): readonly Variant[] {
  const fixed = fixedVariants(gpu.caps);
  if (list === 'all') return fixed;
  return list.split(',').map((name) => {
    const kernel = /^kernel (.+)$/.exec(name.trim());
    const found = kernel ? kernelVariant(kernel[1]) : fixed.find((v) => v.name === name.trim());
    if (found) return found;
    const names = fixed.map((v) => v.name).join(', ');
    throw new Error(`goldens: there is no variant '${name}' on this device; there are ${names}, 'kernel NAME' and all`);
  });
}

/** A line per variant: how many cases passed, and the worst ratio error/tolerance of forward, gradients and steps. */
export function showVariants(table: readonly VariantResults[]): string {
  const lines = table.map(({ variant, results }) => {
    const passed = results.filter((r) => r.state !== 'failed').length;
    const worst = (part: Part) => {
      const ratios = results.flatMap((r) => worstRatio(r.checks, part) ?? []);
      return (ratios.length ? Math.max(...ratios).toPrecision(3) : '–').padStart(9);
    };
    return `${variant.padEnd(30)} ${`${passed}/${results.length}`.padEnd(8)} ${worst('forward')} ${worst('gradient')} ${worst('step')}`;
  });
  return [`${'variant'.padEnd(30)} passed     forward  gradient      step`, ...lines].join('\n');
}
