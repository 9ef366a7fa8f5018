import type { Gpu } from '../../gpu/device';
import { textHash } from '../../gpu/shaders';
import { targetOf } from '../../plan/target';
import { measureTuned, recallTuned, startText } from '../../plan/tuneAtStart';
import { tunedOf } from '../../plan/tuned';
import { readTuned, type TunedStore, writeTuned } from '../../plan/tunedFile';

const CACHE = 'medsa-lab-kernels';

/** Measurements in this site's cache storage, which workers reach, too; where the browser keeps none, they are made every time. */
export function cacheStore(storage: CacheStorage | undefined = globalThis.caches): TunedStore {
  const key = (device: string) => `/tuned-${textHash([device])}.json`;
  return {
    async load(device) {
      try {
        const reply = await (await storage?.open(CACHE))?.match(key(device));
        const tuned = reply ? readTuned(await reply.text()) : null;
        return tuned?.device === device ? tuned : null;
      } catch {
        return null;
      }
    },
    async save(tuned) {
      try {
        await (await storage?.open(CACHE))?.put(key(tuned.device), new Response(writeTuned(tuned)));
      } catch {
        // Private windows may refuse storage: nothing is lost but the time to measure again.
      }
    },
  };
}

/** What was measured on this device in an earlier visit is used from now on. */
export async function recall(gpu: Gpu): Promise<void> {
  await recallTuned(gpu, cacheStore());
}

/** Whether a quick measurement is due: nothing is known, and the device is a GPU (of software adapters the ops know enough). */
export function isDue(gpu: Gpu): boolean {
  return !tunedOf(gpu) && !targetOf(gpu.caps).software;
}

/** A quick measurement, for plans compiled from now on and for later visits. What it found is said in the console. */
export async function measureNow(gpu: Gpu): Promise<void> {
  if (!isDue(gpu)) return;
  const { quickWork } = await import('../../train/quickWork');
  console.info(startText(await measureTuned(gpu, quickWork(targetOf(gpu.caps)), cacheStore())));
}
