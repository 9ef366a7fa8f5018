/** The embedded samples as thumbnails in the header, one click away. Pictures come from the engine, one after another. */
import { phantomModalities } from '../data/phantoms';
import type { Modality } from './configs';
import type { Controller } from './controller';
import { byId, el } from './dom';
import type { EngineClient } from './rpc';
import type { AppState } from './state';
import type { Store } from './store';

/** Samples of each kind. */
const PER_KIND = 3;
/** Pixels of a thumbnail: twice its size on the page, for sharp screens. */
const SIDE = 88;

const labels: Record<Modality, string> = { fundus: 'Fundus', ultrasound: 'Ultrasound', dermoscopy: 'Dermoscopy' };

/** Fills `#samples`. */
export function makeSamples(store: Store<AppState>, control: Controller, client: EngineClient): void {
  const buttons: { readonly button: HTMLButtonElement; readonly prefix: string }[] = [];
  const pictures: (() => Promise<void>)[] = [];
  const groups = phantomModalities.map((modality) => {
    const list = Array.from({ length: PER_KIND }, (_, index) => {
      const canvas = el('canvas', { width: SIDE, height: SIDE, attrs: { 'aria-hidden': 'true' } });
      const name = `${labels[modality]} sample ${index + 1}`;
      const button = el(
        'button',
        { type: 'button', className: 'thumb', title: name, attrs: { 'aria-label': name, 'aria-pressed': 'false' } },
        canvas,
      );
      button.addEventListener('click', () => void control.openSample(modality, index));
      const number = String(index).padStart(4, '0');
      buttons.push({ button, prefix: `${modality}-1-${number}` });
      pictures.push(async () => {
        canvas.getContext('2d')?.putImageData(await client.call('thumbnail', { modality, index, size: SIDE }), 0, 0);
        button.classList.add('ready');
      });
      return button;
    });
    return el(
      'div',
      { className: 'group', attrs: { role: 'group', 'aria-label': labels[modality] } },
      el('span', { className: 'group-name' }, labels[modality]),
      ...list,
    );
  });
  byId('samples', HTMLElement).append(...groups);
  store.watch((now, before) => {
    if (now.image === before.image) return;
    for (const { button, prefix } of buttons) button.setAttribute('aria-pressed', String(now.image?.id === prefix));
  });
  // One after another: the engine has more urgent things to do in between.
  void pictures.reduce((before, next) => before.then(next), Promise.resolve()).catch(() => {});
}
