/** Once there is a run: the loss curve (drawn with Plot, loaded when first needed) and the table of Dice. */
import type { App } from '../app';
import { el, setShown, setText } from '../dom';
import { showChange, showScore } from '../format';
import type { Panel } from '../panel';
import type { DiceRow } from '../protocol';
import type { CurvePoint } from '../state';

/** Milliseconds between two drawings of the curve. */
const PACE = 200;

/** The panel. */
export const panel: Panel = { id: 'results', place: 'adapt', title: '', order: 30, mount };

function mount(host: HTMLElement, { store }: App): void {
  const box = el('div', { id: 'curve', className: 'curve' });
  const table = diceTable();
  const figure = el('figure', {}, el('figcaption', {}, 'Training loss'), box);
  host.append(figure, table.element);
  let scheduled = false;
  const draw = async () => {
    scheduled = false;
    const { curve, run } = store.get();
    await drawCurve(box, curve, run?.config.steps ?? 1);
  };
  const later = () => {
    if (!scheduled) setTimeout(() => void draw(), PACE);
    scheduled = true;
  };
  new ResizeObserver(later).observe(box);
  setShown(host, false);
  store.watch((now, before) => {
    setShown(host, now.running || now.run !== null);
    if (now.curve !== before.curve || now.run !== before.run) later();
    if (now.run !== before.run) table.fill(now.run?.rows ?? []);
  });
}

/** Means over a window of earlier points: the trend without the noise of single batches. */
export function smooth(curve: readonly CurvePoint[], window = 10): CurvePoint[] {
  return curve.map(({ step }, i) => {
    const part = curve.slice(Math.max(0, i - window + 1), i + 1);
    return { step, loss: part.reduce((sum, p) => sum + p.loss, 0) / part.length };
  });
}

async function drawCurve(box: HTMLElement, curve: readonly CurvePoint[], steps: number): Promise<void> {
  if (!curve.length) {
    box.replaceChildren(el('p', { className: 'quiet' }, 'The loss appears here as soon as training begins.'));
    return;
  }
  const Plot = await import('@observablehq/plot');
  const { clientWidth: width, clientHeight: height } = box;
  const figure = Plot.plot({
    width: Math.max(200, width),
    height: Math.max(90, height),
    marginLeft: 42,
    marginRight: 8,
    marginTop: 10,
    marginBottom: 28,
    x: { label: 'step', domain: [0, steps], nice: false, labelAnchor: 'right' },
    y: { label: null, grid: true, nice: true, ticks: 4 },
    marks: [
      Plot.line(curve, { x: 'step', y: 'loss', className: 'raw', strokeWidth: 1 }),
      Plot.line(smooth(curve), { x: 'step', y: 'loss', className: 'trend', strokeWidth: 2 }),
      Plot.dot(smooth(curve).slice(-1), { x: 'step', y: 'loss', className: 'tip', r: 3.5 }),
    ],
  });
  // Plot brings a style sheet inside the picture, which the page's security policy forbids; ours has these rules.
  for (const sheet of figure.querySelectorAll('style')) sheet.remove();
  figure.setAttribute('role', 'img');
  const last = curve[curve.length - 1];
  figure.setAttribute('aria-label', `Loss by step; ${showScore(last.loss)} at step ${last.step} of ${steps}`);
  box.replaceChildren(figure);
}

/** Dice before and after, a row for each class. */
function diceTable() {
  const head = ['Object', 'n', 'Base', 'Adapted', 'Change'].map((word, i) =>
    el('th', { scope: 'col', className: i ? 'number' : '' }, word),
  );
  const body = el('tbody', { id: 'dice' });
  const empty = el('p', { className: 'quiet' });
  const caption = el('caption', {}, 'Dice on held-out images');
  const table = el('table', {}, caption, el('thead', {}, el('tr', {}, ...head)), body);
  const fill = (rows: readonly DiceRow[]) => {
    body.replaceChildren(...rows.map(diceRow));
    setShown(empty, rows.length === 0);
    setText(empty, 'The base is measured first, the adapted model at the end.');
  };
  return { element: el('div', { className: 'table-box' }, table, empty), fill };
}

function diceRow(r: DiceRow): HTMLElement {
  const change = el('td', { className: 'number' }, showChange(r.before, r.after));
  if (r.before !== null && r.after !== null) change.dataset.sign = r.after >= r.before ? 'up' : 'down';
  return el(
    'tr',
    {},
    el('th', { scope: 'row' }, r.className, el('small', {}, ` ${r.modality}`)),
    el('td', { className: 'number' }, String(r.n)),
    el('td', { className: 'number' }, showScore(r.before)),
    el('td', { className: 'number' }, showScore(r.after)),
    change,
  );
}
