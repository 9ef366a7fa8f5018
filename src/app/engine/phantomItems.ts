import { phantom } from '../../data/phantoms';
import { samplePrompt } from '../../data/prompts';
import { type Rng, rng } from '../../data/rng';
import type { TrainItem } from '../../train/trainItem';
import { type Modality, modalitiesOf, OBJECTS, promptTokens, type RunConfig } from '../configs';

/** Seeds of embedded images: none of them is that of the samples on display. */
const TRAIN_SEED = 1000;
const HELD_OUT_SEED = 999;

/** Smallest object in pixels that is trained on or measured. */
const MIN_AREA = 12;

/** One object of one phantom before it is prompted. */
export interface PhantomObject {
  readonly id: string;
  readonly modality: Modality;
  readonly className: string;
  readonly side: number;
  readonly image: Uint8Array;
  readonly mask: Uint8Array;
}

/** The objects of phantom number `index`, side × side pixels; those too small to be seen are left out. */
export function phantomObjects(modality: Modality, seed: number, index: number, side: number): PhantomObject[] {
  const p = phantom(modality, seed, index, { size: side });
  return OBJECTS[modality].flatMap(({ name, values }) => {
    const mask = Uint8Array.from(p.labels, (v) => (values.includes(v) ? 1 : 0));
    const area = mask.reduce((n, v) => n + v, 0);
    return area < MIN_AREA ? [] : [{ id: p.id, modality, className: name, side, image: p.image, mask }];
  });
}

/** What a run trains on and what it is measured on. */
export interface RunData {
  readonly train: readonly PhantomObject[];
  /** With fixed prompts, so that before and after see the same. */
  readonly heldOut: readonly { readonly modality: Modality; readonly item: TrainItem }[];
}

/** Makes the images of a run one at a time; `report` is told how many are done, and may throw to stop. */
export async function makeRunData(
  config: RunConfig,
  side: number,
  report: (done: number, total: number) => void,
): Promise<RunData> {
  const kinds = modalitiesOf(config.data);
  const total = kinds.length * (config.images + config.heldOut);
  let done = 0;
  const made = async (seed: number, count: number): Promise<PhantomObject[]> => {
    const out: PhantomObject[] = [];
    for (let i = 0; i < count; i++) {
      for (const modality of kinds) {
        out.push(...phantomObjects(modality, seed, i, side));
        report(++done, total);
        // Lets messages in: a decode or a stop should not wait for all images.
        await new Promise((next) => setTimeout(next, 0));
      }
    }
    return out;
  };
  const train = await made(TRAIN_SEED + config.seed, config.images);
  const objects = await made(HELD_OUT_SEED, config.heldOut);
  const heldOut = objects.map((o) => ({
    modality: o.modality,
    item: prompted(o, config.prompt, rng(HELD_OUT_SEED, 'prompt', o.id, o.className)),
  }));
  return { train, heldOut };
}

/** Items of step `t`: shuffled anew for each pass over the data, prompts drawn anew each time. Depends on `t` alone. */
export function batchAt(data: RunData, config: RunConfig, t: number): TrainItem[] {
  const n = data.train.length;
  const order = (pass: number) => rng(config.seed, 'order', pass).shuffle(data.train);
  return Array.from({ length: Math.min(config.batch, n) }, (_, k) => {
    const at = t * config.batch + k;
    const object = order(Math.floor(at / n))[at % n];
    return prompted(object, config.prompt, rng(config.seed, 'prompt', at));
  });
}

/** An object with a prompt of `kind`, padded to the tokens that all prompts of this kind take. */
export function prompted(o: PhantomObject, kind: string, random: Rng): TrainItem {
  const { points, labels } = samplePrompt(kind, o.mask, o.side, o.side, random);
  const tokens = promptTokens(kind);
  const item = {
    id: o.id,
    className: o.className,
    image: o.image,
    inputSize: [o.side, o.side] as const,
    mask: o.mask,
    points: new Float32Array(tokens * 2),
    labels: new Float32Array(tokens).fill(-1),
  };
  item.points.set(points);
  item.labels.set(labels);
  return item;
}
