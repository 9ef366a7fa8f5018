/** What a shortcut is. Lists of them lie in `keys/`. */
import type { App } from './app';

/** Headings of the help sheet, in its order. */
export const KEY_GROUPS = ['Segment', 'View', 'Volume', 'Adapt', 'Page'] as const;

/** One shortcut. */
export interface Shortcut {
  /** Alternatives as people read them; empty: not in the help sheet. */
  readonly keys: readonly string[];
  readonly about: string;
  readonly group: (typeof KEY_GROUPS)[number];
  /** Whether a key press is meant; `mod` is Ctrl or Cmd. */
  readonly is: (key: string, mod: boolean, shift: boolean) => boolean;
  /** Result `false`: the key meant nothing just now, and others may have it. */
  readonly run: (app: App, key: string) => unknown;
  /** When the key is let go: for what lasts as long as it is held. */
  readonly release?: (app: App) => void;
}

/** Keys without Ctrl or Cmd, in upper or lower case. */
export const plain =
  (...keys: string[]) =>
  (key: string, mod: boolean): boolean =>
    !mod && keys.includes(key.toLowerCase());
