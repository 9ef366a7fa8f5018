/** Progress of long calls as the status line shows it, with the time left. */
import { secondsLeft } from './format';
import type { Progress } from './protocol';
import type { AppState, Work } from './state';
import type { Store } from './store';

/** Follows one kind of progress and judges the time left from its pace. */
export function makePace(
  now: () => number = () => performance.now(),
): (what: string, done: number, total: number) => Work {
  let at = { what: '', done: -1 };
  let times: number[] = [];
  return (what, done, total) => {
    if (what !== at.what || done < at.done) times = [];
    if (what !== at.what || done !== at.done) times.push(now());
    // Parts that were finished at the same moment count each.
    for (let k = at.done + 1; what === at.what && k < done; k++) times.push(now());
    at = { what, done };
    return { what, done, total, left: secondsLeft(times, done, total) };
  };
}

/**
 * Runs a call, showing its progress in `work` until it ends. With `signal` it can be stopped: by whoever gave the signal,
 * and by the person, through `stopWork`.
 */
export async function tracked<T>(
  store: Store<AppState>,
  call: (onProgress: (p: Progress) => void, signal: AbortSignal | undefined) => Promise<T>,
  given?: AbortSignal,
): Promise<T> {
  const pace = makePace();
  const abort = new AbortController();
  const signal = given && AbortSignal.any([given, abort.signal]);
  const before = store.get().stopWork;
  const mine = () => abort.abort();
  if (signal) {
    underWay.add(mine);
    store.set({ stopWork: mine });
  }
  try {
    return await call((p) => {
      if (p.kind === 'work' && !signal?.aborted) store.set({ work: pace(p.what, p.done, p.total) });
    }, signal);
  } finally {
    underWay.delete(mine);
    const { stopWork, running } = store.get();
    // What this one came into the midst of (a run, a propagation) goes on; what came into its midst keeps its own.
    const goesOn = before !== null && (running || underWay.has(before));
    store.set({ work: null, ...(stopWork === mine ? { stopWork: goesOn ? before : null } : {}) });
  }
}

/** Ways to stop what is under way. */
const underWay = new Set<() => void>();
