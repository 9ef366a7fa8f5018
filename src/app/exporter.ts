/** Ways out: one file each in `exporters/`, found by glob; each is a button of the Out tab. */
import type { App } from './app';
import type { AppState } from './state';

/** A kind of file that can be saved. */
export interface Exporter {
  readonly id: string;
  /** On its button. */
  readonly label: string;
  /** What is in the file, for people. */
  readonly about: string | ((s: AppState) => string);
  readonly order: number;
  /** Whether it makes sense for what is shown at all; its button is there only then. Always, where it is left out. */
  readonly applies?: (s: AppState) => boolean;
  /** Why it cannot be saved just now, for people; null when it can. */
  readonly lacks: (s: AppState) => string | null;
  /** Makes the file. What it throws is shown in its own words. */
  readonly run: (app: App) => Promise<{ readonly name: string; readonly blob: Blob }>;
}

/** All exporters in their order. */
export const EXPORTERS: readonly Exporter[] = Object.values(
  import.meta.glob<{ readonly exporter: Exporter }>('./exporters/*.ts', { eager: true }),
)
  .map((m) => m.exporter)
  .sort((a, b) => a.order - b.order);
