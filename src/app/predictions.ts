/**
 * Masks for the present prompt: asked for when it changes, one at a time, newest first; never more than one waits. The
 * engine answers from memory what it holds, and draws it.
 */
import { type Latest, makeLatest } from './latest';
import { wantsThree } from './maskChoice';
import type { EngineClient } from './rpc';
import { EngineError } from './rpc';
import { type AppState, hasAdapter, isEmbedded, placeNow, predictionKey, promptOf, withPrediction } from './state';
import type { Store } from './store';
import { tracked } from './work';

/** Watches the store and fills `predictions`. `onError` gets what a decode died of. */
export function watchPredictions(
  store: Store<AppState>,
  client: EngineClient,
  onError: (error: unknown) => void,
): void {
  const decode: Latest<string> = makeLatest(
    async (key) => {
      const s = store.get();
      const [at, which] = [placeNow(s), s.which];
      // The prompt has changed since: the newer request is on its way.
      if (predictionKey(s) !== key || !at) return;
      try {
        // A new adapter state has no embedding yet; where there is one this costs nothing.
        if (which === 'adapted')
          await tracked(store, (onProgress) => client.call('embed', { at, which }, { onProgress }));
        const { masks, refine } = s.view;
        const prompt = promptOf(s);
        const multimask = wantsThree(masks, prompt, which);
        const began = performance.now();
        const how = refine ? { multimask, refine: masks } : { multimask };
        const found = await client.call('predict', { key, at, which, prompt, ...how });
        const ms = performance.now() - began;
        if (store.get().cases.has(at.case)) store.set(withPrediction(store.get(), key, found));
        // What the engine had in memory took no decode.
        if (ms >= found.ms) store.set({ lastDecode: { ms, gpuMs: found.gpuMs } });
      } catch (error) {
        if (!(error instanceof EngineError && error.kind === 'cancelled')) onError(error);
      }
    },
    (decoding) => store.set({ decoding }),
  );
  let asked: string | null = null;
  store.watch((s) => {
    // While a run is being prepared its adapter is not there yet: asked for when it is.
    const there = isEmbedded(s) && (s.which === 'base' || hasAdapter(s));
    const key = s.engine === 'ready' && there ? predictionKey(s) : null;
    if (key === asked) return;
    asked = key;
    if (key === null) decode.drop();
    else decode.request(key);
  });
}
