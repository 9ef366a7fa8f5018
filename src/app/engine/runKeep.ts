/** What is kept of a run: adapters, metrics, masks and state at every checkpoint, and at its end what it came to. */
import { adapterInfoOf, adapterTensors } from '../../data/experiment/adapterRecord';
import type { Measured } from '../../data/experiment/experimentData';
import { overlayList } from '../../data/experiment/overlayList';
import { promptPlan } from '../../data/experiment/promptPlan';
import { peakBytesOf, runRecordOf } from '../../data/experiment/runRecord';
import { runIdentity } from '../../data/experiment/setup';
import { summaryOf } from '../../data/experiment/summary';
import { deviceName } from '../../gpu/device';
import type { Trainer } from '../../train/trainer';
import { unpackMask } from '../document/runs';
import { isOver } from '../runAdapters';
import { StorageFull } from './drawer';
import { classScores } from './measured';
import type { Run } from './run';
import type { Shop } from './runDevice';
import type { RunParts } from './runFiles';

/** What must be the same for a run to be the same run. */
export const identityOf = (run: Run, { base }: Shop) =>
  runIdentity(run.info.config.experiment, run.setup!.train, { base: base.fingerprint, data: run.data!.hash });

/** Keeps everything that the run continues from, and where it is the best so far its adapter a second time. */
export async function saveRun(run: Run, shop: Shop, trainer: Trainer): Promise<void> {
  const { state, setup, data, info, before, after } = run;
  const { params } = run.model!;
  const origin = {
    base: { name: shop.base.info.name, ...(shop.base.fingerprint ? { fingerprint: shop.base.fingerprint } : {}) },
    config: info.config.experiment,
    params,
  };
  const scores = classScores(info.objects);
  const about = adapterInfoOf({ ...origin, train: setup!.train, data: data!, step: info.step, scores });
  const tensors = await adapterTensors(params, trainer);
  const isBest = info.best?.step === info.step;
  await kept(run, {
    adapters: [['last', tensors, about] as const, ...(isBest ? [['best', tensors, about] as const] : [])],
    metrics: run.metrics,
    masks: { before, after },
    ...(state ? { state: { state, extra: { identity: identityOf(run, shop), best: info.best } } } : {}),
    info: { ...info, phase: isOver(info) ? info.phase : 'paused' },
    record: recordOf(run, shop),
  });
}

/** Keeps what a measured run came to, with pictures of its best and worst objects, and how it ended. */
export async function saveOutcome(run: Run, shop: Shop, results: readonly Measured[]): Promise<void> {
  const { info, setup, data, before } = run;
  const { experiment } = info.config;
  const { set } = setup!;
  const overlays = before ? overlayList(set, results, (i) => unpackMask(before[i]), experiment.output.overlays) : [];
  const summary = summaryOf({
    ...{ config: named(info), data: data!, set, results, step: info.step, best: info.best, metrics: run.metrics },
    prompt: promptPlan(experiment).evaluation,
    before: info.objects.flatMap(({ id, className, before: dice, iouBefore: iou }) =>
      dice === null || iou === undefined ? [] : [{ id, className, dice, iou }],
    ),
    parameters: run.model!.params.counts(),
    stepTimes: run.stepTimes,
    seconds: info.wall ?? info.seconds,
    peakBytes: peakBytesOf(run.trainer),
    device: deviceName(shop.gpu.caps),
  });
  const pictures = overlays.map(({ about }) => about);
  await kept(run, { info, record: recordOf(run, shop), summary: { ...summary, overlays: pictures }, overlays });
}

/** The name that a person gave the run is what tables call it; `Run 3` says less than its adapters. */
const named = ({ name, config }: Run['info']) =>
  /^Run \d+$/.test(name) ? config.experiment : { ...config.experiment, name };

function recordOf(run: Run, { gpu, base }: Shop): Record<string, unknown> {
  const { info, setup, data, trainer, attachments, stepTimes, model } = run;
  return runRecordOf(
    {
      ...{
        command: 'page',
        config: info.config.experiment,
        train: setup!.train,
        attachments,
        data: data!,
        gpu,
        trainer,
      },
      base: { name: base.info.name, file: null, sha256: base.fingerprint },
      parameters: model!.params.counts(),
      made: madeHere(),
      timedSteps: stepTimes.length,
      trainingSeconds: stepTimes.reduce((sum, ms) => sum + ms, 0) / 1000,
      seconds: { training: info.seconds, total: info.wall ?? info.seconds },
      best: info.best,
    },
    isOver(info) ? (info.phase as 'done' | 'stopped') : 'running',
  );
}

/** Version and browser, as the command line says version and machine. */
function madeHere() {
  const { userAgent = null, hardwareConcurrency = null } = globalThis.navigator ?? {};
  return { version: import.meta.env.VITE_VERSION ?? null, browser: userAgent, cores: hardwareConcurrency };
}

/** Writes; where there is no room, the run goes on in memory and says so. */
export async function kept(run: Run, parts: RunParts): Promise<void> {
  try {
    await run.files.save(parts);
    if (run.info.unsaved && !run.files.drawer.spared()) run.info = { ...run.info, unsaved: null };
  } catch (error) {
    if (!(error instanceof StorageFull)) throw error;
    run.info = { ...run.info, unsaved: error.message };
  }
}
