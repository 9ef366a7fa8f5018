import { grid } from '../../train/metrics/grid';
import { maskScore } from '../../train/metrics/overlap';
import { segmentationScore } from '../../train/metrics/segmentationScore';
import type { TrainItem } from '../../train/trainItem';
import { evaluationSlab } from '../slabItems';
import type { SlabSpec } from '../slabs';
import { slideVolume } from '../slidingVolume';
import { frameMask } from '../trainItems';
import { logitsToSource, prepareLabels } from '../volumePrepare';
import type { EvaluationSet, Measured, Predict } from './experimentData';
import type { VolumeObject } from './volumeData';

/** Kind of prompt, and the side of its masks where it has such. */
interface PromptOf {
  readonly prompt: string;
  readonly maskSide?: number;
}

/**
 * Classes of whole volumes: slabs slide along the slices, overlapping logits are averaged, the mask is compared on the volume's own grid.
 * Slabs without the object get no prompt, hence say nothing.
 */
export function volumeSet(objects: readonly VolumeObject[], prompt: PromptOf, spec: SlabSpec): EvaluationSet {
  return {
    count: objects.length,
    async evaluate(predict, rows, onDone) {
      const out: Measured[] = [];
      for (const object of objects) {
        const mask = await predictObject(object, prompt, spec, predict, rows);
        const { id, className } = object;
        out.push({ id, className, mask, ...maskScore(mask, truthOf(object)) });
        onDone(out.length);
      }
      return out;
    },
    surfaces(i, mask, tolerance) {
      const { dims, spacing } = objects[i].prepared.source;
      // x is fastest: rows of the grid are z, y, x
      const on = grid([dims[2], dims[1], dims[0]], [spacing[2], spacing[1], spacing[0]]);
      return segmentationScore(mask, truthOf(objects[i]), on, tolerance);
    },
    slices: (i) => slicesOf(objects[i], prompt).map((s) => s.slice),
    shown: (i, slice) => shownSlice(objects[i], prompt, slice),
  };
}

const truthOf = ({ labels, value }: VolumeObject): Uint8Array => {
  const out = new Uint8Array(labels.length);
  for (let i = 0; i < out.length; i++) if (labels[i] === value) out[i] = 1;
  return out;
};

/** The mask of one object on the grid of its source. Slabs are predicted together, as many as fit into `rows`. */
async function predictObject(
  { prepared, slabs }: VolumeObject,
  { prompt, maskSide }: PromptOf,
  spec: SlabSpec,
  predict: Predict,
  rows: number,
): Promise<Uint8Array> {
  const { side } = prepared;
  const at = Math.max(1, Math.floor(rows / spec.depth));
  const answers = new Map<string, Float32Array>();
  for (let i = 0; i < slabs.length; i += at) {
    const some = slabs.slice(i, i + at);
    const results = await predict(some.flatMap((s) => evaluationSlab(s, prompt, maskSide)));
    for (const [k, slab] of some.entries()) {
      const data = new Float32Array(spec.depth * side * side);
      for (let d = 0; d < spec.depth; d++) data.set(results[k * spec.depth + d].logits, d * side * side);
      answers.set(slab.slices.map((s) => s.slice).join(), data);
    }
  }
  const logits = await slideVolume(prepared, spec, ({ slices }) => {
    const data = answers.get(slices.join());
    return data ? { data, side } : null;
  });
  const voxels = logitsToSource(prepared, logits);
  const mask = new Uint8Array(voxels.length);
  for (let i = 0; i < mask.length; i++) if (voxels[i] > 0) mask[i] = 1;
  return mask;
}

/** Slices that show the object, prompted as they are measured, from the first to the last; overlapping slabs give one of each. */
function slicesOf({ slabs }: VolumeObject, { prompt, maskSide }: PromptOf): { item: TrainItem; slice: number }[] {
  const found = new Map<number, TrainItem>();
  for (const slab of slabs) {
    for (const [d, item] of evaluationSlab(slab, prompt, maskSide).entries()) {
      const { slice } = slab.slices[d];
      if (!found.has(slice) && item.mask.includes(1)) found.set(slice, item);
    }
  }
  return Array.from(found, ([slice, item]) => ({ item, slice })).sort((a, b) => a.slice - b.slice);
}

/** One slice, or that with most of the object. Throws where the object is not seen in the slice. */
function shownSlice(object: VolumeObject, prompt: PromptOf, slice?: number): ReturnType<EvaluationSet['shown']> {
  const { prepared, id, className } = object;
  const all = slicesOf(object, prompt);
  const area = ({ item }: { item: TrainItem }) => item.mask.reduce((n, v) => n + v, 0);
  const found = slice === undefined ? all.toSorted((a, b) => area(b) - area(a))[0] : all.find((s) => s.slice === slice);
  if (!found) throw new Error(`${id}: ${className} is not seen in slice ${slice}`);
  const framed = (mask: Uint8Array) => {
    const [w, h] = prepared.dims;
    const view = prepareLabels(prepared, mask);
    return frameMask(view.subarray(found.slice * w * h, (found.slice + 1) * w * h), w, h, prepared.side);
  };
  return { ...found, framed };
}
