/** The weights that a click generates in HyP-Adpt, as pictures that follow the click. */
import { type App, follow } from '../app';
import { el, setShown, setText } from '../dom';
import { paintHeat } from '../inside/heat';
import type { GeneratedLook, GeneratedMatrix } from '../insideProtocol';
import type { Panel } from '../panel';

/** The panel. */
export const panel: Panel = {
  ...{ id: 'inside-weights', place: 'inside', title: 'Generated weights (HyP-Adpt)', order: 30, mount },
};

function mount(host: HTMLElement, app: App): void {
  const words = el('p', { id: 'weights-words', className: 'quiet' });
  const grid = el('div', { className: 'weights' });
  host.append(words, grid);
  let cells: ReturnType<typeof matrixCell>[] = [];
  let shown: GeneratedLook | null = null;
  let from: GeneratedLook | null = null;
  follow(app, ({ inside: { weights, weightsBefore } }) => {
    setText(words, weightsWords(weights));
    if (shown === weights && from === weightsBefore) return;
    [shown, from] = [weights, weightsBefore];
    const matrices = weights?.matrices ?? [];
    if (cells.length !== matrices.length) {
      cells = matrices.map(matrixCell);
      grid.replaceChildren(...cells.map((c) => c.element));
    }
    const before = weightsBefore?.matrices.length === matrices.length ? weightsBefore.matrices : null;
    for (const [i, cell] of cells.entries()) cell.update(matrices[i], before?.[i] ?? null);
  });
}

/** What is seen. */
export function weightsWords(look: GeneratedLook | null): string {
  if (!look) return 'Drag over the image with the Inspect tool: a click there generates the weights shown here.';
  const whose = look.trained
    ? 'The adapter that was trained.'
    : 'This HyP-Adpt is untrained: the identity and a little noise. Adapt with HyP-Adpt to see trained ones.';
  return `A click becomes a prompt vector, and a generator makes of it the matrices W that mix the adapter’s r channels. Drag over the image and watch them. Red is positive, blue negative; each picture has its own scale. ${whose}`;
}

/** ‖a‖, or ‖a − b‖. */
export function norm(a: ArrayLike<number>, b: ArrayLike<number> | null = null): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] - (b ? b[i] : 0)) ** 2;
  return Math.sqrt(sum);
}

function matrixCell(first: GeneratedMatrix) {
  const picture = (name: string) => el('canvas', { className: 'matrix', attrs: { role: 'img', 'aria-label': name } });
  const layer = Number(first.block.slice(first.block.lastIndexOf('.') + 1)) + 1;
  const title = `Layer ${layer}, W${first.n}`;
  const [now, change] = [picture(title), picture(`Change of ${title}`)];
  const [size, moved] = [el('span', { className: 'number' }), el('span', { className: 'number' })];
  const moving = el('figure', {}, change, el('figcaption', {}, 'Change', moved));
  const element = el(
    'div',
    { className: 'matrix-row' },
    el('h3', {}, title),
    el('figure', {}, now, el('figcaption', {}, 'W', size)),
    moving,
  );
  return {
    element,
    update({ values, r }: GeneratedMatrix, before: GeneratedMatrix | null) {
      paintHeat(now, values, r, true);
      setText(size, `norm ${norm(values).toFixed(2)}`);
      now.setAttribute('aria-label', `${title}: ${r} × ${r}, norm ${norm(values).toFixed(2)}`);
      const old = before?.r === r ? before.values : null;
      setShown(moving, old !== null);
      if (!old) return;
      paintHeat(
        change,
        values.map((v, i) => v - old[i]),
        r,
        true,
      );
      const part = (100 * norm(values, old)) / (norm(old) || 1);
      setText(moved, `norm ${norm(values, old).toPrecision(2)} (${part.toPrecision(2)} %)`);
      change.setAttribute(
        'aria-label',
        `Change of ${title} since the click before: ${part.toPrecision(2)} % of its norm`,
      );
    },
  };
}
