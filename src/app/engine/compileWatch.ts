import type { Gpu } from '../../gpu/device';

/** Milliseconds between looks. */
const INTERVAL = 150;

/**
 * Runs `work` and reports how many of the pipelines that it asks for are compiled: the long silent part of a first run.
 * `report` gets done and total; it is not called while there is nothing to compile.
 */
export async function watchCompiles<T>(
  gpu: Pick<Gpu, 'pipelines'>,
  report: (done: number, total: number) => void,
  work: () => Promise<T>,
): Promise<T> {
  const before = new Set(gpu.pipelines.values());
  const seen = new Set<Promise<unknown>>();
  let done = 0;
  const finished = () => {
    done++;
  };
  const look = () => {
    for (const p of gpu.pipelines.values()) {
      if (before.has(p) || seen.has(p)) continue;
      seen.add(p);
      p.then(finished, finished);
    }
    if (done < seen.size) report(done, seen.size);
  };
  const timer = setInterval(look, INTERVAL);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}
