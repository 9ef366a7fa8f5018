/** As many rounds as are affordable: at least `least`, then until they took `ms` or were `most`. */
export interface Budget {
  readonly least: number;
  readonly ms: number;
  readonly most: number;
}

/** How many rounds: a number, or as many as are affordable. */
export type Rounds = number | Budget;

/** Slow workloads two rounds, quick ones up to twelve. */
export const AFFORDABLE: Budget = { least: 2, ms: 15_000, most: 12 };

/**
 * Milliseconds of each of `runners` by round: in every round each runs once, in turn. `now` is replaceable for tests.
 */
export async function interleaved<T>(
  runners: readonly T[],
  rounds: Rounds,
  run: (runner: T) => Promise<number>,
  now: () => number = () => performance.now(),
): Promise<ReadonlyMap<T, number[]>> {
  const times = new Map<T, number[]>(runners.map((r) => [r, []]));
  const start = now();
  const more = (done: number) => {
    if (typeof rounds === 'number') return done < rounds;
    return done < rounds.least || (done < rounds.most && now() - start < rounds.ms);
  };
  for (let done = 0; runners.length && more(done); done++) for (const r of runners) times.get(r)!.push(await run(r));
  return times;
}
