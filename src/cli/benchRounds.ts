/** Rounds when nobody says how many: long ones at least this often, */
const LEAST = 2;
/** short ones until they took so many milliseconds, */
const BUDGET = 15_000;
/** or this often. */
const MOST = 12;

/** How many rounds: a number, or as many as are affordable. */
export type Rounds = number | 'auto';

/**
 * Milliseconds of each of `runners` by round: in every round each runs once, in turn. `auto` gives slow workloads two rounds
 * and quick ones up to twelve. `now` is replaceable for tests.
 */
export async function interleaved<T>(
  runners: readonly T[],
  rounds: Rounds,
  run: (runner: T) => Promise<number>,
  now: () => number = () => performance.now(),
): Promise<ReadonlyMap<T, number[]>> {
  const times = new Map<T, number[]>(runners.map((r) => [r, []]));
  const start = now();
  const more = (done: number) =>
    rounds === 'auto' ? done < LEAST || (done < MOST && now() - start < BUDGET) : done < rounds;
  for (let done = 0; runners.length && more(done); done++) for (const r of runners) times.get(r)!.push(await run(r));
  return times;
}
