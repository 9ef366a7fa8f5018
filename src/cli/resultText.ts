import { countsText, reportTable } from './beforeAfter';
import type { RunResult } from './experimentRun';
import { showTime } from './progress';

/** What a run came to, for people: table, counts, time, folder. */
export function resultText(r: RunResult, steps: number): string {
  if (r.status === 'stopped')
    return `stopped at step ${r.step} of ${steps} and saved; the same flags with --out ${r.path} --resume go on`;
  const best =
    r.best && r.best.step !== r.step
      ? ` · best mean Dice ${r.best.dice.toFixed(3)} at step ${r.best.step} (best.safetensors)`
      : '';
  const time = `${showTime(r.seconds.training * 1000)} of training, ${showTime(r.seconds.total * 1000)} in all`;
  return [reportTable(r.rows), countsText(r.counts), `${r.step} steps · ${time}${best}`, `run folder: ${r.path}`].join(
    '\n',
  );
}
