/** Everything that is kept of a run: record, metrics, state, adapter, and the labels it was trained on. */
import type { Exporter } from '../exporter';

/** The exporter. */
export const exporter: Exporter = {
  id: 'run',
  label: 'Run (zip)',
  about:
    'Record, metrics, summary, state and adapters (best and last); the images, too, where they were your own. The command line’s report, eval and predict read the unpacked folder.',
  order: 45,
  lacks: (s) => (s.running ? 'A run is going on.' : s.run ? null : 'There is no run yet: adapt first.'),
  async run({ client, store }) {
    const { run } = store.get();
    if (!run) throw new Error('there is no run yet; adapt first');
    return client.call('exportRun', { run: run.id });
  },
};
