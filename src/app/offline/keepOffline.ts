/** The page's side of working offline: registers the service worker of a built site and says what it has kept. */
import type { AppState } from '../state';
import type { Store } from '../store';

/** `none`: not possible here, or not yet; `kept`: the page opens without a network; `newer`: a later build waits. */
export type Offline = 'none' | 'kept' | 'newer';

/**
 * Keeps the built site in this browser as soon as the engine is open, and tells the store. Where browsers have no service workers
 * (a file, plain http, a private window) nothing happens; `npm start` never has one.
 */
export async function keepOffline(store: Store<AppState>): Promise<void> {
  const workers = 'serviceWorker' in navigator ? navigator.serviceWorker : null;
  if (!import.meta.env.PROD || !workers) return;
  try {
    const known = await workers.getRegistration();
    // The worker of a folder above is another site's.
    if (known?.waiting && known.scope === new URL('./', location.href).href) takeOver(workers, known.waiting);
    await opened(store);
    const registration = await workers.register('./sw.js', { updateViaCache: 'none' });
    const look = async () => {
      store.set({ offline: await offlineNow(registration, import.meta.url) });
    };
    registration.addEventListener('updatefound', () => registration.installing?.addEventListener('statechange', look));
    registration.installing?.addEventListener('statechange', look);
    await look();
  } catch {
    // Not here: the page works as any other does.
  }
}

/** Nothing was done on this page yet: the newer build may come in its place, if no other page needs the older one. */
function takeOver(workers: ServiceWorkerContainer, waiting: ServiceWorker): void {
  // Later a person may have begun something.
  const signal = AbortSignal.timeout(5000);
  workers.addEventListener('controllerchange', () => location.reload(), { once: true, signal });
  waiting.postMessage('take over');
}

/** Waits until the GPU is open or known not to open: what is kept must not slow down what is shown. */
const opened = (store: Store<AppState>): Promise<void> =>
  new Promise((done) => {
    const stop = store.watch((s) => {
      if (s.engine === 'starting') return;
      stop();
      done();
    });
    if (store.get().engine !== 'starting') done();
  });

/** What is kept now. It is this page's own build only if its own script is part of it. */
async function offlineNow(registration: ServiceWorkerRegistration, script: string): Promise<Offline> {
  if (registration.waiting) return 'newer';
  return registration.active && (await caches.match(script)) ? 'kept' : 'none';
}

/** In words, for the line at the bottom. */
export const OFFLINE_WORDS: Readonly<Record<Offline, string>> = {
  none: '',
  kept: 'Works offline.',
  newer: 'A newer version is ready: reload.',
};
