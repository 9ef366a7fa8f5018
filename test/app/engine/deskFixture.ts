// Runs of the page's engine on a tiny base, without a page: the same code that the worker runs, in memory.
import { join } from 'node:path';
import { parseRun, type RunInput } from '../../../src/app/configs';
import type { Base } from '../../../src/app/engine/base';
import { makeCases } from '../../../src/app/engine/cases';
import type { Drawer } from '../../../src/app/engine/drawer';
import { makeRunDesk } from '../../../src/app/engine/runDesk';
import type { RunLocks } from '../../../src/app/engine/runLocks';
import type { Progress } from '../../../src/app/protocol';
import type { RunSource } from '../../../src/app/runProtocol';
import { openBase } from '../../../src/cli/baseFile';
import { installDawn } from '../../../src/cli/dawn.mjs';
import { openGpu } from '../../../src/gpu/device';
import { newFolder, writeBase } from '../../cli/adaptFixture';

await installDawn();

/** The device. */
export const gpu = await openGpu();

/** Plans that compile fast. */
export const plan = { variants: { matmul: 'naive' } };

/** The base's file. */
export const file = join(await newFolder(), 'base.safetensors');
await writeBase(file);
const { config, source, fingerprint } = await openBase(file);
const { imgSize, patchSize } = config.imageEncoder;
const base: Base = {
  ...{ config, source, fingerprint },
  info: { name: config.name, imgSize, patchSize, parameters: 1, trained: true },
};

/** Four steps on three phantoms, measured twice. */
export const input = (adapters: string[] = ['bitfit'], more = {}): RunInput => ({
  experiment: {
    ...{ adapters, base: config.name, checkpoint: 2, eval: { times: 2, surfaces: false }, output: { overlays: 0 } },
    data: { classes: ['ultrasound: nodule'], maxTrain: 3, maxVal: 2 },
    train: { steps: 4, batch: 2, warmup: 1 },
    ...more,
  },
});

/** A desk on a drawer, as after opening the page. `hear` gets all progress. */
export function desk(drawer: Drawer, locks?: RunLocks, hear: (p: Progress) => void = () => {}) {
  const needs = { gpu: () => gpu, base: async () => base, cases: makeCases(), drawer: Promise.resolve(drawer), plan };
  const d = makeRunDesk({ ...needs, ...(locks ? { locks } : {}) });
  const told: Progress[] = [];
  const progress = (p: Progress) => {
    told.push(p);
    hear(p);
  };
  const context = { signal: new AbortController().signal, progress };
  const begin = (c: RunInput, only: number | null = null, from: RunSource = { kind: 'made' }) =>
    d.methods.adapt({ config: parseRun(c), source: from, only }, context);
  return { ...d, told, context, begin };
}
