import { openGpu } from '../gpu/device';
import { ADAPT_HELP, type AdaptOptions, parseAdapt } from './adaptOptions';
import { countsText, reportTable } from './adaptReport';
import { type AdaptResult, adaptRun } from './adaptRun';
import { UsageError } from './flags';
import { showTime } from './progress';

/** Exit code of a run that was interrupted and saved, as shells count SIGINT. */
const INTERRUPTED = 130;

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
  try {
    const result = await adaptRun(options, { open: openGpu, log: process.stderr, stopped: interrupt.asked });
    if (options.json) console.log(JSON.stringify(result));
    else console.log(resultText(result, options));
    return result.status === 'done' ? 0 : INTERRUPTED;
  } finally {
    interrupt.forget();
  }
}

/** The first Ctrl-C asks to stop after the present step, the second ends the process at once. */
function onInterrupt(): { asked: () => boolean; forget: () => void } {
  let asked = false;
  const listener = () => {
    if (asked) process.exit(INTERRUPTED);
    asked = true;
    process.stderr.write('\nstopping after this step; once more to stop at once\n');
  };
  process.on('SIGINT', listener);
  return { asked: () => asked, forget: () => process.off('SIGINT', listener) };
}

export function resultText(r: AdaptResult, o: AdaptOptions): string {
  if (r.status === 'stopped')
    return `stopped at step ${r.step} of ${o.steps} and saved; the same flags with --out ${r.path} --resume go on`;
  const best =
    r.best && r.best.step !== r.step
      ? ` · best mean Dice ${r.best.dice.toFixed(3)} at step ${r.best.step} (best.safetensors)`
      : '';
  const time = `${showTime(r.seconds.training * 1000)} of training, ${showTime(r.seconds.total * 1000)} in all`;
  return [reportTable(r.rows), countsText(r.counts), `${r.step} steps · ${time}${best}`, `run folder: ${r.path}`].join(
    '\n',
  );
}
