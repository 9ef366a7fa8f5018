/** All runs: kept on disk, listed, taken up, one of them on the device. The engine's methods for them. */

import type { MetricLine } from '../../data/experiment/metricLine';
import type { Gpu } from '../../gpu/device';
import { completeRun } from '../configs';
import type { Handlers } from '../rpc';
import type { CurvePoint, RunApi } from '../runProtocol';
import { atRest } from './atRest';
import { diskDrawer, freeBytes, memoryDrawer } from './drawer';
import { estimateRun } from './estimate';
import { buildRun, type Model, planOf } from './model';
import { makeRun, openRun } from './run';
import { depthOf } from './runData';
import { runFiles } from './runFiles';
import { kept } from './runKeep';
import { list, newId, runOf, withRun, wordsOf } from './runList';
import { runLocks } from './runLocks';
import { placeAdapter } from './runModel';
import { objectPicture } from './runPicture';
import { type Desk, leave, type RunNeeds, use } from './runPlace';
import { adapterZip, importedRun, runZip } from './runShare';
import { alone, begin, dataOf, forget, goOn } from './runTraining';
import { spareDrawer } from './spareDrawer';
import { makeSpeed } from './speed';

/** The runs of an engine. */
export interface RunDesk {
  readonly methods: Pick<Handlers, Exclude<keyof RunApi, 'bases' | 'useBase'>>;
  /** The adapted model on the device; null where there is none. */
  readonly model: () => Model | null;
  /** A step or a measurement may be going on. */
  readonly busy: () => boolean;
  /** Runs work that asks the adapted model, between two steps of its training. */
  readonly atRest: <T>(work: () => Promise<T>) => Promise<T>;
  /** The run that is on the device, for diagnostics. */
  readonly words: () => string;
  /** Takes everything off the device, which is gone or still there. */
  readonly leave: (gpu: Gpu, gone: boolean) => void;
  /** Puts the adapted model on a new device. */
  readonly comeBack: () => Promise<void>;
}

/** No run yet; those on disk are listed when they are asked for. */
export function makeRunDesk(needs: RunNeeds): RunDesk {
  const found = (needs.drawer ?? diskDrawer('runs')).then((d) => d ?? memoryDrawer());
  const d: Desk = {
    ...{ ...needs, locks: needs.locks ?? runLocks(), runs: new Map(), place: found.then(spareDrawer) },
    ...{ active: null, applied: 'last', busy: false, speed: makeSpeed(found) },
  };
  return {
    methods: methodsOf(d),
    model: () => d.active?.model ?? null,
    busy: () => d.busy,
    atRest: (work) => atRest(d.active, work),
    words: () => wordsOf(d.active),
    leave: (gpu, gone) => leave(d, gpu, gone),
    async comeBack() {
      if (d.active) d.active.model = await placeAdapter(d.active, d.applied, { gpu: d.gpu(), base: await d.base() });
    },
  };
}

function methodsOf(d: Desk): RunDesk['methods'] {
  return {
    plan: async ({ config }) => planOf(buildRun(await d.base(), completeRun(config))),
    estimate: async ({ config, volumes }, { signal }) => {
      const { caps } = d.gpu();
      const speed = await d.speed.of(caps);
      const device = { caps, speed, freeDisk: await freeBytes() };
      return estimateRun(await d.base(), config, depthOf(config, volumes), device, signal);
    },
    runs: async () => {
      await list(d);
      return [...d.runs.values()].map((r) => r.info).sort((a, b) => b.created - a.created);
    },
    adapt: (a, context) => alone(d, () => begin(d, a, context)),
    resume: ({ run, finish, only }, context) =>
      alone(d, () =>
        withRun(d, run, async (found) => {
          Object.assign(found, { halt: finish ? 'stop' : null, only });
          return goOn(d, found, context);
        }),
      ),
    halt: async ({ how }) => {
      if (d.active) d.active.halt = how;
      return null;
    },
    useRun: async ({ run, adapter }) => {
      await list(d);
      const found = await runOf(d, run);
      await openRun(found);
      await use(d, found, adapter);
      return { run: found.info, curve: found.metrics.flatMap(pointOf) };
    },
    renameRun: ({ run, name }) =>
      withRun(d, run, async (found) => {
        found.info = { ...found.info, name };
        await kept(found, { info: found.info });
        return found.info;
      }),
    removeRun: async ({ run }) => {
      const found = await runOf(d, run);
      if (found.mine) throw new Error(`${found.info.name} is being trained; stop it first`);
      await withRun(d, run, (now) => forget(d, now));
      return null;
    },
    runObject: async ({ run, index, slice }, context) => {
      const found = await runOf(d, run);
      await openRun(found);
      found.data ??= await dataOf(d, found, context);
      return objectPicture(found, index, slice, (await d.base()).config);
    },
    exportAdapter: async ({ run, adapter }) => adapterZip(await runOf(d, run), adapter),
    exportRun: async ({ run }) => runZip(await runOf(d, run)),
    importAdapter: async ({ files }) => {
      const id = newId();
      const place = runFiles((await d.place).drawer(id));
      const info = await importedRun(id, files, await d.base(), place);
      d.runs.set(id, makeRun(info, place, true));
      return info;
    },
  };
}

/** A line of the metrics as a point of the curves. */
const pointOf = (line: MetricLine): CurvePoint[] =>
  line.kind === 'step'
    ? [{ step: line.step, loss: Number(line.loss) }]
    : [{ step: line.step, dice: Number(line.dice) }];
