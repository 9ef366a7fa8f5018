/** The adapter of the last step, where it is not the best one. */
import type { Exporter } from '../exporter';
import { adapterText } from '../runAdapters';
import { appliesToLast, lacksAdapter } from './adapter';

/** The exporter. */
export const exporter: Exporter = {
  id: 'adapter-last',
  label: 'Last adapter (zip)',
  about: ({ run }) => (run ? `The same as it was at the end, not the best: ${adapterText(run, 'last')}.` : ''),
  order: 41,
  applies: appliesToLast,
  lacks: lacksAdapter,
  async run({ client, store }) {
    const { run } = store.get();
    if (!run) throw new Error('there is no adapter yet; adapt first');
    return client.call('exportAdapter', { run: run.id, adapter: 'last' });
  },
};
