import type { Host } from './lab';
import { openRecalled } from './tunedHost';

/** Exit code of work that was interrupted and saved, as shells count SIGINT. */
export const INTERRUPTED = 130;

/** The first Ctrl-C asks to stop after the present step, the second ends the process at once. */
export function onInterrupt(): { asked: () => boolean; forget: () => void } {
  let asked = false;
  const listener = () => {
    if (asked) process.exit(INTERRUPTED);
    asked = true;
    process.stderr.write('\nstopping after this step; once more to stop at once\n');
  };
  process.on('SIGINT', listener);
  return { asked: () => asked, forget: () => process.off('SIGINT', listener) };
}

/** Runs `f` with a host that stops at the first Ctrl-C and logs to stderr. */
export async function interruptible<T>(f: (host: Host) => Promise<T>): Promise<T> {
  const interrupt = onInterrupt();
  try {
    return await f({ open: openRecalled, log: process.stderr, stopped: interrupt.asked });
  } finally {
    interrupt.forget();
  }
}
