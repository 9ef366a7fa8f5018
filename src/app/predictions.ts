/** Masks for the present prompt: asked for when something changed, one at a time, newest first. */
import { type Latest, makeLatest } from './latest';
import type { EngineClient } from './rpc';
import { EngineError } from './rpc';
import { type AppState, predictionKey, promptOf, withPrediction } from './state';
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
      // The prompt has changed since: the newer request is on its way.
      if (predictionKey(s) !== key || !s.image) return;
      const { image, which } = { image: s.image.id, which: s.which };
      try {
        // A new adapter state has no embedding yet; where there is one this costs nothing.
        if (which === 'adapted')
          await tracked(store, (onProgress) => client.call('embed', { image, which }, { onProgress }));
        const multimask = s.view.masks === 'three';
        const found = await client.call('predict', { image, which, points: promptOf(s), multimask });
        store.set(withPrediction(store.get(), key, found));
      } catch (error) {
        if (!(error instanceof EngineError && error.kind === 'cancelled')) onError(error);
      }
    },
    (decoding) => store.set({ decoding }),
  );
  let asked: string | null = null;
  store.watch((s) => {
    const usable = s.engine === 'ready' && s.image !== null && s.embedded.has(s.image.id);
    const key = usable ? predictionKey(s) : null;
    if (key === asked) return;
    asked = key;
    if (key === null) decode.drop();
    else if (!s.predictions.has(key)) decode.request(key);
  });
}
