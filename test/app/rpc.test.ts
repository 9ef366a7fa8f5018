import { expect, test } from 'vitest';
import type { EngineEvent, ErrorInfo } from '../../src/app/protocol';
import { EngineError, type Handlers, makeClient, type Port, serve } from '../../src/app/rpc';

const describe = (e: unknown): ErrorInfo => ({ kind: 'other', message: e instanceof Error ? e.message : String(e) });

/** Both ends over a real message channel, with one method replaced. */
function pair(handlers: Partial<Handlers>) {
  const { port1, port2 } = new MessageChannel();
  const events: EngineEvent[] = [];
  const emit = serve(port2 as unknown as Port, handlers as Handlers, describe);
  const client = makeClient(port1 as unknown as Port, (e) => events.push(e));
  port1.start();
  port2.start();
  const close = () => {
    port1.close();
    port2.close();
  };
  return { client, emit, events, close };
}

const embedding = (id: string) =>
  ({ at: { case: id, plane: 'axial', slice: 0, window: [0, 1] }, which: 'base' }) as const;

const soon = () => new Promise((r) => setTimeout(r, 20));

test('calls are answered by number, whatever their order', async () => {
  const { client, close } = pair({
    embed: async ({ at: { case: id } }) => {
      await new Promise((r) => setTimeout(r, id === 'slow' ? 30 : 0));
      return { ms: id.length, cached: false };
    },
  });
  const both = [client.call('embed', embedding('slow')), client.call('embed', embedding('quick!'))];
  expect((await Promise.all(both)).map((r) => r.ms)).toEqual([4, 6]);
  close();
});

test('errors arrive with kind and words', async () => {
  const { client, close } = pair({
    open: () => {
      throw new Error('no device');
    },
  });
  const failed = client.call('open', {});
  await expect(failed).rejects.toThrow('no device');
  await expect(failed).rejects.toBeInstanceOf(EngineError);
  await expect(client.call('restore', {})).rejects.toThrow('no method restore');
  close();
});

test('progress reaches the call it belongs to', async () => {
  const { client, close } = pair({
    embed: async (_, { progress }) => {
      for (let done = 0; done < 3; done++) progress({ kind: 'work', what: 'x', done, total: 3 });
      return { ms: 0, cached: true };
    },
  });
  const seen: number[] = [];
  const onProgress = (p: { kind: string; done?: number }) => seen.push(p.done ?? -1);
  await client.call('embed', embedding('a'), { onProgress });
  await client.call('embed', embedding('b'));
  expect(seen).toEqual([0, 1, 2]);
  close();
});

test('a cancelled call rejects at once, its signal aborts, and its result is not sent', async () => {
  let aborted = false;
  const { client, close } = pair({
    embed: async (_, { signal, progress }) => {
      await soon();
      aborted = signal.aborted;
      progress({ kind: 'work', what: 'late', done: 1, total: 1 });
      return { ms: 1, cached: false };
    },
  });
  const abort = new AbortController();
  const seen: unknown[] = [];
  const call = client.call('embed', embedding('a'), { signal: abort.signal, onProgress: (p) => seen.push(p) });
  abort.abort();
  await expect(call).rejects.toMatchObject({ kind: 'cancelled' });
  await soon();
  await soon();
  expect(aborted).toBe(true);
  expect(seen).toEqual([]);
  await expect(client.call('embed', embedding('a'), { signal: abort.signal })).rejects.toMatchObject({
    kind: 'cancelled',
  });
  close();
});

test('events need no call; a dead engine fails what waits', async () => {
  const { client, emit, events, close } = pair({ open: () => new Promise(() => {}) });
  emit({ kind: 'lost', message: 'gone' });
  const waiting = client.call('open', {});
  await soon();
  expect(events).toEqual([{ kind: 'lost', message: 'gone' }]);
  client.fail('the worker died');
  await expect(waiting).rejects.toThrow('the worker died');
  close();
});

test('what is transferred goes over without a copy', async () => {
  const { client, close } = pair({ labels: async ({ slices }) => slices[0].data.length as never });
  const data = new Uint8Array(5);
  const args = { case: 'a', slices: [{ z: 0, data }], colours: new Uint8Array(0) };
  expect(await client.call('labels', args, { transfer: [data.buffer] })).toBe(5);
  expect(data.length).toBe(0);
  close();
});
