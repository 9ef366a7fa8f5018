/** Through the slices of a volume: range, limits, start; what came of it. */
import { type App, follow } from '../app';
import { sliceOf } from '../document/look';
import { el, setEnabled, setShown, setText } from '../dom';
import type { Panel } from '../panel';
import { canPropagate, propagate, type Reach, seeds, wordsOfPropagated } from '../propagate';
import { hasSlices, makeSliceRange } from '../sliceRange';
import { type OpenCase, predictionOf, shownCase } from '../state';
import type { CarryBy } from '../volumeProtocol';

/** The panel. */
export const panel: Panel = { id: 'propagate', place: 'segment', title: 'Through the slices', order: 15, mount };

/** The first is what small bases do best with on real volumes; a mask prompt makes theirs grow from slice to slice. */
const WAYS: readonly (readonly [CarryBy, string])[] = [
  ['auto', 'Best of several'],
  ['box', 'Its box'],
  ['box+click', 'Box and click'],
  ['click', 'A click in it'],
  ['mask+box+click', 'Mask, box and click'],
];

type Fields = ReturnType<typeof fieldsOf>;

function fieldsOf() {
  const object = el('select', {});
  const range = makeSliceRange();
  const score = el('input', { type: 'number', value: '0.1', step: '0.05', min: '0', max: '1' });
  const by = el('select', {}, ...WAYS.map(([value, name]) => el('option', { value }, name)));
  const keep = el('input', { type: 'checkbox', checked: true });
  const element = el(
    'div',
    { className: 'volume-fields' },
    el('label', { className: 'all', title: 'The proposal, or an object with a mask on this slice' }, 'What', object),
    el('label', { title: 'Stops where the model’s own estimate of IoU falls below' }, 'Score at least', score),
    el('label', { title: 'What of a mask the next slice is asked with' }, 'Asked with', by),
    ...range.rows,
    el(
      'label',
      { className: 'check', title: 'They stay as they are, and are carried on' },
      keep,
      'Keep slices that have a mask',
    ),
  );
  return { element, object, range, score, by, keep };
}

function reachOf({ range, score, by, keep }: Fields, open: OpenCase): Reach {
  const [from, to] = range.read(open);
  const minScore = Number.isFinite(score.valueAsNumber) ? score.valueAsNumber : 0;
  const way = WAYS.find(([value]) => value === by.value) ?? WAYS[0];
  return { from, to, minScore, keep: keep.checked, by: way[0] };
}

function mount(host: HTMLElement, app: App): void {
  const fields = fieldsOf();
  const start = el('button', { id: 'propagate', type: 'button', className: 'primary' }, 'Propagate');
  const outcome = el('p', { className: 'quiet', attrs: { role: 'status' } });
  host.append(fields.element, start, outcome);
  start.addEventListener('click', async () => {
    const open = shownCase(app.store.get());
    if (!open) return;
    setText(outcome, '');
    const found = await propagate(app, reachOf(fields, open), Number(fields.object.value) || null);
    if (found) setText(outcome, wordsOfPropagated(found));
  });
  follow(app, (s) => {
    const open = shownCase(s);
    setShown(host.parentElement ?? host, hasSlices(open));
    if (!hasSlices(open)) return;
    if (fields.range.renew(open)) setText(outcome, '');
    const can = canPropagate(s);
    setEnabled(start, s.engine === 'ready' && s.work === null && can);
    fillObjects(fields.object, open, predictionOf(s) !== null);
    setText(start, predictionOf(s) ? 'Accept and propagate' : 'Propagate');
    start.title = can
      ? `Carries the mask of slice ${sliceOf(open.info, open.look) + 1} up and down`
      : 'Segment this slice first: there is nothing to carry yet';
  });
}

/** The proposal alone where there is one; else the objects on this slice. */
function fillObjects(select: HTMLSelectElement, open: OpenCase, proposal: boolean): void {
  const choices = proposal
    ? [{ value: '', name: 'The proposal' }]
    : seeds(open).map((o) => ({ value: String(o.id), name: o.name }));
  if (!choices.length) choices.push({ value: '', name: 'Nothing on this slice yet' });
  const text = JSON.stringify(choices);
  if (select.dataset.choices === text) return;
  select.dataset.choices = text;
  select.replaceChildren(...choices.map((c) => el('option', { value: c.value }, c.name)));
  select.disabled = choices.length < 2;
}
