import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { writeWhole } from '../files';
import { type CompareOptions, type Comparison, compareRuns } from './comparison';
import type { RunFolderSummary } from './loadRuns';
import { loadOverlays } from './loadRuns';
import { type PageOptions, reportPage } from './page';
import { comparisonCsv, comparisonMarkdown } from './tableText';

/** The comparison, and its tables as Markdown. */
export interface WrittenReport {
  readonly comparison: Comparison;
  readonly markdown: string;
}

/**
 * Compares runs and writes table.md, table.csv and report.html with the runs' pictures into `folder`. Errors as
 * `compareRuns`.
 */
export async function writeReport(
  folder: string,
  runs: readonly RunFolderSummary[],
  options: PageOptions & CompareOptions,
): Promise<WrittenReport> {
  const comparison = compareRuns(
    runs.map((r) => r.summary),
    options,
  );
  const { title, notes = [] } = options;
  const markdown = [comparisonMarkdown(comparison, title), ...notes.map((note) => `${note}\n`)].join('\n');
  const { overlays, left } = await loadOverlays(runs);
  const more = left ? [`${left} further pictures lie in the folders of the runs.`] : [];
  const page = reportPage(comparison, { ...options, overlays, notes: [...notes, ...more] });
  await mkdir(folder, { recursive: true });
  await writeWhole(join(folder, 'table.md'), markdown);
  await writeWhole(join(folder, 'table.csv'), comparisonCsv(comparison));
  await writeWhole(join(folder, 'report.html'), page);
  return { comparison, markdown };
}
