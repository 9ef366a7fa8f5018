/** The trained adapter, the best one where it is not the last: weights, configuration, card. */
import type { Exporter } from '../exporter';
import { adapterText, hasOtherBest } from '../runAdapters';
import { type AppState, controlsNow } from '../state';

const WORDS = 'The parameters that were trained as safetensors, with their options and a card.';

/** The exporter. */
export const exporter: Exporter = {
  id: 'adapter',
  label: 'Adapter (zip)',
  about: ({ run }) => (run && !run.imported && run.step ? `${WORDS} ${capital(adapterText(run, 'best'))}.` : WORDS),
  order: 40,
  lacks: lacksAdapter,
  async run({ client, store }) {
    const { run } = store.get();
    if (!run) throw new Error('there is no adapter yet; adapt first');
    return client.call('exportAdapter', { run: run.id, adapter: 'best' });
  },
};

const capital = (text: string) => text[0].toUpperCase() + text.slice(1);

/** Why no adapter can be saved now. */
export function lacksAdapter(s: AppState): string | null {
  if (s.running) return 'A run is going on.';
  return controlsNow(s).download ? null : 'There is no adapter yet: adapt first.';
}

/** Whether the last adapter is another one. */
export const appliesToLast = ({ run }: AppState): boolean => run !== null && run.step > 0 && hasOtherBest(run);
