import { join } from 'node:path';
import { command } from './command';
import { type Flag, UsageError } from './flags';
import { loadRuns } from './report/loadRuns';
import { writeReport } from './report/writeReport';

const FLAGS = {
  runs: { kind: 'list' },
  against: { kind: 'text' },
  title: { kind: 'text' },
  out: { kind: 'text' },
} as const satisfies Record<string, Flag>;

const HELP = `report: compare finished runs, of whatever sweeps or single trainings

  npm run report -- --runs DIR [--runs DIR …] [flags]

  --runs DIR      a run folder, a sweep, or a folder of them: every summary.json in or below it; any number of times
  --against ARM   the arm that the others are tested against (the first)
  --title TEXT    heading
  --out DIR       where to write table.md, table.csv and report.html (report)
  --json          what was written, as JSON on stdout instead of the table
  --help          this text

Runs of one arm and data set with different seeds become one row. Exit codes: 0 done, 1 runs that cannot be compared, 2
wrong command line.`;

/** `npm run report -- --runs DIR`: see HELP. */
export const run = command(
  'report',
  HELP,
  FLAGS,
  async ({ runs, against, title = 'Comparison of runs', out = 'report', json }) => {
    if (!runs?.length) throw new UsageError('--runs is missing: give a folder with runs');
    const found = await loadRuns(runs);
    const { markdown, comparison } = await writeReport(out, found, { title, ...(against ? { against } : {}) });
    const files = ['table.md', 'table.csv', 'report.html'].map((name) => join(out, name));
    const { arms, datasets } = comparison;
    if (json)
      console.log(
        JSON.stringify({ runs: found.map((r) => r.path), arms, datasets, against: comparison.against, files }),
      );
    else console.log(`${markdown}\nwritten: ${files.join(', ')}`);
    return 0;
  },
);
