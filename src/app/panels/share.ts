/** Keeps the address like the state, so that it can be passed on; copies it, and the mask as a picture. */
import type { Json } from '../../train/experiment/overrides';
import { type App, follow } from '../app';
import { el, setEnabled, setText } from '../dom';
import { hasMask } from '../fileLabels';
import { type Link, linkOf, lookWithin, readLink, sampleOf } from '../link';
import { maskPicture } from '../maskPicture';
import { type Panel, PLACES } from '../panel';
import { shownCase } from '../state';
import { TOOLS } from '../tool';
import { changeVolume } from '../volumeState';

/** The panel. */
export const panel: Panel = { id: 'share', place: 'out', title: 'Copy', order: 20, mount };

/** Milliseconds of rest before the address follows. */
const REST = 400;

function mount(host: HTMLElement, app: App): void {
  keepAddress(app);
  const said = el('p', { className: 'quiet', attrs: { role: 'status' } });
  const button = (label: string, about: string, does: () => Promise<string>) => {
    const made = el('button', { type: 'button', className: 'plain', title: about }, label);
    made.addEventListener('click', async () => {
      try {
        setText(said, await does());
      } catch (error) {
        app.control.report(error, `while copying (${label})`);
      }
    });
    return made;
  };
  const link = button('Copy link', 'Opens the same sample, view and options elsewhere; no image is in it', async () => {
    await clipboard().writeText(location.href);
    const open = shownCase(app.store.get());
    const own = open && !sampleOf(open.info) ? ' Your own image is not part of it.' : '';
    return `The link was copied.${own}`;
  });
  const mask = button('Copy mask', 'The masks of the slice as a picture, in their colours on black (PNG)', async () => {
    const open = shownCase(app.store.get());
    if (!open) throw new Error('no image is shown');
    const png = new Blob([maskPicture(open)], { type: 'image/png' });
    await clipboard().write([new ClipboardItem({ 'image/png': png })]);
    return 'The mask was copied.';
  });
  host.append(el('div', { className: 'row' }, mask, link), said);
  follow(app, (s) => {
    const open = shownCase(s);
    setEnabled(mask, open !== null && hasMask(open.timeline.now));
  });
}

/** Browsers offer it over https and on localhost alone. */
function clipboard(): Clipboard {
  if (navigator.clipboard) return navigator.clipboard;
  throw new Error('This browser offers no clipboard here — open the page over https or from localhost.');
}

/** Takes the state from the address, now and when it is changed by hand; from then on the address follows the state. */
function keepAddress(app: App): void {
  const take = (first: boolean) => void apply(app, readLink(location.hash), first);
  take(true);
  addEventListener('hashchange', () => take(false));
  let timer: ReturnType<typeof setTimeout> | undefined;
  app.store.watch((s) => {
    if (s.opening || !s.cases.size) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      const link = linkOf(app.store.get());
      if (link !== location.hash) history.replaceState(null, '', link || location.pathname + location.search);
    }, REST);
  });
}

async function apply({ store, control }: App, link: Link, first: boolean): Promise<void> {
  const { sample, look, volume, layout, tab, tool, config, view } = link;
  store.set({
    view,
    ...(layout ? { layout } : {}),
    ...(tab && PLACES.some(([place]) => place === tab) ? { tab } : {}),
    ...(tool && TOOLS.some((t) => t.id === tool) ? { tool } : {}),
    // The engine counts the parameters when it has started.
    ...(first ? { config } : {}),
  });
  if (!first) control.setRun({ from: null, experiment: config.experiment as unknown as Json });
  if (!sample && !Object.keys(look).length && !Object.keys(volume).length) return;
  await control.openSample(sample ?? { modality: 'fundus', index: 0 });
  const open = shownCase(store.get());
  if (!open || !sampleOf(open.info)) return;
  control.setLook(lookWithin(look, open.info));
  if (Object.keys(volume).length) changeVolume(store, () => volume);
}
