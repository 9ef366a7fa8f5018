// A built site that opens without a network: `sw.js` beside the page is src/app/offline/serviceWorker.ts with the list of
// what was built. `npm start` answers that address with a worker that takes the place of one from a build, and ends itself.
import { createHash } from 'node:crypto';

/** Files that are larger are fetched when they are needed, and only then: a browser's room is for runs. */
const MOST_BYTES = 32 * 2 ** 20;

const WORKER = 'sw.js';

/** @param {string | Uint8Array} content @returns {string} SHA-256, base64 */
const hashOf = (content) => createHash('sha256').update(content).digest('base64');

/**
 * What a build consists of, as src/app/offline/siteCache.ts reads it.
 * @param {Readonly<Record<string, string | Uint8Array>>} files by path below the site's folder
 */
export const siteBuild = (files) => {
  const kept = Object.entries(files)
    .map(([path, content]) => /** @type {const} */ ([path === 'index.html' ? '' : path, Buffer.from(content)]))
    .filter(([path, content]) => path !== WORKER && content.length <= MOST_BYTES)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const hashes = Object.fromEntries(kept.map(([path, content]) => [path, hashOf(content)]));
  const bytes = kept.reduce((sum, [, content]) => sum + content.length, 0);
  return { version: hashOf(JSON.stringify(hashes)).slice(0, 12), bytes, files: hashes };
};

/** Ends the worker of a build that was served at this address before, and shows what is served now. */
const LEAVING = `self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil((async () => {
  const names = await caches.keys();
  for (const name of names) if (name.startsWith('medsa-lab ' + registration.scope + ' ')) await caches.delete(name);
  await registration.unregister();
  for (const page of await clients.matchAll()) await page.navigate(page.url);
})()));
`;

/** A Vite plugin. @returns {import('vite').Plugin} */
export const offlineSite = () => ({
  name: 'offline-site',
  configureServer(server) {
    server.middlewares.use((request, response, next) => {
      if (!request.url?.startsWith(`/${WORKER}`)) return next();
      response.setHeader('content-type', 'text/javascript');
      response.end(LEAVING);
    });
  },
  buildStart() {
    if (this.environment?.mode === 'dev') return;
    this.emitFile({ type: 'chunk', id: 'src/app/offline/serviceWorker.ts', fileName: WORKER });
  },
  generateBundle: {
    order: 'post',
    handler(_options, bundle) {
      const worker = bundle[WORKER];
      if (worker?.type !== 'chunk' || !worker.code.includes('__SITE_BUILD__') || worker.imports.length)
        throw new Error(`offline-site: ${WORKER} is not one script with a place for the list of files`);
      const files = Object.fromEntries(
        Object.entries(bundle).map(([path, f]) => [path, f.type === 'chunk' ? f.code : f.source]),
      );
      worker.code = worker.code.replace('__SITE_BUILD__', () => JSON.stringify(siteBuild(files)));
    },
  },
});
