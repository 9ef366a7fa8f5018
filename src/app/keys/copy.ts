/** Shortcut for what the read-out says: place in the patient, voxel, value. */
import { placeToCopy } from '../probe';
import type { Shortcut } from '../shortcut';

/** The list. */
export const shortcuts: readonly Shortcut[] = [
  {
    keys: ['Ctrl C', 'Cmd C'],
    about: 'Copy the place under the pointer, and its value',
    group: 'View',
    is: (key, mod, shift) => mod && !shift && key.toLowerCase() === 'c',
    run({ control }) {
      const place = placeToCopy();
      // Text that is marked on the page is meant first.
      if (!place || String(getSelection())) return false;
      Promise.resolve()
        .then(() => navigator.clipboard.writeText(place.text))
        .then(() => place.said('copied'))
        .catch((error) => control.report(error, 'while copying the place'));
      return true;
    },
  },
];
