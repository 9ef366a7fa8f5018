/** Locks of several tabs without a browser: exclusive, given only where they are free. */
export function fakeLocks(): Pick<LockManager, 'request' | 'query'> {
  const held = new Set<string>();
  const request = async (name: string, _: unknown, work: (lock: Lock | null) => Promise<unknown>) => {
    if (held.has(name)) return work(null);
    held.add(name);
    try {
      return await work({ name, mode: 'exclusive' });
    } finally {
      held.delete(name);
    }
  };
  const query = async () => ({ held: [...held].map((name) => ({ name })), pending: [] });
  return { request: request as LockManager['request'], query };
}
