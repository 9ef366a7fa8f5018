import { expect, test } from 'vitest';
import { CACHE_PREFIX, makeSiteCache, type SiteBuild } from '../../../src/app/offline/siteCache';
import { siteBuild } from '../../../src/cli/offlineSite.mjs';

const scope = 'https://host.example/some/where/';

/** Caches as a browser's: answers by address, by cache. */
function fakeCaches() {
  const all = new Map<string, Map<string, Response>>();
  const open = async (name: string) => {
    const kept = all.get(name) ?? new Map<string, Response>();
    all.set(name, kept);
    return {
      match: async (url: string) => kept.get(url)?.clone(),
      put: async (url: string, response: Response) => void kept.set(url, response.clone()),
    } as unknown as Cache;
  };
  const match = async (url: string, { cacheName }: MultiCacheQueryOptions) =>
    all
      .get(cacheName ?? '')
      ?.get(url)
      ?.clone();
  return {
    all,
    api: {
      open,
      match: match as CacheStorage['match'],
      keys: async () => [...all.keys()],
      delete: async (name: string) => all.delete(name),
    },
  };
}

/** A host of `files` that checks hashes as fetch does, and what it was asked for. */
function world(files: Record<string, string>, caches = fakeCaches(), room = 2 ** 30) {
  const asked: string[] = [];
  const fetch = async (url: string, { integrity }: RequestInit) => {
    const path = url.slice(scope.length);
    asked.push(path);
    const text = files[path || 'index.html'];
    if (text === undefined) return new Response('', { status: 404 });
    const hash = siteBuild({ a: text }).files.a;
    if (integrity !== `sha256-${hash}`) throw new TypeError('Failed to fetch');
    return new Response(text);
  };
  return { asked, caches, world: { scope, fetch, caches: caches.api, room: async () => room } };
}

const one = { 'index.html': '<b>1</b>', 'assets/a-1.js': 'a', 'assets/b-1.js': 'b' };
const two = { 'index.html': '<b>2</b>', 'assets/a-1.js': 'a', 'assets/b-2.js': 'bb' };
const textOf = async (cache: ReturnType<typeof makeSiteCache>, path: string) =>
  (await cache.find(new URL(path, scope).href))?.text();

test('the list: all files but the worker and the very large, the page by its folder', () => {
  const { files, bytes, version } = siteBuild({ ...one, 'sw.js': '…', 'assets/huge': new Uint8Array(33 * 2 ** 20) });
  expect(Object.keys(files)).toEqual(['', 'assets/a-1.js', 'assets/b-1.js']);
  expect(bytes).toBe(10);
  expect(files['assets/a-1.js']).toBe('ypeBEsobvcr6wjGzmiPcTaeG7/gUfE5yuYB3ha/uSLs=');
  expect(siteBuild(two).version).not.toBe(version);
  expect(siteBuild(one).version).toBe(version);
});

test('a build is kept as a whole, and answers for the page and its files alone', async () => {
  const w = world(one);
  const cache = makeSiteCache(siteBuild(one), w.world);
  await cache.keep();
  expect(await textOf(cache, '')).toBe('<b>1</b>');
  expect(await textOf(cache, 'assets/b-1.js')).toBe('b');
  const address = (url: string, method = 'GET') => cache.addressOf({ url, method });
  for (const end of ['', 'index.html', '?x=1', '#sample=ct-1', 'index.html?x#y'])
    expect(address(scope + end)).toBe(scope);
  expect(address(`${scope}assets/a-1.js`)).toBe(`${scope}assets/a-1.js`);
  for (const [url, method] of [
    [`${scope}assets/c.js`, 'GET'],
    [`${scope}constructor`, 'GET'],
    ['https://host.example/some/', 'GET'],
    ['https://other.example/some/where/', 'GET'],
    [scope, 'POST'],
  ])
    expect(address(url, method), url).toBeNull();
});

test('a new build takes from the old what is the same, and the old goes only when the new is whole', async () => {
  const before = world(one);
  await makeSiteCache(siteBuild(one), before.world).keep();
  await before.caches.api.open(`${CACHE_PREFIX}https://host.example/other/ x`);
  await before.caches.api.open('of somebody else');
  const now = world(two, before.caches);
  const cache = makeSiteCache(siteBuild(two), now.world);
  await cache.keep();
  expect(now.asked).toEqual(['', 'assets/b-2.js']);
  expect(before.caches.all.size).toBe(4);
  await cache.tidy();
  expect([...before.caches.all.keys()]).toEqual([
    `${CACHE_PREFIX}https://host.example/other/ x`,
    'of somebody else',
    `${CACHE_PREFIX}${scope} ${siteBuild(two).version}`,
  ]);
  expect(await textOf(cache, '')).toBe('<b>2</b>');
  // A page of the older build that asks late does not bring its cache back.
  expect(await textOf(makeSiteCache(siteBuild(one), before.world), '')).toBeUndefined();
  expect(before.caches.all.size).toBe(3);
});

test('a host that serves another build by now, or no longer all: rejected, and taken up where it ended', async () => {
  const mixed = world({ ...one, 'assets/b-1.js': 'other' });
  await expect(makeSiteCache(siteBuild(one), mixed.world).keep()).rejects.toThrow('Failed to fetch');
  const part: Partial<typeof one> = { ...one };
  delete part['assets/b-1.js'];
  const first = world(part as typeof one);
  await expect(makeSiteCache(siteBuild(one), first.world).keep()).rejects.toThrow(/b-1\.js answers 404/);
  const again = world(one, first.caches);
  await makeSiteCache(siteBuild(one), again.world).keep();
  expect(again.asked).toEqual(['assets/b-1.js']);
});

test('where little room is left, it is left to the runs', async () => {
  const build: SiteBuild = { ...siteBuild(one), bytes: 2 ** 20 };
  const w = world(one, fakeCaches(), 64 * 2 ** 20);
  await expect(makeSiteCache(build, w.world).keep()).rejects.toThrow(/free/);
  expect([w.caches.all.size, w.asked.length]).toEqual([0, 0]);
});
