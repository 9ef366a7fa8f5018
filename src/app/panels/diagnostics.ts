/** A text about device, memory and errors that can be pasted into an issue. */
import type { App } from '../app';
import { diagnosticsText, type PageFacts, type Trouble, troubleOf } from '../diagnosticsText';
import { el, setShown } from '../dom';
import { copyText } from '../inside/copyText';
import type { EngineDiagnostics } from '../insideProtocol';
import type { Panel } from '../panel';
import { onVolumes } from '../state';

/** The panel. */
export const panel: Panel = { id: 'diagnostics', place: 'inside', title: 'Diagnostics', order: 60, mount };

/** Errors kept. */
const MOST = 12;

function mount(host: HTMLElement, app: App): void {
  const troubles: Trouble[] = [];
  app.store.watch((s, before) => {
    const { notice } = s;
    if (!notice || notice === before.notice || notice.tone !== 'error') return;
    const names = [...s.cases.values()].map((c) => c.info.name);
    troubles.push(troubleOf(notice, names, performance.now() / 1000));
    troubles.splice(0, troubles.length - MOST);
  });
  const about = 'Device, memory, timings and errors as text. Names of files and images are left out.';
  const button = el(
    'button',
    { id: 'diagnostics-copy', type: 'button', className: 'plain', title: about },
    'Copy diagnostics',
  );
  const text = el('textarea', {
    id: 'diagnostics-text',
    readOnly: true,
    rows: 12,
    attrs: { 'aria-label': 'Diagnostics' },
  });
  setShown(text, false);
  button.addEventListener('click', async () => {
    text.value = diagnosticsText(app.store.get(), await askEngine(app), await pageFacts(), troubles);
    setShown(text, true);
    if (!(await copyText(text.value, button))) text.select();
  });
  host.append(el('p', { className: 'quiet' }, about), button, text);
}

/** The engine's lines; where it does not answer, that. */
async function askEngine({ client, store }: App): Promise<EngineDiagnostics> {
  const late = new Promise<EngineDiagnostics>((r) => setTimeout(r, 5000, [['engine', 'gave no answer within 5 s']]));
  const s = store.get();
  const asked = client.call('diagnostics', { config: s.config, volumes: onVolumes(s) });
  return Promise.race([asked.catch((e): EngineDiagnostics => [['engine', String(e)]]), late]);
}

async function pageFacts(): Promise<PageFacts> {
  const dark = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
  const { usage, quota } = await (navigator.storage?.estimate() ?? Promise.resolve({})).catch(
    (): StorageEstimate => ({}),
  );
  const mib = (n: number | undefined) => (n === undefined ? '?' : `${(n / 2 ** 20).toFixed(0)} MiB`);
  // Chrome alone tells.
  const { memory } = performance as Performance & { memory?: { usedJSHeapSize: number } };
  return {
    version: (import.meta.env.VITE_VERSION as string | undefined) ?? 'unknown',
    browser: navigator.userAgent,
    screen: `${innerWidth} × ${innerHeight} at ${devicePixelRatio}, ${dark}, ${navigator.hardwareConcurrency} threads`,
    storage: `${mib(usage)} of ${mib(quota)} used`,
    heap: memory ? mib(memory.usedJSHeapSize) : 'not told by this browser',
  };
}
