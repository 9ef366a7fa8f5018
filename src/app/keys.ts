/** Shortcuts as one table, from which both the listener and the help sheet are made. */
import type { Controller } from './controller';
import { takesText } from './dom';
import type { Stage } from './stage';
import { type AppState, controlsNow } from './state';
import type { Store } from './store';

/** What the shortcuts act on. */
export interface KeyTargets {
  readonly store: Store<AppState>;
  readonly control: Controller;
  readonly stage: Stage;
  readonly openFile: () => void;
  readonly toggleHelp: () => void;
}

/** One shortcut. `keys` are alternatives as people read them. */
export interface Shortcut {
  readonly keys: readonly string[];
  readonly about: string;
  /** Whether a key press is meant; `mod` is Ctrl or Cmd. */
  readonly is: (key: string, mod: boolean, shift: boolean) => boolean;
  readonly run: (t: KeyTargets) => void;
}

const plain =
  (...keys: string[]) =>
  (key: string, mod: boolean) =>
    !mod && keys.includes(key.toLowerCase());

/** All shortcuts that work anywhere on the page but in text fields. */
export const SHORTCUTS: readonly Shortcut[] = [
  {
    keys: ['T'],
    about: 'Swap what a click means: object or background',
    is: plain('t'),
    run: ({ control }) => control.flipPen(),
  },
  {
    keys: ['Ctrl Z', 'Cmd Z'],
    about: 'Undo the last point',
    is: (k, mod, shift) => mod && !shift && k.toLowerCase() === 'z',
    run: ({ control }) => control.undo(),
  },
  {
    keys: ['Ctrl Shift Z', 'Cmd Shift Z', 'Ctrl Y'],
    about: 'Redo it',
    is: (k, mod, shift) => mod && ((shift && k.toLowerCase() === 'z') || k.toLowerCase() === 'y'),
    run: ({ control }) => control.redo(),
  },
  {
    keys: ['Delete'],
    about: 'Remove all points',
    is: plain('delete', 'backspace'),
    run: ({ control }) => control.clearPoints(),
  },
  {
    keys: ['B'],
    about: 'Before or after: mask of the base or of the adapted model',
    is: plain('b'),
    run: ({ control, store }) => control.look(store.get().which === 'base' ? 'adapted' : 'base'),
  },
  { keys: ['1', '2', '3'], about: 'Choose among three candidate masks', is: () => false, run: () => {} },
  { keys: ['H'], about: 'Hide the mask while held', is: () => false, run: () => {} },
  {
    keys: ['P'],
    about: 'Pause training, or go on',
    is: plain('p'),
    run: ({ control, store }) => {
      const can = controlsNow(store.get());
      if (can.pause) control.pause();
      else if (can.resume) void control.resume();
    },
  },
  {
    keys: ['+', '−', '0'],
    about: 'Zoom in, zoom out, whole image',
    is: plain('+', '='),
    run: ({ stage }) => stage.zoom(1.25),
  },
  { keys: [], about: '', is: plain('-', '−'), run: ({ stage }) => stage.zoom(0.8) },
  { keys: [], about: '', is: plain('0'), run: ({ stage }) => stage.fitView() },
  { keys: ['O'], about: 'Open an image', is: plain('o'), run: ({ openFile }) => openFile() },
  { keys: ['?'], about: 'This sheet', is: (k, mod) => !mod && k === '?', run: ({ toggleHelp }) => toggleHelp() },
];

/** What the pointer and the focused canvas do, for the help sheet. */
export const GESTURES: readonly (readonly [keys: readonly string[], about: string])[] = [
  [['Click'], 'This belongs to the object'],
  [['Right click', 'Alt click'], 'This does not'],
  [['Shift click a point'], 'Remove it'],
  [['Wheel', 'Middle drag'], 'Zoom and move'],
  [['Tab to the image, arrows, Enter'], 'Set points without a mouse (Alt Enter: background)'],
];

/** Starts listening. */
export function listenForKeys(targets: KeyTargets): void {
  addEventListener('keydown', (e) => {
    if (takesText(e.target) || (document.querySelector('dialog[open]') && e.key !== '?')) return;
    const mod = e.ctrlKey || e.metaKey;
    if (!mod && e.key.toLowerCase() === 'h') targets.stage.hideMask(true);
    if (!mod && ['1', '2', '3'].includes(e.key) && targets.store.get().view.masks === 'three')
      targets.control.pick(Number(e.key) - 1);
    const found = SHORTCUTS.find((s) => s.is(e.key, mod, e.shiftKey));
    if (!found || e.altKey) return;
    e.preventDefault();
    found.run(targets);
  });
  addEventListener('keyup', (e) => {
    if (e.key.toLowerCase() === 'h') targets.stage.hideMask(false);
  });
}
