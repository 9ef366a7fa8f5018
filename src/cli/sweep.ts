import { join } from 'node:path';
import { nearNames } from '../nn/near';
import { merge } from '../train/experiment/merge';
import type { Json } from '../train/experiment/overrides';
import { ARM_NAMES, aboutArm } from '../train/experiment/presets';
import { resolveSweep, type SweepConfig, sweepRuns } from '../train/experiment/sweep';
import { SWEEPS } from '../train/experiment/sweepPresets';
import { command } from './command';
import { readJson } from './experimentFlags';
import { type Flag, type FlagValues, UsageError } from './flags';
import { INTERRUPTED, onInterrupt } from './interrupt';
import { makeLab } from './lab';
import { runSweep, type SweepResult } from './sweepRun';
import { tunedHost } from './tunedHost';

const FLAGS = {
  config: { kind: 'text' },
  preset: { kind: 'text', choices: Object.keys(SWEEPS) },
  data: { kind: 'list' },
  arm: { kind: 'list' },
  seeds: { kind: 'text' },
  prompts: { kind: 'text' },
  set: { kind: 'list' },
  against: { kind: 'text' },
  minutes: { kind: 'number', min: 0.01, max: 1e6 },
  out: { kind: 'text' },
  'dry-run': { kind: 'switch' },
} as const satisfies Record<string, Flag>;

const HELP = `sweep: run a grid of experiments and compare them in one table

  npm run sweep -- [flags]

  --preset NAME     ${Object.keys(SWEEPS).join(' or ')} (paper-2d): the papers' arms on the embedded phantoms
  --config FILE     a sweep as JSON: name, common, arms, seeds, prompts, data, against
  --data DIR        data instead of the preset's; any number of times; phantoms and phantom-3d are made in code
                    (also 'phantoms:ultrasound?level=0.8': kinds joined by +, level 0 easy to 1 hard)
  --arm NAME        only these arms; any number of times
  --seeds 1,2,3     --prompts point-1,box   instead of the sweep's
  --set PATH=VALUE  override in all experiments: train.steps=300, base=vit_b.pth
  --against ARM     the arm that the others are tested against (the first)
  --minutes N       stop cleanly after N minutes; the same command goes on from there
  --out DIR         folder of the sweep (runs/sweep-NAME)
  --dry-run         list the experiments and do nothing
  --json            result as JSON on stdout instead of the table
  --help            this text

A sweep goes on where it was stopped or killed: finished runs are kept, one under way resumes from its state, a folder of
another sweep is refused. The folder holds sweep.json, table.md, table.csv, report.html and runs/.
Exit codes: 0 done, 1 some runs failed, 2 wrong command line, 130 stopped before the end.

Arms:
${ARM_NAMES.map((n) => `  ${n.padEnd(18)}${aboutArm(n)}`).join('\n')}`;

type SweepFlags = FlagValues<typeof FLAGS>;

/** `npm run sweep -- [flags]`: see HELP. */
export const run = command('sweep', HELP, FLAGS, async ({ minutes, out, json, 'dry-run': dry, ...flags }) => {
  const sweep = await sweepOf(flags);
  if (dry) {
    const keys = sweepRuns(sweep).map((r) => r.key);
    console.log(json ? JSON.stringify({ sweep, runs: keys }) : keys.join('\n'));
    return 0;
  }
  const interrupt = onInterrupt();
  const end = minutes ? performance.now() + minutes * 60_000 : Number.POSITIVE_INFINITY;
  const stopped = () => interrupt.asked() || performance.now() > end;
  const lab = makeLab(tunedHost({ log: process.stderr, stopped }));
  try {
    const result = await runSweep(sweep, out ?? join('runs', `sweep-${sweep.name}`), lab);
    console.log(json ? JSON.stringify(result) : sweepText(result));
    if (result.status === 'stopped') return INTERRUPTED;
    return result.failed.length ? 1 : 0;
  } finally {
    lab.close();
    interrupt.forget();
  }
});

/** The sweep that the flags describe. */
async function sweepOf({ config, preset, data, arm, seeds, prompts, set, against }: SweepFlags): Promise<SweepConfig> {
  const start = config && !preset ? {} : SWEEPS[preset ?? 'paper-2d'];
  const raw = merge(start, config ? await readJson(config) : {});
  const given: Record<string, Json> = {
    ...(data ? { data } : {}),
    ...(arm ? { arms: arm.map((name) => chosenArm(raw, name)) } : {}),
    ...(seeds ? { seeds: seeds.split(',').map(Number) } : {}),
    ...(prompts ? { prompts: prompts.split(',') } : {}),
    ...(against ? { against } : {}),
  };
  return resolveSweep(merge(raw, given), set ?? []);
}

/** The arm as the sweep's config has it, else the preset of that name. */
function chosenArm(raw: Json, name: string): Json {
  const arms = typeof raw === 'object' && raw !== null && 'arms' in raw ? raw.arms : [];
  const own = Array.isArray(arms) ? (arms as Json[]) : [];
  const nameOf = (a: Json) => (typeof a === 'object' && a !== null && 'name' in a ? a.name : a);
  const found = own.find((a) => nameOf(a) === name) ?? (ARM_NAMES.includes(name) ? name : undefined);
  if (found !== undefined) return found;
  const there = [...new Set([...own.map((a) => String(nameOf(a))), ...ARM_NAMES])];
  const [near] = nearNames(name, there, 1);
  throw new UsageError(
    `--arm ${name}: there is no such arm${near ? `; did you mean ${near}?` : ''}; there are ${there.join(', ')}`,
  );
}

function sweepText(r: SweepResult): string {
  const failed = r.failed.map(({ run: key, error }) => `${key} failed: ${error.split('\n')[0]}`);
  const end =
    r.status === 'done'
      ? `${r.done} of ${r.runs} runs`
      : `stopped: ${r.done} of ${r.runs} runs are done; the same command goes on`;
  return [r.table, ...failed, `${end} · ${r.path}`].join('\n');
}
