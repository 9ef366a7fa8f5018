import { validationLine } from '../data/experiment/metricLine';
import type { Layout } from '../nn/params';
import { afterLook } from '../train/earlyStopping';
import { summariseScores } from '../train/metrics/summary';
import type { Trainer } from '../train/trainer';
import { measure } from './measure';
import { type Session, say } from './session';
import { adapterInfo, tensorsOf } from './sessionRecord';

/**
 * Looks at the cases held back from training, with the parameters that are evaluated (their moving average, where there is one). The best
 * so far are kept, as a file and in the state.
 */
export async function validateNow(s: Session, step: number, trainer: Trainer): Promise<void> {
  const t = performance.now();
  const results = await measure(s.validation!, trainer, s.train, s.lab.host, 'validating');
  const { dice } = summariseScores(results).overall;
  s.seconds.evaluation += (performance.now() - t) / 1000;
  s.folder.metric(validationLine(results, step));
  s.patience = afterLook(s.patience, step, dice);
  const { best, waited } = s.patience;
  say(s, `step ${step}: validation Dice ${dice.toFixed(3)}${waited ? ` (best ${best?.dice.toFixed(3)})` : ''}`);
  if (best?.step !== step) return;
  s.best = best;
  s.bestParams = flatOf(await trainer.readTrained(), s.sam.params.layout());
  await s.folder.saveAdapter('best', await tensorsOf(s, trainer), adapterInfo(s, step));
}

/** Parameters of the best step instead of the present ones, for measuring: the run itself has ended. */
export async function restoreBest(s: Session, trainer: Trainer): Promise<void> {
  const p = s.bestParams;
  if (!p) return;
  const state = await trainer.readState();
  const vectors = 'ema' in state.vectors ? { ...state.vectors, ema: p } : state.vectors;
  trainer.writeState({ ...state, p, vectors });
}

/** Values by name as the flat vector of `layout`. */
function flatOf(values: ReadonlyMap<string, Float32Array>, { slots, total }: Layout): Float32Array<ArrayBuffer> {
  const out = new Float32Array(total);
  for (const { name, offset } of slots) out.set(values.get(name)!, offset);
  return out;
}
