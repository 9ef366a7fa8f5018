import { attach } from '../adapters/adapter';
import { medsa } from '../adapters/medsa';
import { deviceName, type Gpu } from '../gpu/device';
import { showBytes } from '../gpu/errors';
import { type SamName, samConfig } from '../models/sam/config';
import { buildSam } from '../models/sam/sam';
import { makeParams, type Params } from '../nn/params';
import { uploadParams } from '../nn/paramsIo';
import { paramsOf } from '../plan/params';
import { BYTES, numel } from '../tensor/shape';
import { TRAIN_DEFAULTS, type TrainConfig } from '../train/trainConfig';
import { makeTrainer, type Trainer } from '../train/trainer';
import type { TrainItem } from '../train/trainItem';
import { progressBar } from './progress';
import { openRecalled } from './tunedHost';

/** How the steps are to run. */
export interface BenchStep extends Pick<TrainConfig, 'remat' | 'precision'> {
  /** Side of the image; the model's own by default. */
  readonly image?: number;
  /** Steps: the first also pays for the compiler's leftovers. */
  readonly steps: number;
}

/**
 * `bench --sam vit_b --step`: steps of Med-SA on one image of full size with random weights, as a trainer runs them. Prints
 * losses, seconds, planned bytes and bytes that the device really holds; progress, submit by submit, on stderr. False when
 * the device holds other than what was planned, or a loss is no number.
 */
export async function benchStep(name: SamName, how: BenchStep): Promise<boolean> {
  const gpu = await openRecalled(process.stderr);
  const { remat, precision } = how;
  const sam = buildSam({ params: makeParams(0) }, samConfig(name, how.image ? { imgSize: how.image } : {}));
  const side = sam.config.imageEncoder.imgSize;
  attach(sam, medsa());
  console.log(`${deviceName(gpu.caps)}\n${name} at ${side}², Med-SA, batch 1, remat ${remat}, precision ${precision}`);
  const [, uploaded] = await seconds(() => uploadParams(sam.params, gpu));
  const weights = gpu.bytes;
  console.log(`  weights uploaded: ${uploaded}, ${showBytes(weights)}`);
  const config = { ...TRAIN_DEFAULTS, batch: 1, remat, precision };
  const [trainer, compiled] = await seconds(() => makeTrainer(gpu, sam, config));
  const { bytes, list, flops, submits } = trainer.plan;
  console.log(
    `  compiled: ${compiled}, ${list.length} dispatches, ${submits.length} submits, ${(flops / 1e9).toFixed(0)} GFLOP, planned ${showBytes(bytes.planned)}, alive at most ${showBytes(bytes.peakLive)}, inputs ${showBytes(bytes.inputs)}, state ${showBytes(bytes.state)}`,
  );
  const watched = watchSubmits(gpu, submits.length);
  let finite = true;
  for (let k = 1; k <= how.steps; k++) {
    watched.begin(`step ${k}`);
    const [{ loss, norm }, took] = await seconds(() => trainer.run([square(side)]));
    watched.end();
    finite &&= Number.isFinite(loss) && Number.isFinite(norm);
    console.log(`  step ${k}: ${took}, loss ${loss.toFixed(6)}, gradient's norm ${norm.toFixed(6)}`);
  }
  const held = gpu.bytes - weights;
  const planned = plannedBytes(trainer, sam.params);
  console.log(
    `  the device holds ${held} B beside the weights, planned ${planned} B: ${held === planned ? 'equal' : `${held - planned} B more than planned`}`,
  );
  trainer.destroy();
  gpu.destroy();
  return finite && held === planned;
}

/** What a trainer's step must hold beside parameters: objects, inputs, optimiser state, constants, and what its results are read through. */
export function plannedBytes({ plan }: Trainer, params: Params): number {
  const own = new Set([
    params.layout().flat,
    ...params.all().flatMap((p) => (p.trainable ? [] : [params.leaf(p.name)])),
  ]);
  const uniforms = paramsOf(plan.list);
  const buffers = [
    ...(uniforms ? [uniforms.data.byteLength] : []),
    ...plan.placement.objects.map((o) => o.bytes),
    ...plan.inputs.map((t) => BYTES * numel(t.shape)),
    ...plan.states.filter((leaf) => !own.has(leaf)).map((leaf) => BYTES * numel(leaf.shape)),
  ];
  const rounded = (bytes: number) => Math.max(16, Math.ceil(bytes / 16) * 16);
  // Small results of four runs.
  const ring = 4 * [...plan.outputs.values()].reduce((n, t) => n + rounded(BYTES * numel(t.shape)), 0);
  return buffers.reduce((n, b) => n + rounded(b), ring);
}

async function seconds<T>(f: () => Promise<T>): Promise<[T, string]> {
  const t = performance.now();
  return [await f(), `${((performance.now() - t) / 1000).toFixed(2)} s`];
}

/** A bar over the submits of a step, each shown when the device is done with it. */
function watchSubmits({ device: { queue } }: Gpu, total: number) {
  const submit = queue.submit;
  let bar: ReturnType<typeof progressBar> | null = null;
  let done = 0;
  queue.submit = (buffers) => {
    submit.call(queue, buffers);
    const mine = bar;
    queue.onSubmittedWorkDone().then(
      () => mine === bar && mine?.show(++done, 'submits'),
      () => {},
    );
  };
  return {
    begin(label: string) {
      done = 0;
      bar = progressBar(label, total, process.stderr);
    },
    end() {
      bar?.end();
      bar = null;
    },
  };
}

/** A bright square on a dark ground with a click on it. */
function square(side: number): TrainItem {
  const inside = (x: number, y: number) => Math.max(Math.abs(x - side / 3), Math.abs(y - side / 2)) < side / 6;
  const mask = Uint8Array.from({ length: side * side }, (_, i) => (inside(i % side, Math.floor(i / side)) ? 1 : 0));
  const image = Uint8Array.from({ length: 3 * side * side }, (_, i) => (mask[Math.floor(i / 3)] ? 200 : 40 + (i % 23)));
  const points = Float32Array.of(side / 3, side / 2, 0, 0);
  return {
    id: 'square',
    className: 'square',
    image,
    inputSize: [side, side],
    mask,
    points,
    labels: Float32Array.of(1, -1),
  };
}
