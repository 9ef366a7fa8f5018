/** Embeds the slice that is worked on: at once where a prompt waits for it, else when the person has come to rest there. */
import type { Report } from './controller';
import { isPrompt, type Prompt } from './document/document';
import type { ModelPlace } from './protocol';
import type { EngineClient } from './rpc';
import { type AppState, pictureKey, placeNow, promptOf, shownCase } from './state';
import type { Store } from './store';
import { tracked } from './work';

/** Milliseconds of rest on a slice of a volume before it is embedded without being asked. */
const REST = 350;

/** Watches the store and fills `embedded`. Leaving a slice gives its embedding up if it has not begun. */
export function watchEmbeddings(store: Store<AppState>, client: EngineClient, report: Report): void {
  let current: { key: string; abort: AbortController; timer: ReturnType<typeof setTimeout> | null } | null = null;
  /** Slices that failed or were stopped, with the prompt then. */
  const failed = new Map<string, Prompt>();
  const embed = async (at: ModelPlace, key: string, signal: AbortSignal) => {
    try {
      await tracked(
        store,
        (onProgress, stop) => {
          onProgress({ kind: 'work', what: 'Computing the embedding', done: 0, total: 0 });
          return client.call('embed', { at, which: 'base' }, { onProgress, signal: stop });
        },
        signal,
      );
      store.set({ embedded: new Set(store.get().embedded).add(key) });
    } catch (error) {
      // Not tried again by itself (it would fail, and say so, for ever), but for another prompt.
      if (!signal.aborted) failed.set(key, promptOf(store.get()));
      report(error, 'while computing the embedding');
    } finally {
      if (current?.key === key) current = null;
    }
  };
  store.watch((s) => {
    if (s.engine !== 'ready') failed.clear();
    const at = s.engine === 'ready' ? placeNow(s) : null;
    const key = at && pictureKey(at);
    const urgent = isPrompt(promptOf(s)) || shownCase(s)?.info.kind === 'image';
    if (current && (current.key !== key || (urgent && current.timer !== null))) {
      if (current.timer !== null) clearTimeout(current.timer);
      current.abort.abort();
      current = null;
    }
    if (!at || !key || current || s.embedded.has(key) || failed.get(key) === promptOf(s)) return;
    const abort = new AbortController();
    const go = () => {
      if (current) current.timer = null;
      void embed(at, key, abort.signal);
    };
    current = { key, abort, timer: null };
    if (urgent) go();
    else current.timer = setTimeout(go, REST);
  });
}
