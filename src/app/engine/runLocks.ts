/** Who may write a run: one tab at a time (https://www.w3.org/TR/web-locks/). A tab that is closed or crashes lets go by itself. */

/** Locks of runs by id. */
export interface RunLocks {
  /** Does `work` while nobody else may write the run. Null, without doing it, where another tab holds it. */
  hold<T>(id: string, work: () => Promise<T>): Promise<{ readonly value: T } | null>;
  /** Runs that other tabs hold. */
  elsewhere(): Promise<ReadonlySet<string>>;
}

const NAME = 'medsa-lab run ';

/** The part of LockManager that is used. */
type Manager = Pick<LockManager, 'request' | 'query'>;

/** The browser's locks; without them (Node, pages without https) every run is free. */
export function runLocks(manager: Manager | undefined = globalThis.navigator?.locks): RunLocks {
  const own = new Set<string>();
  const kept = async <T>(id: string, work: () => Promise<T>) => {
    own.add(id);
    try {
      return { value: await work() };
    } finally {
      own.delete(id);
    }
  };
  return {
    async hold(id, work) {
      // Whoever holds it may do more with it.
      if (!manager || own.has(id)) return { value: await work() };
      return manager.request(NAME + id, { ifAvailable: true }, async (lock) => (lock ? kept(id, work) : null));
    },
    async elsewhere() {
      const { held = [] } = (await manager?.query()) ?? {};
      const ids = held.flatMap(({ name }) => (name?.startsWith(NAME) ? [name.slice(NAME.length)] : []));
      return new Set(ids.filter((id) => !own.has(id)));
    },
  };
}
