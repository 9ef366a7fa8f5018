import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { writeWhole } from '../files';
import { type CompareOptions, type Comparison, compareRuns } from './comparison';
import { type PageOptions, reportPage } from './page';
import type { RunSummary } from './runSummary';
import { comparisonCsv, comparisonMarkdown } from './tableText';

/** Compares runs and writes comparison.md, comparison.csv and report.html into `folder`. Errors as `compareRuns`. */
export async function writeReport(
  folder: string,
  runs: readonly RunSummary[],
  options: PageOptions & CompareOptions,
): Promise<Comparison> {
  const c = compareRuns(runs, options);
  await mkdir(folder, { recursive: true });
  await writeWhole(join(folder, 'comparison.md'), comparisonMarkdown(c, options.title));
  await writeWhole(join(folder, 'comparison.csv'), comparisonCsv(c));
  await writeWhole(join(folder, 'report.html'), reportPage(c, options));
  return c;
}
