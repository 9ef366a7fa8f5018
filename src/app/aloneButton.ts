/** The button in a view's corner that shows it alone, and all views again. */
import { type App, follow } from './app';
import { el, setShown } from './dom';
import { icon } from './icons';
import { shownCase } from './state';
import { viewsIn } from './view';

/** Shows the view alone; where it is alone already, all. */
export function toggleAlone({ store, control }: Pick<App, 'store' | 'control'>, id: string): void {
  control.setLayout(store.get().layout === id ? 'all' : id);
}

/** The button of the view `id`, called `label`; not there where a case has one view. */
export function makeAloneButton(app: App, id: string, label: string): HTMLElement {
  const button = el('button', { type: 'button', className: 'alone' });
  button.addEventListener('click', () => toggleAlone(app, id));
  let told = '';
  follow(app, (s) => {
    const info = shownCase(s)?.info;
    setShown(button, info !== undefined && viewsIn('all', info).length > 1);
    const words = s.layout === id ? 'All views' : `${label} alone`;
    if (words === told) return;
    told = words;
    button.title = `${words} (G)`;
    button.setAttribute('aria-label', words);
    button.replaceChildren(icon(s.layout === id ? 'together' : 'alone'));
  });
  return button;
}
