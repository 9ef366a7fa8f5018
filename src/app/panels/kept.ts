/** What this browser keeps on disk, how much room is left, and how to make some. Says so before it is full. */
import { type App, follow } from '../app';
import { el, setEnabled, setText } from '../dom';
import { roomNotice } from '../notices';
import type { Offline } from '../offline/keepOffline';
import type { Panel } from '../panel';

/** The panel. */
export const panel: Panel = { id: 'kept', place: 'out', title: 'Kept in this browser', order: 90, mount };

/** Milliseconds between two looks at most. */
const PACE = 3000;

function mount(host: HTMLElement, app: App): void {
  const { store, client, control } = app;
  const words = el('p', { id: 'kept-words', className: 'quiet' });
  const forget = el(
    'button',
    {
      id: 'forget-embeddings',
      type: 'button',
      className: 'plain',
      title: 'They are computed again when an image is opened again',
    },
    'Forget cached embeddings',
  );
  host.append(words, forget);
  let scheduled = false;
  let warned = false;
  const look = async () => {
    scheduled = false;
    const { usage = 0, quota = 0 } = (await navigator.storage?.estimate?.().catch(() => null)) ?? {};
    setText(words, keptText(usage, quota, store.get().offline));
    const notice = quota ? roomNotice(quota - usage) : null;
    // Once: whoever dismisses it knows.
    if (notice && !warned && !store.get().notice) store.set({ notice });
    warned = notice !== null;
  };
  const later = () => {
    if (!scheduled) setTimeout(() => void look(), PACE);
    scheduled = true;
  };
  forget.addEventListener('click', async () => {
    setEnabled(forget, false);
    await client.call('forgetEmbeddings', {}).catch((error) => control.report(error, 'while forgetting embeddings'));
    setEnabled(forget, true);
    await look();
  });
  void look();
  follow(app, (s, before) => {
    if (s.embedded !== before?.embedded || s.run?.step !== before?.run?.step || s.tab !== before?.tab) later();
    if (s.offline !== before?.offline) later();
  });
}

/** In words. */
export function keptText(usage: number, quota: number, offline: Offline = 'none'): string {
  if (!quota) return 'This browser does not tell what it keeps.';
  const mib = (n: number) => `${(n / 2 ** 20).toFixed(n < 10 * 2 ** 20 ? 1 : 0)} MiB`;
  const page = offline === 'none' ? '' : 'The page itself is kept, so that it works offline. ';
  return `${page}${page ? 'With embeddings, measurements and runs it takes' : 'Embeddings, measurements and runs take'} ${mib(usage)}; ${mib(Math.max(0, quota - usage))} are free. Nothing of it leaves this machine.`;
}
