import type { Json } from '../train/experiment/overrides';
import { command } from './command';
import { EXPERIMENT_FLAGS, EXPERIMENT_HELP, experimentOf, readJson } from './experimentFlags';
import { runExperiment } from './experimentRun';
import { INTERRUPTED, onInterrupt } from './interrupt';
import { makeLab } from './lab';
import { resultText } from './resultText';
import { runPath } from './runFolder';
import { tunedHost } from './tunedHost';

const FLAGS = { ...EXPERIMENT_FLAGS, resume: { kind: 'switch' }, 'dry-run': { kind: 'switch' } } as const;

const HELP = `train: run an experiment and write a run folder

  npm run train -- [flags]

${EXPERIMENT_HELP}
  --resume          go on with the run in --out: its config is taken, overrides come on top
  --dry-run         print the complete config and do nothing
  --json            result as JSON on stdout instead of a table
  --help            this text

Progress goes to stderr, the table to stdout. Ctrl-C stops after the present step and saves; --resume goes on.
The run folder holds run.json, summary.json, metrics.jsonl, last and best .safetensors, README.md, overlays/ and the state.
Exit codes: 0 done, 1 failed, 2 wrong command line, 130 stopped and saved.`;

/** `npm run train -- [flags]`: see HELP. */
export const run = command('train', HELP, FLAGS, async ({ resume = false, 'dry-run': dry, json, ...flags }) => {
  const start = resume && flags.out ? await savedConfig(flags.out) : {};
  const config = await experimentOf(flags, start);
  if (dry) {
    console.log(JSON.stringify(config, null, 2));
    return 0;
  }
  const interrupt = onInterrupt();
  const lab = makeLab(tunedHost({ log: process.stderr, stopped: interrupt.asked }));
  try {
    const result = await runExperiment({ command: 'train', config, resume }, lab);
    console.log(json ? JSON.stringify(result) : resultText(result, config.train.steps));
    return result.status === 'done' ? 0 : INTERRUPTED;
  } finally {
    lab.close();
    interrupt.forget();
  }
});

/** The config that the run in `folder` was begun with. */
async function savedConfig(folder: string): Promise<Json> {
  const record = await readJson(`${runPath(folder, '', true)}/run.json`);
  const config = typeof record === 'object' && record !== null && 'config' in record ? record.config : {};
  return config as Json;
}
