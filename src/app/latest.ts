/** One at a time, and of those that wait only the newest: for work that a newer request makes pointless, such as decoding a prompt. */
export interface Latest<A> {
  /** Runs `args` now or as soon as the work at hand is done, unless a newer request comes first. */
  request(args: A): void;
  /** Forgets what waits. */
  drop(): void;
  readonly busy: boolean;
}

/** `work` must not reject: it deals with its own errors. `onBusy` is told when work begins and when nothing is left. */
export function makeLatest<A>(work: (args: A) => Promise<void>, onBusy: (busy: boolean) => void = () => {}): Latest<A> {
  let running = false;
  let waiting: { readonly args: A } | null = null;
  const loop = async () => {
    running = true;
    onBusy(true);
    try {
      while (waiting) {
        const { args } = waiting;
        waiting = null;
        await work(args);
      }
    } finally {
      running = false;
      onBusy(false);
    }
  };
  return {
    request(args) {
      waiting = { args };
      if (!running) void loop();
    },
    drop() {
      waiting = null;
    },
    get busy() {
      return running;
    },
  };
}
