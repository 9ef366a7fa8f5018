import { fingerprint, type Gpu } from '../gpu/device';
import { loadShaders } from '../gpu/shaders';
import type { Target } from '../tensor/op';
import type { Outputs } from './plan';
import { targetOf } from './target';
import type { TuneOptions } from './tune';
import { isFresh, setTuned, type Tuned } from './tuned';
import type { TunedStore } from './tunedFile';

/** What a start-up measurement gave. */
export interface StartTuned {
  readonly tuned: Tuned;
  /** Choices measured now; 0 where they came from the store. */
  readonly measured: number;
  readonly ms: number;
}

/**
 * What a quick measurement is: a few candidates of each question (on an H200, compiling all 17 of one product took the whole
 * budget) are begun for so many milliseconds, rounds are short. Not shorter, since Dawn rounds timestamps to 65 µs; more of
 * them on a CPU, which others use, too.
 */
export function quickOptions({ software }: Target): Pick<TuneOptions, 'budget' | 'rounds' | 'us' | 'most' | 'light'> {
  return { budget: software ? 700 : 400, rounds: software ? 8 : 4, us: 1500, most: 4, light: software };
}

/** The measurements of this device out of `store`, for all its plans; null where there are none, or they are of other shaders. */
export async function recallTuned(gpu: Gpu, store: TunedStore | null): Promise<StartTuned | null> {
  const at = performance.now();
  const known = (await store?.load(fingerprint(gpu.caps))) ?? null;
  if (!known) return null;
  // Whether measurements are of these shaders, all of them say.
  await loadShaders();
  if (!isFresh(known, gpu.caps)) return null;
  setTuned(gpu, known);
  return { tuned: known, measured: 0, ms: performance.now() - at };
}

/**
 * A quick measurement of `work`, kept in `store` and used by all plans of this device from now on. A fraction of a second on a
 * GPU; on a software adapter one compilation may pass that, so nobody should wait for it there.
 */
export async function measureTuned(gpu: Gpu, work: () => Outputs, store: TunedStore | null): Promise<StartTuned> {
  const at = performance.now();
  const { tune } = await import('./tune');
  const tuned = await tune(gpu, [work], quickOptions(targetOf(gpu.caps)));
  setTuned(gpu, tuned);
  await store?.save(tuned);
  return { tuned, measured: Object.keys(tuned.answers).length, ms: performance.now() - at };
}

/** What is known of the device; where nothing is, a quick measurement first: for long work, which it pays for. */
export async function tunedAtStart(gpu: Gpu, work: () => Outputs, store: TunedStore | null): Promise<StartTuned> {
  return (await recallTuned(gpu, store)) ?? measureTuned(gpu, work, store);
}

/** What was measured, in a line for the log. */
export function startText({ tuned, measured, ms }: StartTuned): string {
  const answers = Object.values(tuned.answers);
  if (!measured) return `kernels: ${answers.length} measured choices for ${tuned.name}`;
  const other = answers.filter((a) => a.winner !== a.guess).map((a) => `${a.op} ${a.winner} (not ${a.guess})`);
  const text = other.length ? `; other than guessed: ${other.join(', ')}` : '; all as guessed';
  return `kernels: measured ${measured} choices in ${Math.round(ms)} ms${text}`;
}
