/**
 * Calls across a message port: numbered requests, one answer each, progress in between, cancellation. Knows neither
 * what the methods do nor what carries the messages (a worker on the page, a MessageChannel in tests).
 */
import type {
  ArgsOf,
  EngineEvent,
  ErrorInfo,
  ErrorKind,
  FromEngine,
  Method,
  Progress,
  ResultOf,
  ToEngine,
} from './protocol';

/** The part of Worker, MessagePort and a worker's own scope that is used here. */
export interface Port {
  postMessage(message: unknown, transfer?: Transferable[]): void;
  addEventListener(type: 'message', listener: (event: MessageEvent) => void): void;
}

/** An error that came from the engine, or that stands for a call given up. */
export class EngineError extends Error {
  readonly kind: ErrorKind;
  constructor({ kind, message }: ErrorInfo) {
    super(message);
    this.name = 'EngineError';
    this.kind = kind;
  }
}

/** How to make a call. */
export interface CallOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
  /** What goes over to the engine instead of being copied. */
  readonly transfer?: Transferable[];
}

/** The page's end. */
export interface EngineClient {
  /** Rejects with an EngineError; with kind 'cancelled' as soon as the signal aborts. */
  call<M extends Method>(method: M, args: ArgsOf<M>, options?: CallOptions): Promise<ResultOf<M>>;
  /** Rejects everything that waits for an answer: the other end is gone. */
  fail(message: string): void;
}

interface Waiting {
  readonly resolve: (value: never) => void;
  readonly reject: (error: EngineError) => void;
  readonly onProgress?: (progress: Progress) => void;
}

/** Makes calls over `port`; events go to `onEvent`. */
export function makeClient(port: Port, onEvent: (event: EngineEvent) => void): EngineClient {
  const waiting = new Map<number, Waiting>();
  let next = 1;
  const take = (id: number) => {
    const found = waiting.get(id);
    waiting.delete(id);
    return found;
  };
  port.addEventListener('message', ({ data }) => {
    const m = data as FromEngine;
    if (m.type === 'event') onEvent(m.event);
    else if (m.type === 'progress') waiting.get(m.id)?.onProgress?.(m.progress);
    else if (m.type === 'result') take(m.id)?.resolve(m.value as never);
    else take(m.id)?.reject(new EngineError(m.error));
  });
  return {
    call<M extends Method>(method: M, args: ArgsOf<M>, { signal, onProgress, transfer }: CallOptions = {}) {
      const id = next++;
      const gone = () => new EngineError({ kind: 'cancelled', message: `${method} was cancelled` });
      return new Promise<ResultOf<M>>((resolve, reject) => {
        if (signal?.aborted) return reject(gone());
        waiting.set(id, { resolve, reject, onProgress });
        signal?.addEventListener('abort', () => {
          if (!take(id)) return;
          port.postMessage({ type: 'cancel', id } satisfies ToEngine);
          reject(gone());
        });
        port.postMessage({ type: 'call', id, method, args } satisfies ToEngine, transfer);
      });
    },
    fail(message) {
      for (const id of [...waiting.keys()]) take(id)?.reject(new EngineError({ kind: 'other', message }));
    },
  };
}

/** What a method is given beside its arguments. */
export interface CallContext {
  /** Aborts when the page gave the call up; the result is then not sent. */
  readonly signal: AbortSignal;
  progress(progress: Progress): void;
}

/** The engine's end: one function per method. */
export type Handlers = { readonly [M in Method]: (args: ArgsOf<M>, context: CallContext) => Promise<ResultOf<M>> };

/** Answers calls on `port`. `describe` turns what was thrown into words and a kind. Returns a way to send events. */
export function serve(
  port: Port,
  handlers: Handlers,
  describe: (error: unknown) => ErrorInfo,
): (event: EngineEvent) => void {
  const running = new Map<number, AbortController>();
  const send = (message: FromEngine) => port.postMessage(message);
  const answer = async (m: Extract<ToEngine, { type: 'call' }>) => {
    const abort = new AbortController();
    running.set(m.id, abort);
    const { signal } = abort;
    const progress = (p: Progress) => signal.aborted || send({ type: 'progress', id: m.id, progress: p });
    try {
      const handler = handlers[m.method] as (args: unknown, context: CallContext) => Promise<unknown>;
      if (!handler) throw new Error(`the engine has no method ${m.method}`);
      const value = await handler(m.args, { signal, progress });
      if (!signal.aborted) send({ type: 'result', id: m.id, value });
    } catch (error) {
      if (!signal.aborted) send({ type: 'error', id: m.id, error: describe(error) });
    } finally {
      running.delete(m.id);
    }
  };
  port.addEventListener('message', ({ data }) => {
    const m = data as ToEngine;
    if (m.type === 'cancel') running.get(m.id)?.abort();
    else void answer(m);
  });
  return (event) => send({ type: 'event', event });
}
