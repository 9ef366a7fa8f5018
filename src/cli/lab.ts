import type { ExperimentData, Measured } from '../data/experiment/experimentData';
import type { Gpu } from '../gpu/device';
import type { PlanOptions } from '../plan/plan';
import type { DataConfig } from '../train/experiment/config';
import { type BaseFile, openBase } from './baseFile';
import { loadData } from './loadData';
import type { BarStream } from './progress';
import { type RigStore, rigStore } from './rigs';

/** What a run needs of its surroundings. */
export interface Host {
  readonly open: () => Promise<Gpu>;
  /** Logs and progress. */
  readonly log: BarStream;
  /** True once the person asked to stop. */
  readonly stopped: () => boolean;
  readonly plan?: PlanOptions;
}

/** What the runs of one process share: a device with its pipelines, opened bases, decoded data, what the bare bases score. */
export interface Lab {
  readonly host: Host;
  /** The device; another one after it was lost. */
  device(): Promise<Gpu>;
  base(which: string): Promise<BaseFile>;
  data(config: DataConfig, side: number): Promise<ExperimentData>;
  /** Evaluations of bare bases by base, data and prompt. */
  readonly zeroShot: Map<string, readonly Measured[]>;
  /** Models with compiled steps that a run left for the next. */
  readonly rigs: RigStore;
  /** Closes the device. */
  close(): void;
}

/** An empty laboratory; things are opened when they are first asked for. */
export function makeLab(host: Host): Lab {
  let gpu: Promise<Gpu> | null = null;
  let open: Gpu | null = null;
  const bases = new Map<string, Promise<BaseFile>>();
  const data = new Map<string, Promise<ExperimentData>>();
  return {
    host,
    zeroShot: new Map(),
    rigs: rigStore(),
    async device() {
      if (open?.error?.kind === 'lost') gpu = null;
      gpu ??= host.open();
      open = await gpu.catch((e) => {
        gpu = null;
        throw e;
      });
      return open;
    },
    base: (which) => kept(bases, which, () => openBase(which)),
    data: (config, side) => kept(data, JSON.stringify([config, side]), () => loadData(config, side, host.log)),
    close: () => open?.destroy(),
  };
}

/** The promise of `key`, made on first use; a failed one is forgotten. */
function kept<T>(map: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  const found = map.get(key) ?? make();
  map.set(key, found);
  found.catch(() => map.delete(key));
  return found;
}
