/** The adapter's layers in the chosen part: how their values are spread, and which lies over the image. */
import { type App, follow } from '../app';
import { el, setShown } from '../dom';
import { field, selectOf } from '../inside/fields';
import { layerName, shownActivation } from '../inside/insideState';
import { setInside } from '../inside/insideWatch';
import type { Activation, Histogram } from '../insideProtocol';
import type { Panel } from '../panel';

/** The panel; empty while there is no adapter. */
export const panel: Panel = {
  id: 'inside-activations',
  place: 'inside',
  title: 'Adapter activations',
  order: 20,
  mount,
};

const NONE: readonly Activation[] = [];

function mount(host: HTMLElement, app: App): void {
  const list = el('div', { className: 'activations' });
  const channel = selectOf(
    'inside-channel',
    [
      ['size', 'Mean of absolute values'],
      ['mean', 'Mean with its sign'],
    ],
    (value) => setInside(app, { channel: value as 'mean' | 'size' }),
  );
  const none = el('p', { className: 'quiet' }, 'Adapt first, then choose Adapted above the image.');
  const choose = field('Per token', channel.element, 'How a token’s channels become one colour');
  host.append(none, choose, list);
  let shown: readonly Activation[] | null = null;
  follow(app, (s) => {
    const all = s.inside.activations?.value ?? NONE;
    channel.set(s.inside.channel);
    setShown(none, all.length === 0);
    setShown(choose, all.length > 0);
    if (shown !== all) list.replaceChildren(...all.map((a) => row(a, s.inside.part, app)));
    shown = all;
    const chosen = s.inside.overlay === 'activation' ? shownActivation(s.inside)?.path : null;
    for (const [i, button] of [...list.querySelectorAll('button')].entries())
      button.setAttribute('aria-pressed', String(all[i].path === chosen));
  });
}

function row(a: Activation, part: string, app: App): HTMLElement {
  const { average, deviation } = a.histogram;
  const name = layerName(a.path, part);
  const title = a.mean ? 'Show it over the image' : 'Its tokens are not the image’s: only its spread is shown';
  const button = el(
    'button',
    { type: 'button', className: 'activation', title },
    el('b', {}, name),
    el('small', {}, `${a.shape.join(' × ')} · mean ${average.toPrecision(2)}, deviation ${deviation.toPrecision(2)}`),
    bars(a.histogram, name),
  );
  button.addEventListener('click', () => setInside(app, { overlay: 'activation', layer: a.path }));
  return button;
}

const SVG = 'http://www.w3.org/2000/svg';

/** A histogram as bars; heights by the root, so that rare values are seen. */
function bars({ counts, from, to }: Histogram, name: string): SVGSVGElement {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', `0 0 ${counts.length} 10`);
  svg.setAttribute('preserveAspectRatio', 'none');
  svg.setAttribute('class', 'bars');
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', `${name}: values from ${from.toPrecision(2)} to ${to.toPrecision(2)}`);
  const most = Math.sqrt(Math.max(...counts, 1));
  for (const [i, n] of counts.entries()) {
    const bar = document.createElementNS(SVG, 'rect');
    const height = (10 * Math.sqrt(n)) / most;
    for (const [key, v] of Object.entries({ x: i + 0.05, y: 10 - height, width: 0.9, height }))
      bar.setAttribute(key, String(v));
    svg.append(bar);
  }
  return svg;
}
