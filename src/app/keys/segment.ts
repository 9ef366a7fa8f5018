/** Shortcuts of the tools that draw masks. */
import type { App } from '../app';
import { stepBrush } from '../brush';
import { plain, type Shortcut } from '../shortcut';
import { shownCase } from '../state';
import { reshapeActive } from '../strokes';

/** The list. */
export const shortcuts: readonly Shortcut[] = [
  {
    keys: ['[', ']'],
    about: 'Smaller or larger brush',
    group: 'Segment',
    is: plain('[', ']'),
    run: ({ store }, key) => store.set({ brush: stepBrush(store.get().brush, key === ']') }),
  },
  {
    keys: ['Space drag'],
    about: 'Move the view',
    group: 'View',
    is: plain(' '),
    run({ store }) {
      // There it presses what has the focus.
      if (document.activeElement?.matches('button, a, summary, [role="tab"]')) return false;
      store.set({ panning: true });
      return true;
    },
    release: ({ store }) => store.set({ panning: false }),
  },
  {
    keys: ['9'],
    about: 'One pixel of the image on one of the screen',
    group: 'View',
    is: plain('9'),
    run: ({ actualSize }) => actualSize(),
  },
  {
    keys: ['A'],
    about: 'Everything: find all objects of the slice',
    group: 'Segment',
    is: plain('a'),
    run: ({ control }) => void control.everything(),
  },
  {
    keys: ['F'],
    about: 'Fill the holes of the active object on this slice',
    group: 'Segment',
    is: plain('f'),
    run: (app) => reshape(app, 'fill'),
  },
  {
    keys: ['K'],
    about: 'Keep only the largest part of the active object on this slice',
    group: 'Segment',
    is: plain('k'),
    run: (app) => reshape(app, 'largest'),
  },
  {
    keys: ['N'],
    about: 'New object: the next prompt or stroke begins one',
    group: 'Segment',
    is: plain('n'),
    run({ store, control }) {
      if (shownCase(store.get())?.timeline.now.active == null) return false;
      control.edit({ type: 'activate', object: null });
      return true;
    },
  },
];

function reshape({ store, control }: App, how: 'fill' | 'largest'): boolean {
  const made = reshapeActive(store.get(), how);
  if (made) control.edit(made);
  return made !== null;
}
