/** A held-out object for the eye: image, truth, and the masks before and after. */
import type { EvaluationSet } from '../../data/experiment/experimentData';
import { promptPlan } from '../../data/experiment/promptPlan';
import { trainingSetup } from '../../data/experiment/setup';
import type { SamConfig } from '../../models/sam/config';
import { maskScore } from '../../train/metrics/overlap';
import { packMask, unpackMask } from '../document/runs';
import type { ObjectPicture } from '../runProtocol';
import type { Run } from './run';

/** Object number `index` of a run whose data are there; of a volume `slice`, by default its fullest. Throws where there is none. */
export function objectPicture(run: Run, index: number, slice: number | null, base: SamConfig): ObjectPicture {
  const { experiment } = run.info.config;
  run.setup ??= trainingSetup(experiment, promptPlan(experiment), run.data!, base);
  const { set } = run.setup;
  if (!(index >= 0 && index < set.count)) throw new Error(`object ${index}: the run is measured on ${set.count}`);
  const masks = [run.before, run.after].map((list) => (list?.[index] ? unpackMask(list[index]) : null));
  const { item, framed, slice: at } = set.shown(index, slice ?? undefined);
  const [height, width] = item.inputSize;
  const side = Math.sqrt(item.mask.length);
  const cut = (frame: Uint8Array) => packMask(cropped(frame, side, width, height));
  const [before, after] = masks.map((mask) => mask && cut(framed(mask)));
  const pixels = new Uint8ClampedArray(width * height * 4).fill(255);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < 3; c++) pixels[4 * (y * width + x) + c] = item.image[3 * (y * side + x) + c];
    }
  }
  const slices = slicesOf(set, index, masks);
  return { width, height, pixels, truth: cut(item.mask), before, after, slices, slice: at };
}

function cropped(frame: Uint8Array, side: number, width: number, height: number): Uint8Array {
  const out = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) out.set(frame.subarray(y * side, y * side + width), y * width);
  return out;
}

/** Dice in every slice that shows the object, in the frame of the model's input. */
function slicesOf(set: EvaluationSet, index: number, masks: readonly (Uint8Array | null)[]): ObjectPicture['slices'] {
  return set.slices(index).map((slice) => {
    const { item, framed } = set.shown(index, slice);
    const [before, after] = masks.map((mask) => mask && maskScore(framed(mask), item.mask).dice);
    return { slice, before, after };
  });
}
