import { expect, test } from 'vitest';
import { cacheStore } from '../../../src/app/engine/tuning';
import type { Tuned } from '../../../src/plan/tuned';

const tuned: Tuned = { device: 'some device', name: 'Some', shaders: 'abc', answers: {} };

/** A cache storage of one cache that keeps texts. */
function storage(kept = new Map<string, string>()): CacheStorage {
  const cache = {
    match: async (key: string) => (kept.has(key) ? new Response(kept.get(key)) : undefined),
    put: async (key: string, reply: Response) => void kept.set(key, await reply.text()),
  };
  return { open: async () => cache } as unknown as CacheStorage;
}

test('what was measured on a device comes back for it, and for no other', async () => {
  const store = cacheStore(storage());
  expect(await store.load(tuned.device)).toBeNull();
  await store.save(tuned);
  expect(await store.load(tuned.device)).toEqual(tuned);
  expect(await store.load('another')).toBeNull();
});

test('a browser that keeps nothing costs the measurements alone', async () => {
  const refusing = { open: () => Promise.reject(new DOMException('no', 'SecurityError')) } as unknown as CacheStorage;
  for (const s of [refusing, undefined]) {
    const store = cacheStore(s);
    await store.save(tuned);
    expect(await store.load(tuned.device)).toBeNull();
  }
});
