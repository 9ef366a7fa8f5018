/** A line that shows how far a long thing is. */
export interface Progress {
  /** `done` of `total`; `note` is what else is worth seeing. */
  show(done: number, note?: string): void;
  /** Ends the line; text written afterwards begins on a new one. */
  end(): void;
}

/** Where a bar is written to: stderr, or a list in tests. */
export interface BarStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** Milliseconds between redraws of a bar; between lines where there is no terminal. */
const REDRAW = 100;
const LINES = 10_000;

/**
 * A bar with percentage and time left on a terminal; elsewhere (a file, CI) a line every ten seconds and one at the end. `from` is where
 * it begins when a run is taken up: the time left is measured from there. `now` gives milliseconds.
 */
export function progressBar(
  label: string,
  total: number,
  stream: BarStream,
  options: { readonly from?: number; readonly now?: () => number } = {},
): Progress {
  const { from = 0, now = () => performance.now() } = options;
  const began = now();
  let last = Number.NEGATIVE_INFINITY;
  let open = false;
  const text = (done: number, note: string) => {
    const each = (now() - began) / Math.max(1, done - from);
    const left = done > from && done < total ? `, ${showTime(each * (total - done))} left` : '';
    return `${label} ${done}/${total}${note ? ` · ${note}` : ''}${left}`;
  };
  return {
    show(done, note = '') {
      const t = now();
      if (done < total && t - last < (stream.isTTY ? REDRAW : LINES)) return;
      last = t;
      if (!stream.isTTY) {
        stream.write(`${text(done, note)}\n`);
        return;
      }
      open = true;
      const width = Math.max(20, stream.columns ?? 80);
      stream.write(`\r${`${bar(done / total)} ${text(done, note)}`.slice(0, width - 1).padEnd(width - 1)}`);
    },
    end() {
      if (open) stream.write('\n');
      open = false;
    },
  };
}

function bar(part: number): string {
  const cells = 20;
  const full = Math.round(Math.min(1, Math.max(0, part)) * cells);
  return `[${'█'.repeat(full)}${'░'.repeat(cells - full)}]`;
}

/** Milliseconds as 8 s, 2 min 5 s, 1 h 3 min. */
export function showTime(ms: number): string {
  const s = Math.round(ms / 1000);
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min ${s % 60} s`;
  return `${Math.floor(s / 3600)} h ${Math.round((s % 3600) / 60)} min`;
}
