import { buildModel } from '../data/experiment/experimentModel';
import { promptPlan } from '../data/experiment/promptPlan';
import { fingerprint, type Gpu, openGpu } from '../gpu/device';
import type { Outputs } from '../plan/plan';
import { targetOf } from '../plan/target';
import { type TuneOptions, tune } from '../plan/tune';
import { quickOptions } from '../plan/tuneAtStart';
import { isFresh } from '../plan/tuned';
import { writeTuned } from '../plan/tunedFile';
import { quickWork } from '../train/quickWork';
import { trainingSteps } from '../train/slabSteps';
import { openBase } from './baseFile';
import { command } from './command';
import { EXPERIMENT_FLAGS, EXPERIMENT_HELP, type ExperimentFlags, experimentOf } from './experimentFlags';
import type { Flag } from './flags';
import { INTERRUPTED, onInterrupt } from './interrupt';
import { progressBar } from './progress';
import { type TunedFolder, tunedFolder } from './tuneStore';
import { summaryText, tunedText } from './tuneText';

const FLAGS = {
  ...EXPERIMENT_FLAGS,
  depth: { kind: 'whole', min: 1, max: 256 },
  rounds: { kind: 'whole', min: 1, max: 100 },
  gflop: { kind: 'number', min: 0 },
  cache: { kind: 'text' },
  quick: { kind: 'switch' },
  again: { kind: 'switch' },
  show: { kind: 'switch' },
} as const satisfies Record<string, Flag>;

const HELP = `tune: measure which kernels are fastest on this device, for the shapes of an experiment's step

  npm run tune -- [flags]

${EXPERIMENT_HELP}
  --depth N         slices of a slab (1: images)
  --rounds N        interleaved rounds over all candidates, of which the least times count (5)
  --gflop X         leave out what has more operations than this (software adapters: 1, else no limit)
  --quick           only the few shapes that long commands measure when they start
  --again           forget what was measured before
  --show            print what is kept for this device, with all times and errors, and measure nothing
  --cache DIR       where measurements are kept (the user's cache folder; or MEDSA_CACHE)
  --json            the measurements as JSON on stdout
  --help            this text

Every candidate is compared with the plain kernel on the same operands first; one that deviates is refused by name.
Measurements hold for this device, its driver's name, features and limits, and for the present shaders. Every command uses
them (MEDSA_TUNE=off: none does). Where there are none, train, adapt, sweep and pretrain measure quickly when they start, eval
and predict after their result. Ctrl-C keeps what is measured;
the same command goes on. Exit codes: 0 done, 1 failed, 2 wrong command line, 130 interrupted.`;

/** Milliseconds between saves. */
const SAVE = 5000;
/** Operations, in 10⁹, beyond which a software adapter's plain kernel takes seconds. */
const SOFTWARE_GFLOP = 1;

/** `npm run tune -- [flags]`: see HELP. */
export const run = command(
  'tune',
  HELP,
  FLAGS,
  async ({ depth, rounds, gflop, cache, quick, again, show, json, ...flags }) => {
    const builds = quick || show ? [] : await stepsOf(flags, depth ?? 1);
    const gpu = await openGpu();
    const store = tunedFolder(cache);
    try {
      if (show) return await showKept(gpu, store, json ?? false);
      const target = targetOf(gpu.caps);
      const limit = gflop ?? (target.software ? SOFTWARE_GFLOP : Infinity);
      const work = quick ? [quickWork(target)] : builds;
      return await search(gpu, work, store, {
        ...(quick ? quickOptions(target) : {}),
        ...(rounds ? { rounds } : {}),
        maxFlops: limit * 1e9,
        again: again ?? false,
        json: json ?? false,
      });
    } finally {
      gpu.destroy();
    }
  },
);

interface Search extends TuneOptions {
  readonly again: boolean;
  readonly json: boolean;
}

async function search(gpu: Gpu, work: readonly (() => Outputs)[], store: TunedFolder, s: Search): Promise<number> {
  const interrupt = onInterrupt();
  const known = s.again ? null : await store.load(fingerprint(gpu.caps));
  let bar: ReturnType<typeof progressBar> | null = null;
  const began = performance.now();
  let saved = began;
  let writing = Promise.resolve();
  try {
    const tuned = await tune(gpu, work, {
      ...s,
      known,
      stopped: interrupt.asked,
      onAnswer(sofar, done, total) {
        bar ??= progressBar('choices', total, process.stderr);
        bar.show(done);
        if (performance.now() - saved < SAVE) return;
        saved = performance.now();
        writing = writing.then(() => store.save(sofar));
      },
    });
    const ms = performance.now() - began;
    await writing;
    await store.save(tuned);
    (bar as ReturnType<typeof progressBar> | null)?.end();
    console.log(
      s.json
        ? writeTuned(tuned)
        : `${summaryText(tuned)}\n${Math.round(ms)} ms for ${Object.keys(tuned.answers).length} choices${s.budget ? `, of which candidates were begun for ${s.budget}` : ''}; kept in ${store.path(tuned.device)}; --show prints all`,
    );
    return interrupt.asked() ? INTERRUPTED : 0;
  } finally {
    interrupt.forget();
  }
}

async function showKept(gpu: Gpu, store: TunedFolder, json: boolean): Promise<number> {
  const device = fingerprint(gpu.caps);
  const kept = await store.load(device);
  if (!kept) {
    console.error(`tune: nothing was measured on this device yet; ${store.path(device)} is not there`);
    return 1;
  }
  console.log(json ? writeTuned(kept) : tunedText(kept));
  if (!isFresh(kept, gpu.caps)) console.error('tune: the shaders have changed since; these measurements are not used');
  return 0;
}

/** Everything that training the experiment compiles. */
async function stepsOf(flags: ExperimentFlags, depth: number): Promise<readonly (() => Outputs)[]> {
  const config = await experimentOf(flags);
  const { sam, attachments } = buildModel(config, await openBase(config.base));
  const train = { ...config.train, seed: config.seed, depth, points: promptPlan(config).points };
  const hooks = attachments.map((a) => a.hooks);
  return trainingSteps(sam, train, hooks)(depth);
}
