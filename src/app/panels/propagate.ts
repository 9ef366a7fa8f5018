/** Through the slices of a volume: range, limits, start; what came of it. */
import { type App, follow } from '../app';
import { sliceOf } from '../document/look';
import { planeOf } from '../document/planes';
import { el, setEnabled, setShown, setText } from '../dom';
import type { Panel } from '../panel';
import { canPropagate, propagate, type Reach, seeds, wordsOfPropagated } from '../propagate';
import { type OpenCase, predictionOf, shownCase } from '../state';
import type { CarryBy } from '../volumeProtocol';

/** The panel. */
export const panel: Panel = { id: 'propagate', place: 'segment', title: 'Through the slices', order: 15, mount };

/** The first is what small bases do best with: a mask prompt alone makes theirs grow from slice to slice. */
const WAYS: readonly (readonly [CarryBy, string])[] = [
  ['auto', 'Box, else more'],
  ['box', 'Its box'],
  ['box+click', 'Box and click'],
  ['mask+box+click', 'Mask, box and click'],
];

const number = (value: string, step: string, min: string, max: string) =>
  el('input', { type: 'number', value, step, min, max });

function mount(host: HTMLElement, app: App): void {
  const object = el('select', {});
  const first = number('1', '1', '1', '1');
  const last = number('1', '1', '1', '1');
  const score = number('0.25', '0.05', '0', '1');
  const by = el('select', {}, ...WAYS.map(([value, name]) => el('option', { value }, name)));
  const keep = el('input', { type: 'checkbox', checked: true });
  const start = el('button', { id: 'propagate', type: 'button', className: 'primary' }, 'Propagate');
  const outcome = el('p', { className: 'quiet', attrs: { role: 'status' } });
  const label = (text: string, node: HTMLElement, title: string) => el('label', { title }, text, node);
  host.append(
    el(
      'div',
      { className: 'volume-fields' },
      el('label', { className: 'all', title: 'The proposal, or an object with a mask on this slice' }, 'What', object),
      label('Score at least', score, 'Stops where the model’s own estimate of IoU falls below'),
      label('Asked with', by, 'What of a mask the next slice is asked with'),
      label('From slice', first, 'First slice that may get a mask'),
      label('To slice', last, 'Last slice that may get a mask'),
      el(
        'label',
        { className: 'check', title: 'They are carried on from, and stay as they are' },
        keep,
        'Keep slices that have a mask',
      ),
    ),
    start,
    outcome,
  );
  const reach = (): Reach => ({
    from: Math.max(0, Math.round(first.valueAsNumber || 1) - 1),
    to: Math.max(0, Math.round(last.valueAsNumber || 1) - 1),
    minScore: Number.isFinite(score.valueAsNumber) ? score.valueAsNumber : 0,
    keep: keep.checked,
    by: (WAYS.find(([value]) => value === by.value) ?? WAYS[0])[0],
  });
  start.addEventListener('click', async () => {
    setText(outcome, '');
    const found = await propagate(app, reach(), Number(object.value) || null);
    if (found) setText(outcome, wordsOfPropagated(found));
  });
  let range = '';
  follow(app, (s) => {
    const open = shownCase(s);
    const volume = open?.info.kind === 'volume' && planeOf(open.info, open.look.plane).slices > 1;
    setShown(host.parentElement ?? host, volume === true);
    if (!open || !volume) return;
    const { slices } = planeOf(open.info, open.look.plane);
    // The range begins anew in another case or plane only.
    const now = `${open.info.id} ${open.look.plane}`;
    if (now !== range) {
      range = now;
      for (const node of [first, last]) node.max = String(slices);
      [first.value, last.value] = ['1', String(slices)];
      setText(outcome, '');
    }
    setEnabled(start, s.engine === 'ready' && s.work === null && canPropagate(s));
    fillObjects(object, open, predictionOf(s) !== null);
    start.textContent = predictionOf(s) ? 'Accept and propagate' : 'Propagate';
    start.title = canPropagate(s)
      ? `Carries the mask of slice ${sliceOf(open.info, open.look) + 1} up and down`
      : 'Segment this slice first: there is nothing to carry yet';
  });
}

/** The proposal alone where there is one; else the objects on this slice. */
function fillObjects(select: HTMLSelectElement, open: OpenCase, proposal: boolean): void {
  const choices = proposal
    ? [{ value: '', name: 'The proposal' }]
    : seeds(open).map((o) => ({ value: String(o.id), name: o.name }));
  const text = JSON.stringify(choices);
  if (select.dataset.choices === text) return;
  select.dataset.choices = text;
  select.replaceChildren(...choices.map((c) => el('option', { value: c.value }, c.name)));
  select.disabled = choices.length < 2;
}
