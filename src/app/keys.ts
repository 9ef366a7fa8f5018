/**
 * Shortcuts, from which both the listener and the help sheet are made: lists in `keys/`, found by glob, and the letters of
 * the tools.
 */
import type { App } from './app';
import { takesText } from './dom';
import { plain, type Shortcut } from './shortcut';
import { TOOLS } from './tool';

/** All shortcuts that work anywhere on the page but in text fields. */
export const SHORTCUTS: readonly Shortcut[] = [
  ...TOOLS.map(
    (t): Shortcut => ({
      keys: [t.key],
      about: `${t.label}: ${t.about}`,
      group: 'Segment',
      is: plain(t.key.toLowerCase()),
      run: ({ control }) => control.setTool(t.id),
    }),
  ),
  ...Object.values(
    import.meta.glob<{ readonly shortcuts: readonly Shortcut[] }>('./keys/*.ts', { eager: true }),
  ).flatMap((m) => m.shortcuts),
];

/** What the pointer and the focused slice do whatever the tool, for the help sheet. */
const ALWAYS: readonly (readonly [keys: readonly string[], about: string])[] = [
  [['Wheel'], 'Zoom; through the slices of a volume'],
  [['Ctrl wheel', 'Middle drag', 'Two fingers'], 'Zoom and move'],
  [['Double click'], 'Crosshair, Window: this view alone, or all'],
  [['Arrows, Enter'], 'On the focused image: the pointer without a mouse (Alt Enter: the opposite)'],
  [['Shift arrows', 'Ctrl arrows'], 'Ten times as far; one pixel'],
];

/** Gestures of the tools, then those that always work. */
export const GESTURES = [...TOOLS.flatMap((t) => t.gestures ?? []), ...ALWAYS];

/** Starts listening. */
export function listenForKeys(app: App): void {
  const held = new Map<string, Shortcut>();
  addEventListener('keydown', (e) => {
    if (takesText(e.target) || e.altKey || (document.querySelector('dialog[open]') && e.key !== '?')) return;
    const mod = e.ctrlKey || e.metaKey;
    for (const s of SHORTCUTS.filter((x) => x.is(e.key, mod, e.shiftKey))) {
      if (s.release && e.repeat) return e.preventDefault();
      if (s.run(app, e.key) === false) continue;
      e.preventDefault();
      if (s.release) held.set(e.key.toLowerCase(), s);
      return;
    }
  });
  const release = (key: string) => {
    held.get(key)?.release?.(app);
    held.delete(key);
  };
  addEventListener('keyup', (e) => release(e.key.toLowerCase()));
  // The key is let go elsewhere then, and nobody tells.
  addEventListener('blur', () => [...held.keys()].forEach(release));
}
