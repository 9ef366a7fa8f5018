/**
 * The service worker: keeps the built site so that it opens without a network. Built to `sw.js` beside the page, with the
 * list of the build's files put in by the plugin `offlineSite`; never part of `npm start`.
 */
import { makeSiteCache, type SiteBuild } from './siteCache';

/** Put in by the build. */
declare const __SITE_BUILD__: SiteBuild;

interface Lasting extends Event {
  waitUntil(work: Promise<unknown>): void;
}

interface Fetching extends Lasting {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
}

/** What TypeScript's library for pages does not know of service workers. */
interface WorkerScope {
  readonly registration: ServiceWorkerRegistration;
  readonly clients: {
    claim(): Promise<void>;
    matchAll(options: { readonly type: 'window'; readonly includeUncontrolled: true }): Promise<readonly unknown[]>;
  };
  skipWaiting(): Promise<void>;
  addEventListener(type: 'install' | 'activate', listener: (event: Lasting) => void): void;
  addEventListener(type: 'fetch', listener: (event: Fetching) => void): void;
  addEventListener(type: 'message', listener: (event: Lasting & { readonly data: unknown }) => void): void;
}

const worker = globalThis as unknown as WorkerScope;

const site = makeSiteCache(__SITE_BUILD__, {
  scope: worker.registration.scope,
  caches,
  fetch: (url, options) => fetch(url, options),
  async room() {
    const { quota = Number.POSITIVE_INFINITY, usage = 0 } = (await navigator.storage?.estimate?.()) ?? {};
    return quota - usage;
  },
});

worker.addEventListener('install', (event) => event.waitUntil(site.keep()));

// The first worker serves the page that is open already; a later one becomes active only when no page of the older build is open.
worker.addEventListener('activate', (event) => event.waitUntil(site.tidy().then(() => worker.clients.claim())));

worker.addEventListener('fetch', (event) => {
  const { request } = event;
  const address = site.addressOf(request);
  if (address) event.respondWith(site.find(address).then((kept) => kept ?? fetch(request)));
});

// A page that was just opened asks the waiting worker to take over; other pages of the older build would lose their files.
worker.addEventListener('message', (event) => {
  if (event.data !== 'take over') return;
  const all = worker.clients.matchAll({ type: 'window', includeUncontrolled: true });
  event.waitUntil(all.then((pages) => (pages.length <= 1 ? worker.skipWaiting() : undefined)));
});
