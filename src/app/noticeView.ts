/** Shows the notice: over the stage, in words, with what can be done. */
import type { Controller } from './controller';
import { byId, el, setShown } from './dom';
import type { Notice, NoticeAction } from './notices';
import type { AppState } from './state';
import type { Store } from './store';

/** Wires `#notice`. `openFile` asks for another image. */
export function makeNoticeView(store: Store<AppState>, control: Controller, openFile: () => void): void {
  const box = byId('notice', HTMLElement);
  const actions: Record<NoticeAction, () => void> = {
    restore: () => void control.restore(),
    reload: () => location.reload(),
    open: openFile,
  };
  store.watch((now, before) => {
    if (now.notice === before.notice) return;
    setShown(box, now.notice !== null);
    if (now.notice) fill(box, now.notice, actions, control);
  });
}

function fill(box: HTMLElement, n: Notice, actions: Record<NoticeAction, () => void>, control: Controller): void {
  box.dataset.tone = n.tone;
  box.dataset.blocking = String(n.blocking);
  // Errors are read out at once, information when there is time.
  box.setAttribute('role', n.tone === 'error' ? 'alert' : 'status');
  const { action } = n;
  const buttons: HTMLElement[] = [];
  if (action) {
    const main = el('button', { type: 'button', className: 'primary' }, action.label);
    main.addEventListener('click', actions[action.does]);
    buttons.push(main);
  }
  if (!n.blocking && action?.does !== 'restore') {
    const close = el('button', { type: 'button', className: 'plain' }, 'Dismiss');
    close.addEventListener('click', control.dismiss);
    buttons.push(close);
  }
  box.replaceChildren(
    el('h2', {}, n.title),
    ...n.text.map((t) => el('p', {}, t)),
    ...(n.remedies.length ? [el('ul', {}, ...n.remedies.map((r) => el('li', {}, r)))] : []),
    el('div', { className: 'row' }, ...buttons),
  );
}
