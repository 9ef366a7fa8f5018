import { ADAPT_HELP, type AdaptOptions, adaptConfig, parseAdapt } from './adaptOptions';
import { runExperiment } from './experimentRun';
import { UsageError } from './flags';
import { INTERRUPTED, onInterrupt } from './interrupt';
import { makeLab } from './lab';
import { resultText } from './resultText';
import { tunedHost } from './tunedHost';

/** `npm run adapt -- [flags]`: see ADAPT_HELP. Exit codes: 0 done, 1 failed, 2 wrong command line, 130 stopped by Ctrl-C and saved. */
export async function run(argv: string[]): Promise<number> {
  let options: AdaptOptions | null;
  try {
    options = parseAdapt(argv);
  } catch (e) {
    if (!(e instanceof UsageError)) throw e;
    console.error(`adapt: ${e.message}\nnpm run adapt -- --help lists the flags`);
    return 2;
  }
  if (!options) {
    console.log(ADAPT_HELP);
    return 0;
  }
  const interrupt = onInterrupt();
  const lab = makeLab(tunedHost({ log: process.stderr, stopped: interrupt.asked }));
  try {
    const choice = { command: 'adapt', config: adaptConfig(options), resume: options.resume };
    const result = await runExperiment(choice, lab);
    console.log(options.json ? JSON.stringify(result) : resultText(result, options.steps));
    return result.status === 'done' ? 0 : INTERRUPTED;
  } finally {
    lab.close();
    interrupt.forget();
  }
}
