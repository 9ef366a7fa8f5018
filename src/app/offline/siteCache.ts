/**
 * The built site kept in the browser's cache: one cache a build, named by the folder it is served from and the build's
 * version, so that two builds' files are never mixed. What a service worker does, without one, so that tests can call it.
 */

/** A build: what it consists of. */
export interface SiteBuild {
  /** Hash of all that follows. */
  readonly version: string;
  readonly bytes: number;
  /** Address below the site's folder ('' is the page itself) → SHA-256 of the file, base64. */
  readonly files: Readonly<Record<string, string>>;
}

/** What the browser gives to it. */
export interface SiteWorld {
  /** Address of the site's folder, ending in `/`. */
  readonly scope: string;
  readonly caches: Pick<CacheStorage, 'open' | 'match' | 'keys' | 'delete'>;
  readonly fetch: (url: string, options: RequestInit) => Promise<Response>;
  /** Bytes that may still be kept. */
  readonly room: () => Promise<number>;
}

/** Keeps a build and answers from it. */
export interface SiteCache {
  /** Fetches all files and checks their hashes. Rejects, keeping what came for the next try, where one is not to be had. */
  keep(): Promise<void>;
  /** Deletes what other builds of this site left. */
  tidy(): Promise<void>;
  /** The kept file's address for a request; null for what the site does not consist of. */
  addressOf(request: Pick<Request, 'url' | 'method'>): string | null;
  /** The kept file; undefined where the browser has dropped it. */
  find(address: string): Promise<Response | undefined>;
}

/** What all caches of all builds are called. */
export const CACHE_PREFIX = 'medsa-lab ';

/** Bytes that are left to runs and embeddings: the page can be fetched again, they cannot. */
const SPARE = 64 * 2 ** 20;

/** A build's cache in `world`. */
export function makeSiteCache(build: SiteBuild, world: SiteWorld): SiteCache {
  const { scope, caches } = world;
  const site = `${CACHE_PREFIX}${scope} `;
  const name = `${site}${build.version}`;
  const others = async () => (await caches.keys()).filter((k) => k.startsWith(site) && k !== name);
  return {
    async keep() {
      const room = await world.room();
      if (room < build.bytes + SPARE)
        throw new Error(`offline: ${room} bytes are free, ${build.bytes + SPARE} are needed`);
      const [cache, older] = [await caches.open(name), await others()];
      for (const [path, hash] of Object.entries(build.files)) {
        const url = new URL(path, scope).href;
        if (await cache.match(url)) continue;
        await cache.put(url, (await keptBefore(caches, older, url, hash)) ?? (await fetched(world, url, hash)));
      }
    },
    async tidy() {
      for (const other of await others()) await caches.delete(other);
    },
    addressOf({ url, method }) {
      if (method !== 'GET' || !url.startsWith(scope)) return null;
      const path = url
        .slice(scope.length)
        .replace(/[?#].*$/, '')
        .replace(/^index\.html$/, '');
      return Object.hasOwn(build.files, path) ? new URL(path, scope).href : null;
    },
    // Not by opening it, which would make it again after a newer build deleted it.
    find: (address) => caches.match(address, { cacheName: name }),
  };
}

/** The file from the network, as this build has it: where the host serves another build by now, it rejects. */
async function fetched({ fetch }: SiteWorld, url: string, hash: string): Promise<Response> {
  const response = await fetch(url, { integrity: `sha256-${hash}`, cache: 'no-cache', credentials: 'same-origin' });
  if (!response.ok) throw new Error(`offline: ${url} answers ${response.status}`);
  // Browsers refuse to open a page by an answer that was redirected.
  return response.redirected ? new Response(await response.blob(), { headers: response.headers }) : response;
}

/** The file where an older build has the same: most of a new build is as before. */
async function keptBefore(
  caches: SiteWorld['caches'],
  older: readonly string[],
  url: string,
  hash: string,
): Promise<Response | null> {
  for (const name of older) {
    const found = await caches.match(url, { cacheName: name });
    if (found && (await hashOf(await found.clone().arrayBuffer())) === hash) return found;
  }
  return null;
}

/** SHA-256, base64. */
async function hashOf(bytes: ArrayBuffer): Promise<string> {
  return btoa(String.fromCharCode(...new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))));
}
