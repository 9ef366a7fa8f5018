import type { Gpu } from '../gpu/device';
import type { Segmenter } from '../models/segmenter';
import { flatValues, uploadParams } from '../nn/paramsIo';
import { freeLeaf } from '../plan/leaves';
import { augmentOff } from '../train/augmentConfig';
import { canonical } from '../train/experiment/merge';
import { makeTrainer, type Trainer } from '../train/trainer';
import type { TrainState } from '../train/trainState';
import type { Session } from './session';

/** A model on a device with its compiled steps: what runs that differ only in seed and data can take over from one another. */
export interface Rig {
  readonly key: string;
  readonly gpu: Gpu;
  readonly sam: Segmenter;
  readonly trainer: Trainer;
  /** Before the first step. */
  readonly start: TrainState;
  readonly bytes: number;
}

/** Rigs that nobody uses at present, the oldest first; at most `limit` bytes of them are kept. */
export interface RigStore {
  /** The rig of a run with its parameters as the run begins with: one that is there, else a new one. */
  take(s: Session, gpu: Gpu): Promise<Rig>;
  /** Gives a rig back for others. */
  put(rig: Rig): void;
  /** Frees all that are kept. */
  clear(): void;
}

/** Two thousand mebibytes: dozens of small models, one or two of the large. */
const LIMIT = 2 * 2 ** 30;

/** An empty store. */
export function rigStore(limit = LIMIT): RigStore {
  const rigs: Rig[] = [];
  const shrink = () => {
    while (rigs.length && rigs.reduce((sum, r) => sum + r.bytes, 0) > limit) freeRig(rigs.shift()!);
  };
  return {
    async take(s, gpu) {
      const key = keyOf(s);
      for (const gone of rigs.filter((r) => r.gpu !== gpu)) rigs.splice(rigs.indexOf(gone), 1);
      const found = rigs.find((r) => r.key === key);
      if (!found) return makeRig(s, gpu, key);
      rigs.splice(rigs.indexOf(found), 1);
      await startAnew(found, s);
      return found;
    },
    put(rig) {
      rigs.push(rig);
      shrink();
    },
    clear: () => rigs.splice(0).forEach(freeRig),
  };
}

async function makeRig(s: Session, gpu: Gpu, key: string): Promise<Rig> {
  const { sam, train, attachments, lab } = s;
  await uploadParams(sam.params, gpu);
  const hooks = attachments.map((a) => a.hooks);
  const trainer = await makeTrainer(gpu, sam, train, lab.host.plan, hooks).catch((e) => {
    freeParams(gpu, sam);
    throw e;
  });
  const { planned, inputs, state } = trainer.plan.bytes;
  return { key, gpu, sam, trainer, start: await trainer.readState(), bytes: planned + inputs + state };
}

/** The state of step 0 with the initial values of the run's own seed. */
async function startAnew(rig: Rig, s: Session): Promise<void> {
  const { params } = s.sam;
  const p = await flatValues(params, params.layout());
  const vectors = { ...rig.start.vectors, ...('ema' in rig.start.vectors ? { ema: p } : {}) };
  rig.trainer.writeState({ ...rig.start, p, vectors });
}

/** Text that is equal for runs whose steps are the same: neither data nor, unless something else depends on it, the seed. */
function keyOf(s: Session): string {
  const { train, config, base, sam } = s;
  const drawn = !augmentOff(train.augment) || (train.rounds > 0 && train.click === 'random');
  const frozen = sam.params.all().some((p) => p.adapter !== null && !p.trainable && !p.buffer);
  const { seed: _, ...step } = train;
  const seed = drawn || frozen ? config.seed : null;
  return canonical([base.fingerprint, config.adapters, config.trainable, step, seed]);
}

/** Frees everything that a rig has on its device. */
export function freeRig({ gpu, sam, trainer }: Rig): void {
  trainer.destroy();
  freeParams(gpu, sam);
}

/** Frees the parameters of a model. */
export function freeParams(gpu: Gpu, { params }: Segmenter): void {
  const { flat } = params.layout();
  if (flat) freeLeaf(gpu, flat);
  for (const p of params.all()) if (!p.trainable) freeLeaf(gpu, params.leaf(p.name));
}
