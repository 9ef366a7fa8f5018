/** "Everything": SAM's automatic mask generator with its parameters; what it finds becomes objects. */
import { type App, follow } from '../app';
import { el, setEnabled, setText } from '../dom';
import { type EverythingState, everythingSchema } from '../everythingConfig';
import { showSeconds } from '../format';
import { addOptions, makeGui } from '../optionGui';
import type { Panel } from '../panel';

/** The panel. */
export const panel: Panel = { id: 'everything', place: 'segment', title: 'Everything', order: 20, mount };

/** What came of it. */
export function foundText({ busy, found }: EverythingState): string {
  if (busy) return 'Looking…';
  if (!found) return '';
  const { added, left, ms } = found;
  if (!added && !left) return 'Nothing passed the filters. Lower the thresholds or ask at more points.';
  const rest = left ? ` No room for ${left} more: a case has 255 objects.` : '';
  return `${added} object${added === 1 ? '' : 's'} in ${showSeconds(ms / 1000)}.${rest}`;
}

function mount(host: HTMLElement, { control, store }: App): void {
  const about = 'Asks the model at a grid of points and keeps the masks it is sure of (A)';
  const start = el('button', { id: 'everything', type: 'button', className: 'plain', title: about }, 'Find everything');
  start.addEventListener('click', () => void control.everything());
  const said = el('p', { className: 'quiet', attrs: { role: 'status' } });
  const more = el('details', {}, el('summary', {}, 'Parameters'));
  const { options } = store.get().everything;
  addOptions(makeGui(more), everythingSchema, options, (_, values) => control.setEverything(values));
  host.append(el('div', { className: 'row' }, start, said), more);
  follow({ store }, ({ engine, everything }) => {
    setEnabled(start, !everything.busy && engine === 'ready');
    setText(said, foundText(everything));
  });
}
