// A tiny SAM with Med-SA's adapters and a few synthetic items: what the tests of training run on.
import { attach } from '../../src/adapters/adapter';
import { medsa } from '../../src/adapters/medsa';
import type { Gpu } from '../../src/gpu/device';
import { samConfig } from '../../src/models/sam/config';
import { buildSam, type Sam } from '../../src/models/sam/sam';
import { makeParams } from '../../src/nn/params';
import { uploadParams } from '../../src/nn/paramsIo';
import type { Trainable } from '../../src/nn/trainable';
import type { PlanOptions } from '../../src/plan/plan';
import { TRAIN_DEFAULTS, type TrainConfig } from '../../src/train/trainConfig';
import type { TrainItem } from '../../src/train/trainItem';

export const SIDE = 32;

/** Image 32, patch 8, width 16, two blocks (one windowed). */
export function tinySam(seed = 3, train: Trainable = 'adapters'): Sam {
  const sam = buildSam({ params: makeParams(seed) }, samConfig('tiny', { imgSize: SIDE, patchSize: 8 }));
  attach(sam, medsa(), 'image_encoder.blocks.*', { train });
  return sam;
}

/** The same, with its parameters on `gpu`. */
export async function uploadedSam(gpu: Gpu, seed = 3, train: Trainable = 'adapters'): Promise<Sam> {
  const sam = tinySam(seed, train);
  await uploadParams(sam.params, gpu);
  return sam;
}

/** One thread per result: slower to run, but at these sizes most of the time goes into compiling. */
export const QUICK: PlanOptions = { variants: { matmul: 'naive' } };

export const tinyConfig: TrainConfig = { ...TRAIN_DEFAULTS, batch: 2, steps: 20, warmup: 2, lr: 5e-3 };

/** A bright square on a dark ground, elsewhere for every `k`; a click at its centre and SAM's padding point. The lower rows are padding. */
export function tinyItem(k: number): TrainItem {
  const [h, w] = [24, SIDE];
  const image = new Uint8Array(SIDE * SIDE * 3);
  const mask = new Uint8Array(SIDE * SIDE);
  const [x0, y0, size] = [2 + ((5 * k) % 18), 1 + ((3 * k) % 12), 6 + (k % 4)];
  for (let y = 0; y < h; y++) {
    for (let x = 0; x < w; x++) {
      const inside = x >= x0 && x < x0 + size && y >= y0 && y < y0 + size;
      mask[y * SIDE + x] = inside ? 1 : 0;
      image.fill(inside ? 200 : 40 + ((7 * x + 3 * y + k) % 20), 3 * (y * SIDE + x), 3 * (y * SIDE + x) + 3);
    }
  }
  const points = Float32Array.of(x0 + size / 2, y0 + size / 2, 0, 0);
  return {
    id: `square-${k}`,
    className: 'square',
    image,
    inputSize: [h, w],
    mask,
    points,
    labels: Float32Array.of(1, -1),
  };
}

/** Items of step t: counted through, two a step. */
export const tinyBatch = (t: number): TrainItem[] => [tinyItem(2 * t), tinyItem(2 * t + 1)];
