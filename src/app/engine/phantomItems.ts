import { phantom } from '../../data/phantoms';
import { evaluationItems, type FramedObject, frameObjects } from '../../data/trainItems';
import type { TrainItem } from '../../train/trainItem';
import { type Modality, modalitiesOf, OBJECTS, type RunConfig } from '../configs';
import { objectMask } from '../maskShape';

/** Training images have seeds from here on, held-out ones this one: none is that of the samples on display. */
const TRAIN_SEED = 1000;
const HELD_OUT_SEED = 2 ** 31;

/** What a run trains on and what it is measured on. */
export interface RunData {
  readonly train: readonly FramedObject[];
  /** With fixed prompts, so that before and after see the same. */
  readonly heldOut: readonly { readonly modality: Modality; readonly item: TrainItem }[];
}

/** The objects of phantom number `index` in the frame of the model's input, side × side pixels. */
export function phantomObjects(modality: Modality, seed: number, index: number, side: number): FramedObject[] {
  const p = phantom(modality, seed, index, { size: Math.max(32, Math.min(1024, side)) });
  const objects = OBJECTS[modality].map(({ name, values }) => ({ name, mask: objectMask(p.labels, values) }));
  return frameObjects(p.id, { width: p.width, height: p.height, data: p.image }, objects, side).objects;
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
  const made = async (modality: Modality, seed: number, count: number): Promise<FramedObject[]> => {
    const out: FramedObject[] = [];
    for (let i = 0; i < count; i++) {
      out.push(...phantomObjects(modality, seed, i, side));
      report(++done, total);
      // Lets messages in: a decode or a stop should not wait for all images.
      await new Promise((next) => setTimeout(next, 0));
    }
    return out;
  };
  const train: FramedObject[] = [];
  const heldOut: { modality: Modality; item: TrainItem }[] = [];
  for (const modality of kinds) {
    train.push(...(await made(modality, TRAIN_SEED + config.seed, config.images)));
    const objects = await made(modality, HELD_OUT_SEED, config.heldOut);
    heldOut.push(...evaluationItems(objects, config.prompt).map((item) => ({ modality, item })));
  }
  return { train, heldOut };
}
