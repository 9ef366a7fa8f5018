/** Once there is a run: curves of loss and Dice (drawn with Plot, loaded when first needed) and the table of Dice. */
import type { App } from '../app';
import { el, setShown, setText } from '../dom';
import { showChange, showScore } from '../format';
import type { Panel } from '../panel';
import type { CurvePoint } from '../runProtocol';
import { type ClassRow, classRows } from '../runScores';
import type { AppState } from '../state';

/** Milliseconds between two drawings of the curves. */
const PACE = 200;

/** The panel. */
export const panel: Panel = { id: 'results', place: 'adapt', title: '', order: 30, mount };

function mount(host: HTMLElement, { store }: App): void {
  const loss = el('div', { id: 'curve', className: 'curve' });
  const dice = el('div', { id: 'curve-dice', className: 'curve' });
  const table = diceTable();
  const figures = [
    el('figure', {}, el('figcaption', {}, 'Training loss'), loss),
    el('figure', {}, el('figcaption', {}, 'Dice on held-out objects'), dice),
  ];
  host.append(...figures, table.element);
  let scheduled = false;
  const draw = async () => {
    scheduled = false;
    const { curve, run } = store.get();
    const steps = run?.config.experiment.train.steps ?? 1;
    const losses = curve.flatMap(({ step, loss: y }) => (y === undefined ? [] : [{ step, y }]));
    await drawCurve(loss, thinned(losses), { steps, what: 'Loss', noisy: true });
    await drawCurve(dice, dicePoints(store.get()), { steps, what: 'Dice', noisy: false });
  };
  const later = () => {
    if (!scheduled) setTimeout(() => void draw(), PACE);
    scheduled = true;
  };
  new ResizeObserver(later).observe(loss);
  setShown(host, false);
  let fetched = false;
  store.watch((now, before) => {
    // Before it is needed: unpacking it takes longer than a frame.
    if (now.tab === 'adapt' && !fetched) void import('@observablehq/plot').catch(() => undefined);
    fetched ||= now.tab === 'adapt';
    setShown(host, now.running || (now.run !== null && (now.run.objects.length > 0 || now.curve.length > 0)));
    for (const figure of figures) setShown(figure, !now.run?.imported);
    if (now.curve !== before.curve || now.run !== before.run) later();
    if (now.run?.objects !== before.run?.objects || now.run?.id !== before.run?.id)
      table.fill(now.run ? classRows(now.run.objects) : []);
  });
}

/** A point of a curve. */
interface Point {
  readonly step: number;
  readonly y: number;
}

/** Means over a window of earlier points: the trend without the noise of single batches. */
export function smooth(curve: readonly Point[], window = 10): Point[] {
  return curve.map(({ step }, i) => {
    const part = curve.slice(Math.max(0, i - window + 1), i + 1);
    return { step, y: part.reduce((sum, p) => sum + p.y, 0) / part.length };
  });
}

/** Points that a curve is drawn with, at most: more cost time and cannot be told apart. */
const POINTS = 300;

/** At most `most` points: means over stretches of equal length, each at the end of its stretch. */
export function thinned(curve: readonly Point[], most = POINTS): Point[] {
  const each = Math.ceil(curve.length / most);
  if (each <= 1) return [...curve];
  return Array.from({ length: Math.ceil(curve.length / each) }, (_, k) => {
    const part = curve.slice(k * each, (k + 1) * each);
    return { step: part[part.length - 1].step, y: part.reduce((sum, p) => sum + p.y, 0) / part.length };
  });
}

/** Mean Dice of the classes at the start and after every measurement. */
export function dicePoints({ curve, run }: Pick<AppState, 'curve' | 'run'>): Point[] {
  const measured = curve.flatMap(({ step, dice }: CurvePoint) => (dice === undefined ? [] : [{ step, y: dice }]));
  const rows = classRows(run?.objects ?? []);
  const start = rows.reduce((sum, r) => sum + (r.before ?? 0), 0) / rows.length;
  const begins = rows.length > 0 && !measured.some((p) => p.step === 0);
  const byStep = new Map([...(begins ? [{ step: 0, y: start }] : []), ...measured].map((p) => [p.step, p]));
  return [...byStep.values()].sort((a, b) => a.step - b.step);
}

/** How a curve is drawn: with its trend where single points say little, else within 0..1. */
interface CurveLook {
  readonly steps: number;
  readonly what: string;
  readonly noisy: boolean;
}

async function drawCurve(box: HTMLElement, curve: readonly Point[], { steps, what, noisy }: CurveLook): Promise<void> {
  if (!curve.length) {
    box.replaceChildren(el('p', { className: 'quiet' }, `${what} appears here as soon as there is some.`));
    return;
  }
  const Plot = await import('@observablehq/plot');
  const { clientWidth: width, clientHeight: height } = box;
  const trend = noisy ? smooth(curve) : curve;
  const dots = noisy ? trend.slice(-1) : trend;
  const figure = Plot.plot({
    width: Math.max(200, width),
    height: Math.max(90, height),
    marginLeft: 42,
    marginRight: 8,
    marginTop: 10,
    marginBottom: 28,
    x: { label: 'step', domain: [0, Math.max(steps, curve[curve.length - 1].step)], nice: false, labelAnchor: 'right' },
    y: { label: null, grid: true, ticks: 4, ...(noisy ? { nice: true } : { domain: [0, 1] }) },
    marks: [
      ...(noisy ? [Plot.line(curve, { x: 'step', y: 'y', className: 'raw', strokeWidth: 1 })] : []),
      Plot.line(trend, { x: 'step', y: 'y', className: 'trend', strokeWidth: 2 }),
      Plot.dot(dots, { x: 'step', y: 'y', className: 'tip', r: 3.5 }),
    ],
  });
  // Plot brings a style sheet inside the picture, which the page's security policy forbids; ours has these rules.
  for (const sheet of figure.querySelectorAll('style')) sheet.remove();
  // It is one picture with one name; names of its parts say `line` and `dot`.
  for (const part of figure.querySelectorAll('[aria-label]')) part.removeAttribute('aria-label');
  figure.setAttribute('role', 'img');
  const last = curve[curve.length - 1];
  figure.setAttribute('aria-label', `${what} by step; ${showScore(last.y)} at step ${last.step} of ${steps}`);
  box.replaceChildren(figure);
}

/** Dice before and after, a row for each class. */
function diceTable() {
  const head = ['Object', 'n', 'Before', 'After', 'Change'].map((word, i) =>
    el('th', { scope: 'col', className: i ? 'number' : '' }, word),
  );
  const body = el('tbody', { id: 'dice' });
  const empty = el('p', { className: 'quiet' });
  const caption = el('caption', {}, 'Mean Dice by class');
  const table = el('table', {}, caption, el('thead', {}, el('tr', {}, ...head)), body);
  const fill = (rows: readonly ClassRow[]) => {
    body.replaceChildren(...rows.map(diceRow));
    setShown(table, rows.length > 0);
    setShown(empty, rows.length === 0);
    setText(empty, 'What it starts from is measured first, the adapted model at the end.');
  };
  return { element: el('div', { className: 'table-box' }, table, empty), fill };
}

function diceRow(r: ClassRow): HTMLElement {
  const change = el('td', { className: 'number' }, showChange(r.before, r.after));
  if (r.before !== null && r.after !== null) change.dataset.sign = r.after >= r.before ? 'up' : 'down';
  return el(
    'tr',
    {},
    el('th', { scope: 'row' }, r.className),
    el('td', { className: 'number' }, String(r.n)),
    el('td', { className: 'number' }, showScore(r.before)),
    el('td', { className: 'number' }, showScore(r.after)),
    change,
  );
}
