// A small claim: a tiny base, a set of pictures, two arms.
import { basename, dirname, join } from 'node:path';
import { CLAIM_ARMS, type ClaimArm } from '../../../src/cli/claim/claimArms';
import type { ClaimPlan } from '../../../src/cli/claim/claimRuns';
import type { ClaimSet } from '../../../src/cli/claim/claimSets';
import { newFolder, writeBase, writeCases } from '../adaptFixture';

export const zeroShot = CLAIM_ARMS.find((a) => a.name === 'zero-shot')!;

/** Biases train: few kernels. */
export const bias: ClaimArm = {
  name: 'bias',
  title: 'biases',
  group: 'main',
  images: { adapters: ['bitfit'] },
  volumes: { adapters: ['bitfit'] },
};

export const unet = CLAIM_ARMS.find((a) => a.name === 'unet')!;

/** A set of pictures under another name. */
export const setOf = (name: string, changes: Partial<ClaimSet> = {}): ClaimSet => ({
  ...{ name, volumes: false, data: {}, pictures: { show: false, reason: 'a test' }, note: 'squares' },
  ...changes,
});

/** A plan on `count` cases with a random base of 32 pixels. */
export async function smallPlan(count: number, changes: Partial<ClaimPlan> = {}): Promise<ClaimPlan> {
  const base = join(await newFolder(), 'base.safetensors');
  await writeBase(base);
  const data = await writeCases(count);
  return {
    sets: [setOf(basename(data))],
    arms: [zeroShot, bias],
    prompts: ['point-1', 'box'],
    seeds: [1, 2],
    root: () => dirname(data),
    ...{ base, side: 32, folds: 1, patients: new Map(), transfer: true },
    common: {
      train: { steps: 4, batch: 2, warmup: 2, lr: 3e-3 },
      checkpoint: 2,
      eval: { times: 1 },
      output: { overlays: 1 },
    },
    ...changes,
  };
}
