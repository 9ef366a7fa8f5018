import { command } from './command';
import { EXPERIMENT_FLAGS, EXPERIMENT_HELP, experimentOf } from './experimentFlags';
import type { Flag } from './flags';
import { INTERRUPTED, interruptible } from './interrupt';
import { findRateOf } from './trials';

const FLAGS = {
  ...EXPERIMENT_FLAGS,
  from: { kind: 'number', min: 1e-12, max: 10 },
  to: { kind: 'number', min: 1e-12, max: 100 },
  trials: { kind: 'whole', min: 5, max: 10_000 },
} as const satisfies Record<string, Flag>;

const HELP = `lrfind: which learning rates an experiment bears

  npm run lrfind -- [flags]

${EXPERIMENT_HELP}
  --from X, --to X  rates tried, by equal factors (1e-6 to 1)
  --trials N        steps (60)
  --json            the curve as JSON on stdout
  --help            this text

Nothing is written. Exit codes: 0 done, 1 failed, 2 wrong command line, 130 stopped.`;

/** `npm run lrfind -- [flags]`: see HELP. */
export const run = command('lrfind', HELP, FLAGS, async ({ from, to, trials = 60, json, ...flags }) => {
  const config = await experimentOf(flags);
  const { curve, stopped } = await interruptible((host) => findRateOf(config, host, { from, to, steps: trials }));
  if (json) console.log(JSON.stringify(curve));
  else {
    const lines = curve.points.map(
      (p) => `${p.lr.toExponential(2).padStart(10)}  ${p.loss.toFixed(4)}  ${p.smooth.toFixed(4)}`,
    );
    const words = (lr: number | null, else_: string) => (lr === null ? else_ : lr.toExponential(1));
    console.log(['        lr  loss    smoothed', ...lines].join('\n'));
    console.log(
      `falls fastest at ${words(curve.suggested, 'no rate')}, grows beyond bounds from ${words(curve.diverged, 'none of them')} on`,
    );
  }
  return stopped ? INTERRUPTED : 0;
});
