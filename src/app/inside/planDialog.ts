/** The plan of a step as a table over the page: sortable, filtered, copied as CSV. */
import { el, setText } from '../dom';
import type { PlanRow } from '../insideProtocol';
import { copyText } from './copyText';
import { PLAN_COLUMNS, type PlanOrder, planCell, planCsv, planRows, planSums } from './planRows';

/** Makes the dialog; `show` opens it with a plan's rows. */
export function makePlanDialog(): { readonly show: (title: string, rows: readonly PlanRow[], memory: string) => void } {
  const heading = el('h2', { id: 'plan-title' });
  const sums = el('p', { className: 'quiet', attrs: { role: 'status' } });
  const memory = el('p', { className: 'quiet' });
  const filter = el('input', {
    type: 'search',
    id: 'plan-filter',
    placeholder: 'attn matmul …',
    attrs: { 'aria-label': 'Filter rows' },
  });
  const copy = el('button', { type: 'button', className: 'plain', title: 'The rows as they are shown' }, 'Copy CSV');
  const close = el('button', { type: 'button', className: 'primary' }, 'Close');
  const table = sortableTable(() => update());
  const scroll = el(
    'div',
    { className: 'plan-scroll', tabIndex: 0, attrs: { role: 'region', 'aria-label': 'Dispatches' } },
    table.element,
  );
  const tools = el('div', { className: 'row' }, filter, copy, el('span', { className: 'spacer' }), close);
  const dialog = el(
    'dialog',
    { className: 'plan-dialog', attrs: { 'aria-labelledby': heading.id } },
    heading,
    tools,
    sums,
    scroll,
    memory,
  );
  document.body.append(dialog);
  let all: readonly PlanRow[] = [];
  const rows = () => planRows(all, filter.value, table.order());
  const update = () => {
    const shown = rows();
    table.fill(shown);
    setText(sums, planSums(shown));
  };
  filter.addEventListener('input', update);
  copy.addEventListener('click', () => void copyText(planCsv(rows()), copy));
  close.addEventListener('click', () => dialog.close());
  dialog.addEventListener('click', (e) => e.target === dialog && dialog.close());
  return {
    show(title, given, words) {
      all = given;
      setText(heading, title);
      setText(memory, `Planned memory: ${words}`);
      update();
      if (!dialog.open) dialog.showModal();
    },
  };
}

/** A table whose headings sort: once downwards for numbers, upwards for words, then the other way. */
function sortableTable(onSort: () => void) {
  let order: PlanOrder = { by: 'index', down: false };
  const heads = PLAN_COLUMNS.map(({ key, label, about, number }) => {
    const button = el('button', { type: 'button', className: 'sort', title: about }, label);
    const head = el('th', { scope: 'col', className: number ? 'number' : '' }, button);
    button.addEventListener('click', () => {
      order = { by: key, down: order.by === key ? !order.down : number && key !== 'index' };
      mark();
      onSort();
    });
    return { key, head };
  });
  const mark = () => {
    for (const { key, head } of heads) {
      if (key === order.by) head.setAttribute('aria-sort', order.down ? 'descending' : 'ascending');
      else head.removeAttribute('aria-sort');
    }
  };
  mark();
  const body = el('tbody');
  const element = el(
    'table',
    { className: 'plan-table' },
    el('thead', {}, el('tr', {}, ...heads.map((h) => h.head))),
    body,
  );
  const fill = (rows: ReturnType<typeof planRows>) =>
    body.replaceChildren(
      ...rows.map((r) =>
        el(
          'tr',
          {},
          ...PLAN_COLUMNS.map(({ key, number }) => el('td', { className: number ? 'number' : '' }, planCell(r, key))),
        ),
      ),
    );
  return { element, fill, order: () => order };
}
