/** Shortcuts of the page as a whole: undo, view, runs, help. */
import { plain, type Shortcut } from '../shortcut';
import { controlsNow, predictionOf, shownCase } from '../state';

/** The list. */
export const shortcuts: readonly Shortcut[] = [
  {
    keys: ['T'],
    about: 'Swap what a click means: object or background',
    group: 'Segment',
    is: plain('t'),
    run: ({ control }) => control.flipPen(),
  },
  {
    keys: ['Ctrl Z', 'Cmd Z'],
    about: 'Undo',
    group: 'Segment',
    is: (k, mod, shift) => mod && !shift && k.toLowerCase() === 'z',
    run: ({ control }) => control.undo(),
  },
  {
    keys: ['Ctrl Shift Z', 'Cmd Shift Z', 'Ctrl Y'],
    about: 'Redo',
    group: 'Segment',
    is: (k, mod, shift) => mod && ((shift && k.toLowerCase() === 'z') || k.toLowerCase() === 'y'),
    run: ({ control }) => control.redo(),
  },
  {
    keys: ['C'],
    about: 'Accept the mask and begin the next object',
    group: 'Segment',
    is: plain('c'),
    run: ({ control }) => control.commit(),
  },
  {
    keys: ['Delete'],
    about: 'Remove all points',
    group: 'Segment',
    is: plain('delete', 'backspace'),
    run: ({ control }) => control.clearPoints(),
  },
  {
    keys: ['1', '2', '3'],
    about: 'Choose among three candidate masks',
    group: 'Segment',
    is: plain('1', '2', '3'),
    run({ control, store }, key) {
      const n = predictionOf(store.get())?.n ?? 0;
      if (Number(key) > n || n < 2) return false;
      control.pick(Number(key) - 1);
      return true;
    },
  },
  {
    keys: ['B'],
    about: 'Before or after: mask of the base or of the adapted model',
    group: 'Adapt',
    is: plain('b'),
    run: ({ control, store }) => control.look(store.get().which === 'base' ? 'adapted' : 'base'),
  },
  {
    keys: ['P'],
    about: 'Pause training, or go on',
    group: 'Adapt',
    is: plain('p'),
    run({ control, store }) {
      const can = controlsNow(store.get());
      if (can.pause) control.pause();
      else if (can.resume) void control.resume();
    },
  },
  {
    keys: ['H'],
    about: 'Hide the colours while held',
    group: 'View',
    is: plain('h'),
    run: ({ store }) => store.set({ hidden: true }),
    release: ({ store }) => store.set({ hidden: false }),
  },
  { keys: ['+'], about: 'Zoom in', group: 'View', is: plain('+', '='), run: ({ zoom }) => zoom(1.25) },
  { keys: ['−'], about: 'Zoom out', group: 'View', is: plain('-', '−'), run: ({ zoom }) => zoom(0.8) },
  { keys: ['0'], about: 'Whole image', group: 'View', is: plain('0'), run: ({ showAll }) => showAll() },
  {
    keys: ['G'],
    about: 'All planes of a volume, or the one that is worked in',
    group: 'Volume',
    is: plain('g'),
    run({ control, store }) {
      const open = shownCase(store.get());
      if (open?.info.kind !== 'volume') return false;
      control.setLayout(store.get().layout === 'all' ? open.look.plane : 'all');
      return true;
    },
  },
  {
    keys: ['Escape'],
    about: 'Give up a drag, or a shape that Enter began; close a message',
    group: 'Segment',
    is: plain('escape'),
    run({ control, store }) {
      const { notice } = store.get();
      if (!notice || notice.blocking || notice.action?.does === 'restore') return false;
      control.dismiss();
      return true;
    },
  },
  { keys: ['O'], about: 'Open files', group: 'Page', is: plain('o'), run: ({ openDialog }) => openDialog() },
  {
    keys: ['?'],
    about: 'This sheet',
    group: 'Page',
    is: (k, mod) => !mod && k === '?',
    run: ({ toggleHelp }) => toggleHelp(),
  },
];
