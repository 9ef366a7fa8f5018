/** Shortcuts for files out. */
import { download } from '../dom';
import { exporter } from '../exporters/session';
import type { Shortcut } from '../shortcut';

/** The list. */
export const shortcuts: readonly Shortcut[] = [
  {
    keys: ['Ctrl S', 'Cmd S'],
    about: 'Save the session: objects, prompts and view of what is shown',
    group: 'Page',
    is: (key, mod, shift) => mod && !shift && key.toLowerCase() === 's',
    run(app) {
      // The page itself holds nothing that is worth saving: the browser's own dialog stays away in any case.
      if (exporter.lacks(app.store.get()) !== null) return;
      exporter
        .run(app)
        .then(({ name, blob }) => download(name, blob))
        .catch((error) => app.control.report(error, 'while saving the session'));
    },
  },
];
