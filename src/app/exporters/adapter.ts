/** The trained adapter as safetensors. */
import type { Exporter } from '../exporter';
import { controlsNow } from '../state';

/** The exporter. */
export const exporter: Exporter = {
  id: 'adapter',
  label: 'Adapter (safetensors)',
  about: 'The parameters that were trained, with names and options.',
  order: 40,
  lacks: (s) =>
    controlsNow(s).download ? null : s.running ? 'A run is going on.' : 'There is no adapter yet: adapt first.',
  run: ({ client }) => client.call('exportAdapter', {}),
};
