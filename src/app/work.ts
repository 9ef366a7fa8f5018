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

/** Runs a call, showing its progress in `work` until it ends. */
export async function tracked<T>(
  store: Store<AppState>,
  call: (onProgress: (p: Progress) => void) => Promise<T>,
): Promise<T> {
  const pace = makePace();
  try {
    return await call((p) => {
      if (p.kind === 'work') store.set({ work: pace(p.what, p.done, p.total) });
    });
  } finally {
    store.set({ work: null });
  }
}
