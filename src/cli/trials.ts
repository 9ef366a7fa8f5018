import { buildModel, type ExperimentModel } from '../data/experiment/experimentModel';
import { promptPlan } from '../data/experiment/promptPlan';
import { trainingSetup } from '../data/experiment/setup';
import { uploadParams } from '../nn/paramsIo';
import { checkFrozen } from '../train/checkFrozen';
import type { ExperimentConfig } from '../train/experiment/config';
import { findRate, type Overfit, overfitOneBatch, type RateCurve } from '../train/sanity';
import { makeTrainer, type StepResult, type Trainer } from '../train/trainer';
import type { TrainItem } from '../train/trainItem';
import { type Host, type Lab, makeLab } from './lab';
import { progressBar } from './progress';

/** What a trial works with. */
interface Trial extends ExperimentModel {
  readonly trainer: Trainer;
  readonly lab: Lab;
  readonly batch: (t: number) => readonly TrainItem[];
  /** A bar for `steps` steps, as `onStep`. */
  readonly bar: (label: string, steps: number) => (result: StepResult) => void;
  readonly stop: () => boolean;
}

/** Sets an experiment up without a run folder, runs `f`, and closes the device. `stopped`: the host asked for it. */
async function withTrial<T>(
  config: ExperimentConfig,
  host: Host,
  f: (t: Trial) => Promise<T>,
): Promise<{ value: T; stopped: boolean }> {
  const lab = makeLab(host);
  try {
    const base = await lab.base(config.base);
    const data = await lab.data(config.data, base.config.imageEncoder.imgSize);
    const model = buildModel(config, base);
    const { train, items: batch } = trainingSetup(config, promptPlan(config), data, base.config);
    const gpu = await lab.device();
    await uploadParams(model.sam.params, gpu);
    const hooks = model.attachments.map((a) => a.hooks);
    const trainer = await makeTrainer(gpu, model.sam, train, lab.host.plan, hooks);
    const bar = (label: string, steps: number) => {
      const line = progressBar(label, steps, lab.host.log);
      let n = 0;
      return ({ loss, lr }: StepResult) => {
        line.show(++n, `loss ${loss.toFixed(4)}, rate ${lr.toExponential(1)}`);
        if (n === steps) line.end();
      };
    };
    const value = await f({ ...model, trainer, lab, batch, bar, stop: host.stopped });
    return { value, stopped: host.stopped() };
  } finally {
    lab.close();
  }
}

/** Loss against learning rate of an experiment. */
export async function findRateOf(
  config: ExperimentConfig,
  host: Host,
  { from, to, steps }: { readonly from?: number; readonly to?: number; readonly steps: number },
): Promise<{ readonly curve: RateCurve; readonly stopped: boolean }> {
  const range = { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
  const { value, stopped } = await withTrial(config, host, ({ trainer, batch, bar, stop }) =>
    findRate(trainer, batch, { ...range, steps, stop, onStep: bar('trying rates', steps) }),
  );
  return { curve: value, stopped };
}

/** One batch by heart in `train.steps` steps, and how many frozen parameters were compared. */
export async function overfitOf(
  config: ExperimentConfig,
  host: Host,
  wanted: number,
): Promise<{ readonly result: Overfit; readonly frozen: number; readonly stopped: boolean }> {
  const { steps } = config.train;
  const { value, stopped } = await withTrial(config, host, async ({ trainer, sam, lab, batch, bar, stop }) => {
    const result = await overfitOneBatch(trainer, batch(0), { steps, wanted, stop, onStep: bar('one batch', steps) });
    return { result, frozen: await checkFrozen(sam.params, await lab.device()) };
  });
  return { ...value, stopped };
}
