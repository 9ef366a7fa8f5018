import { command } from './command';
import { EXPERIMENT_FLAGS, EXPERIMENT_HELP, experimentOf } from './experimentFlags';
import type { Flag } from './flags';
import { INTERRUPTED, interruptible } from './interrupt';
import { overfitOf } from './trials';

const FLAGS = {
  ...EXPERIMENT_FLAGS,
  wanted: { kind: 'number', min: 0, max: 1 },
} as const satisfies Record<string, Flag>;

const HELP = `overfit: can an experiment learn one batch by heart?

  npm run overfit -- [flags]

${EXPERIMENT_HELP}
  --wanted D        mean Dice that counts as learnt (0.9)
  --json            the result as JSON on stdout
  --help            this text

What cannot has a defect, a learning rate that does not suit it, or too little that trains. Also compares every frozen weight
with what was loaded, bit for bit. Nothing is written. Exit codes: 0 learnt, 1 not learnt or failed, 2 wrong command line, 130 stopped.`;

/** `npm run overfit -- [flags]`: see HELP. */
export const run = command('overfit', HELP, FLAGS, async ({ wanted = 0.9, json, ...flags }) => {
  const config = await experimentOf(flags);
  const { result, stopped, frozen } = await interruptible((host) => overfitOf(config, host, wanted));
  const mean = (of: readonly { readonly dice: number }[]) => of.reduce((sum, e) => sum + e.dice, 0) / of.length;
  const [before, after] = [mean(result.before), mean(result.after)];
  const steps = result.curve.length;
  if (json) console.log(JSON.stringify({ passed: result.passed, before, after, steps, frozen }));
  else {
    console.log(
      `mean Dice of one batch: ${before.toFixed(3)} → ${after.toFixed(3)} in ${steps} steps (wanted ${wanted})`,
    );
    console.log(`${frozen} frozen parameters are as they were, bit for bit`);
    console.log(
      result.passed ? 'it learns' : 'it does not learn: try another learning rate, more steps, or let more train',
    );
  }
  if (stopped) return INTERRUPTED;
  return result.passed ? 0 : 1;
});
