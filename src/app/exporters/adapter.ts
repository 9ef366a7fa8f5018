/** The trained adapter: weights, configuration, card. */
import type { Exporter } from '../exporter';
import { controlsNow } from '../state';

/** The exporter. */
export const exporter: Exporter = {
  id: 'adapter',
  label: 'Adapter (zip)',
  about: 'The parameters that were trained as safetensors, with their options and a card.',
  order: 40,
  lacks: (s) =>
    controlsNow(s).download ? null : s.running ? 'A run is going on.' : 'There is no adapter yet: adapt first.',
  async run({ client, store }) {
    const { run } = store.get();
    if (!run) throw new Error('there is no adapter yet; adapt first');
    return client.call('exportAdapter', { run: run.id, adapter: 'best' });
  },
};
