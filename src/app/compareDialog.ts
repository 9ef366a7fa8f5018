/** Runs side by side in a dialog: scores with intervals, cost, and where their configurations differ. */
import { adaptersText } from './adapterWords';
import { el } from './dom';
import { showBytes, showCount, showPercent, showSeconds } from './format';
import type { RunInfo } from './runProtocol';
import { configDifferences, diceOfRun, estimateText, pairedP } from './runScores';

/** Makes the dialog and gives how to show runs in it. */
export function makeCompareDialog(): (runs: readonly RunInfo[]) => void {
  const title = el('h2', { id: 'compare-title' }, 'Runs side by side');
  const box = el('div', {
    className: 'compare-table',
    tabIndex: 0,
    attrs: { 'aria-labelledby': 'compare-title', role: 'region' },
  });
  const close = el('button', { type: 'button', className: 'primary' }, 'Close');
  const dialog = el('dialog', {
    id: 'compare',
    className: 'help compare',
    attrs: { 'aria-labelledby': 'compare-title' },
  });
  close.addEventListener('click', () => dialog.close());
  dialog.append(title, box, el('div', { className: 'row end' }, close));
  document.body.append(dialog);
  return (runs) => {
    box.replaceChildren(tableOf([...runs].sort((a, b) => a.created - b.created)));
    dialog.showModal();
  };
}

/** A row of the table. */
interface Row {
  readonly name: string;
  readonly values: readonly string[];
  /** What was asked for, not what came of it. */
  readonly config?: boolean;
  /** An entry of the configuration by its path. */
  readonly path?: boolean;
}

function tableOf(runs: readonly RunInfo[]): HTMLElement {
  const head = el('tr', {}, el('th', { scope: 'col' }, ''), ...runs.map((r) => el('th', { scope: 'col' }, r.name)));
  const body = compareRows(runs).map(({ name, values, config, path }) => {
    const differs = config && new Set(values).size > 1;
    return el(
      'tr',
      { className: differs ? 'differs' : '' },
      el('th', { scope: 'row' }, path ? el('code', {}, name) : name),
      ...values.map((v) => el('td', {}, v)),
    );
  });
  return el('table', {}, el('thead', {}, head), el('tbody', {}, ...body));
}

/** What the table says of some runs, the first being the one that others are tested against. */
export function compareRows(runs: readonly RunInfo[]): Row[] {
  const of = (name: string, value: (r: RunInfo) => string): Row => ({ name, values: runs.map(value) });
  const asked = (name: string, value: (r: RunInfo) => string): Row => ({ ...of(name, value), config: true });
  const starts = (r: RunInfo) =>
    runs.find((o) => o.id === r.config.from)?.name ?? (r.config.from ? 'another run' : 'base');
  const p = (r: RunInfo) => {
    if (r === runs[0]) return '–';
    const found = pairedP(r, runs[0]);
    return found === null ? 'other objects' : found.toFixed(3);
  };
  return [
    asked('Base', (r) => r.base.name),
    asked('Starts from', starts),
    asked('Adapter', (r) => adaptersText(r.config)),
    of('Dice before (95 %)', (r) => estimateText(diceOfRun(r, 'before'))),
    of('Dice after (95 %)', (r) => estimateText(diceOfRun(r, 'after'))),
    of('p against the first', p),
    of('Trained parameters', (r) => `${showCount(r.plan.trained)} (${showPercent(r.plan.percent)})`),
    of('Steps', (r) => String(r.step)),
    of('Training time', (r) => (r.seconds ? showSeconds(r.seconds) : '–')),
    of('Peak memory', (r) => (r.bytes === null ? '–' : showBytes(r.bytes))),
    of('Data', (r) => r.data?.counts || r.data?.name || '–'),
    ...configDifferences(runs).map(({ path, values }): Row => ({ name: path, values, config: true, path: true })),
  ];
}
