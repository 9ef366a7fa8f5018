import { attach } from '../adapters/adapter';
import { medsa } from '../adapters/medsa';
import { deviceName, openGpu } from '../gpu/device';
import { showBytes } from '../gpu/errors';
import { type SamName, samConfig } from '../models/sam/config';
import { buildSam } from '../models/sam/sam';
import { makeParams } from '../nn/params';
import { uploadParams } from '../nn/paramsIo';
import { TRAIN_DEFAULTS, type TrainConfig } from '../train/trainConfig';
import { makeTrainer } from '../train/trainer';
import type { TrainItem } from '../train/trainItem';

/** Training steps that run: the first also pays for the compiler's leftovers. */
const STEPS = 3;

/**
 * `bench --sam vit_b --step`: steps of Med-SA on one image of full size with random weights, as a trainer runs them. Prints
 * losses, seconds, planned bytes and bytes that the device really holds.
 */
export async function benchStep(name: SamName, how: Pick<TrainConfig, 'remat' | 'precision'>): Promise<void> {
  const gpu = await openGpu();
  const sam = buildSam({ params: makeParams(0) }, samConfig(name));
  attach(sam, medsa());
  const seconds = async <T>(f: () => Promise<T>): Promise<[T, string]> => {
    const t = performance.now();
    return [await f(), `${((performance.now() - t) / 1000).toFixed(2)} s`];
  };
  console.log(`${deviceName(gpu.caps)}\n${name}, Med-SA, batch 1, remat ${how.remat}, precision ${how.precision}`);
  const [, uploaded] = await seconds(() => uploadParams(sam.params, gpu));
  console.log(`  weights uploaded: ${uploaded}`);
  const [trainer, compiled] = await seconds(() => makeTrainer(gpu, sam, { ...TRAIN_DEFAULTS, batch: 1, ...how }));
  const { bytes, list, flops, submits } = trainer.plan;
  console.log(
    `  compiled: ${compiled}, ${list.length} dispatches, ${submits.length} submits, ${(flops / 1e9).toFixed(0)} GFLOP, planned ${showBytes(bytes.planned)}, alive at most ${showBytes(bytes.peakLive)}, inputs ${showBytes(bytes.inputs)}, state ${showBytes(bytes.state)}; with the evaluation's plan the device holds ${showBytes(gpu.bytes)}`,
  );
  for (let k = 1; k <= STEPS; k++) {
    const [{ loss, norm }, took] = await seconds(() => trainer.run([square(sam.config.imageEncoder.imgSize)]));
    console.log(`  step ${k}: ${took}, loss ${loss.toFixed(6)}, gradient's norm ${norm.toFixed(6)}`);
  }
  trainer.destroy();
  gpu.destroy();
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
