/** What a run does on the device: being placed there with its trainer, and being measured. */
import { openAdapter } from '../../data/adapterOpen';
import { CheckpointError } from '../../data/errors';
import type { EvaluationSet, ExperimentData, Measured } from '../../data/experiment/experimentData';
import { tensorSource } from '../../data/keyMap';
import type { Gpu } from '../../gpu/device';
import type { Params } from '../../nn/params';
import { uploadParams } from '../../nn/paramsIo';
import { bindLeaf } from '../../plan/leaves';
import type { PlanOptions } from '../../plan/plan';
import { targetOf } from '../../plan/target';
import { type Evaluator, makeEvaluator } from '../../train/evaluator';
import { makeTrainer, type Trainer } from '../../train/trainer';
import { rowsOf, shapeOf } from '../../train/trainItem';
import type { CallContext } from '../rpc';
import type { Turn } from './atRest';
import type { Base } from './base';
import { watchCompiles } from './compileWatch';
import { gentleTrainer } from './gentle';
import { buildRun, freeParams, placeModel } from './model';
import type { Run } from './run';

/** What is needed besides the run itself. */
export interface Shop {
  readonly gpu: Gpu;
  readonly base: Base;
  /** Draws or reads the images of a run. */
  readonly data: (run: Run, context: CallContext) => Promise<ExperimentData>;
  /** Told of every step but the first of a stretch: its floating-point operations, and how long it took. */
  readonly stepped: (flops: number, seconds: number) => void;
  readonly plan?: PlanOptions;
  /** Waits until nobody asks a model. */
  readonly turn?: Turn;
}

const work = (context: CallContext, what: string) => (done: number, total: number) =>
  context.progress({ kind: 'work', what, done, total });

/** Puts model and trainer on the device if they are not there. */
export async function placeRun(run: Run, { gpu, base, plan, turn }: Shop, context: CallContext): Promise<Trainer> {
  if (run.trainer) return run.trainer;
  const { sam, attachments } = buildRun(base, run.info.config);
  const start = await run.files.readStart();
  if (start) await beginWith(sam.params, start);
  const model = await placeModel(gpu, 'adapted', { sam, params: sam.params });
  const { flat } = sam.params.layout();
  // It can be asked at once, and is then what was trained so far.
  if (run.state && flat) bindLeaf(gpu, flat, run.state.p);
  run.model = model;
  run.attachments = attachments;
  const hooks = attachments.map((a) => a.hooks);
  const trainer = await watchCompiles(gpu, work(context, 'Compiling the training step'), () =>
    makeTrainer(gpu, sam, run.setup!.train, plan, hooks),
  );
  run.trainer = targetOf(gpu.caps).software ? gentleTrainer(trainer) : trainer;
  const { planned, inputs, state } = trainer.plan.bytes;
  run.info = { ...run.info, bytes: planned + inputs + state };
  if (run.state) run.trainer.writeState(run.state);
  // Who began to ask before there was a trainer knows nothing of its steps.
  await turn?.(async () => {});
  return run.trainer;
}

/**
 * Points everything that trains at the tensors of an adapter's file; read at the upload. `CheckpointError` where one is
 * missing or has another shape.
 */
export async function beginWith(params: Params, adapter: Blob): Promise<void> {
  const { file } = await openAdapter(adapter, 'the adapter');
  const source = tensorSource(file.entries);
  const wanted = params.all().filter((p) => p.trainable);
  const same = (name: string, shape: readonly number[]) =>
    source.has(name) && source.shape(name).join() === shape.join();
  const lacking = wanted.filter((p) => !same(p.name, p.shape));
  if (lacking.length)
    throw new CheckpointError(
      `the adapter to begin with lacks ${lacking.length} of ${wanted.length} tensors, the first ${lacking[0].name} [${lacking[0].shape}] — choose the adapter that it was trained as`,
    );
  for (const p of wanted) params.setSource(p.name, () => source.read(p.name));
}

/** Masks and Dice of the held-out objects with the parameters of now. */
export function measureRun(run: Run, { gpu }: Pick<Shop, 'gpu'>, context: CallContext): Promise<Measured[]> {
  return measured(run, gpu, run.trainer!, context);
}

/** What a run starts from: the base, or the adapter that it begins with. */
export async function measureBase(run: Run, shop: Shop, context: CallContext): Promise<Measured[]> {
  const { gpu, base } = shop;
  const { config } = run.info;
  // The untrained model is what it starts from, unless an adapter's own start changes the base.
  const own = config.from !== null || buildRun(base, config).isBase;
  if (own && run.info.step === 0) return measureRun(run, shop, context);
  const { sam } = buildRun(base, { ...config, experiment: { ...config.experiment, adapters: [], trainable: 'none' } });
  const { train } = run.setup!;
  await uploadParams(sam.params, gpu);
  const evaluator = makeEvaluator(gpu, sam, shapeOf(train, sam.config), shop.plan, train.multimask);
  try {
    return await measured(run, gpu, evaluator, context);
  } finally {
    evaluator.destroy();
    freeParams(gpu, sam.params);
  }
}

function measured(run: Run, gpu: Gpu, by: Pick<Evaluator, 'evaluate'>, context: CallContext): Promise<Measured[]> {
  const { set, train }: { set: EvaluationSet; train: Parameters<typeof rowsOf>[0] } = run.setup!;
  return watchCompiles(gpu, work(context, 'Compiling shaders'), () =>
    set.evaluate(
      (rows) => by.evaluate(rows),
      rowsOf(train),
      (done) => work(context, 'Measuring')(done, set.count),
    ),
  );
}
