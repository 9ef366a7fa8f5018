/** Everything that can be saved, a button each. */
import { type App, follow } from '../app';
import { download, el, setEnabled, setShown, setText } from '../dom';
import { EXPORTERS, type Exporter } from '../exporter';
import type { Panel } from '../panel';

/** The panel. */
export const panel: Panel = { id: 'out', place: 'out', title: 'Save', order: 10, mount };

function mount(host: HTMLElement, app: App): void {
  host.append(...EXPORTERS.map((e) => row(e, app)));
}

function row(exporter: Exporter, app: App): HTMLElement {
  const { id, label, about, applies, lacks, run } = exporter;
  const button = el(
    'button',
    { id: `save-${id}`, type: 'button', className: 'plain wide', attrs: { 'aria-describedby': `about-${id}` } },
    label,
  );
  const words = el('p', { id: `about-${id}`, className: 'quiet' });
  let busy = false;
  const update = () => {
    const s = app.store.get();
    const missing = lacks(s);
    setEnabled(button, missing === null && !busy);
    setText(words, missing ?? (typeof about === 'string' ? about : about(s)));
  };
  button.addEventListener('click', async () => {
    busy = true;
    update();
    try {
      const { name, blob } = await run(app);
      download(name, blob);
    } catch (error) {
      app.control.report(error, `while saving ${label}`);
    } finally {
      busy = false;
      update();
    }
  });
  const box = el('div', { className: 'saver' }, button, words);
  follow(app, (s) => {
    setShown(box, applies?.(s) ?? true);
    update();
  });
  return box;
}
