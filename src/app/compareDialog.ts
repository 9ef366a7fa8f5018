/** Runs side by side in a dialog: scores with intervals, cost, and where their configurations differ. */
import { adaptersText } from './adapterWords';
import { el, setText } from './dom';
import { showBytes, showCount, showPercent, showScore, showSeconds } from './format';
import type { RunInfo } from './runProtocol';
import { classRows, configDifferences, diceOfRun, estimateText, pairedP } from './runScores';

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
  const copy = el('button', { type: 'button', className: 'plain', title: 'For a spreadsheet: cells apart by tabs' });
  let text = '';
  copy.addEventListener('click', async () => {
    const done = await navigator.clipboard?.writeText(text).then(
      () => true,
      () => false,
    );
    setText(copy, done ? 'Copied' : 'The browser offers no clipboard here');
  });
  dialog.append(title, box, el('div', { className: 'row end' }, copy, close));
  document.body.append(dialog);
  return (runs) => {
    const sorted = [...runs].sort((a, b) => a.created - b.created);
    box.replaceChildren(tableOf(sorted));
    text = tableText(sorted);
    setText(copy, 'Copy table');
    dialog.showModal();
  };
}

/** The table as lines with tabs. */
export function tableText(runs: readonly RunInfo[]): string {
  const lines = [['', ...runs.map((r) => r.name)], ...compareRows(runs).map(({ name, values }) => [name, ...values])];
  return lines.map((cells) => cells.map((c) => c.replace(/[\t\n]+/g, ' ')).join('\t')).join('\n');
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
  const classOf = (r: RunInfo, name: string) => classRows(r.objects).find((c) => c.className === name);
  const all = [...new Set(runs.flatMap((r) => r.objects.map((o) => o.className)))];
  // Of a single class the mean says it.
  const classNames = all.length > 1 ? all : [];
  const countText = ({ objects }: RunInfo) =>
    `${objects.length} in ${new Set(objects.map((o) => o.patient)).size} cases`;
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
    of('Dice after the last step (95 %)', (r) => estimateText(diceOfRun(r, 'after'))),
    ...classNames.map((name) => of(`  ${name}`, (r) => showScore(classOf(r, name)?.after ?? null))),
    of(`p against ${runs[0]?.name} (paired)`, p),
    of('Best Dice on the way', (r) => (r.best ? `${showScore(r.best.dice)} at step ${r.best.step}` : '–')),
    of('Held-out objects', (r) => (r.objects.length ? countText(r) : '–')),
    of('Trained parameters', (r) => `${showCount(r.plan.trained)} (${showPercent(r.plan.percent)})`),
    of('Steps', (r) => String(r.step)),
    asked('Seed', (r) => String(r.config.experiment.seed)),
    of('Training time', (r) => (r.seconds ? showSeconds(r.seconds) : '–')),
    of('Peak memory', (r) => (r.bytes === null ? '–' : showBytes(r.bytes))),
    of('Data', (r) => r.data?.counts || r.data?.name || '–'),
    ...configDifferences(runs)
      .filter(({ path }) => path !== 'seed')
      .map(({ path, values }): Row => ({ name: path, values, config: true, path: true })),
  ];
}
