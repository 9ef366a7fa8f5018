import { colourClass, extent, label, linearScale, px, rule, svg } from './svg';
import { escapeHtml } from './tableText';

/** A line with the range of its seeds around it. */
export interface Line {
  readonly name: string;
  /** Place in the palette. */
  readonly colour: number;
  /** Ascending in x; `low` and `high` where there is a range. */
  readonly points: readonly { readonly x: number; readonly y: number; readonly low: number; readonly high: number }[];
}

/** What a chart shows. */
export interface LineChart {
  readonly title: string;
  readonly x: string;
  readonly y: string;
  readonly lines: readonly Line[];
}

const SIZE = { width: 520, height: 280, left: 62, right: 14, top: 34, bottom: 42 };

/** Lines over an axis of steps, as SVG; a line without points is left out. Empty text where nothing can be drawn. */
export function lineChart({ title, x, y, lines }: LineChart): string {
  const drawn = lines.filter((l) => l.points.length > 0);
  if (!drawn.length) return '';
  const { width, height, left, right, top, bottom } = SIZE;
  const all = drawn.flatMap((l) => l.points);
  const xs = linearScale(extent(all.map((p) => p.x)), left, width - right);
  const ys = linearScale(
    extent(
      all.flatMap((p) => [p.low, p.high]),
      0.05,
    ),
    height - bottom,
    top,
  );
  const body = [
    label(12, 18, title, 'title'),
    ...ys.ticks.flatMap((t) => [
      rule(left, ys.at(t), width - right, ys.at(t), 'grid'),
      label(left - 8, ys.at(t) + 4, `${t}`, 'tick end'),
    ]),
    ...xs.ticks.map((t) => label(xs.at(t), height - bottom + 18, `${t}`, 'tick middle')),
    rule(left, height - bottom, width - right, height - bottom, 'axis'),
    label((left + width - right) / 2, height - 6, x, 'name middle'),
    label(-(top + height - bottom) / 2, 14, y, 'name middle', ' transform="rotate(-90)"'),
    ...drawn.map((l) => drawLine(l, xs.at, ys.at)),
  ];
  return svg(width, height, `${title}: ${y} over ${x} for ${drawn.map((l) => l.name).join(', ')}`, body.join('\n'));
}

/** The range as a band, the mean as a line (a dot where there is one point), the name as a tooltip. */
function drawLine({ name, colour, points }: Line, x: (v: number) => number, y: (v: number) => number): string {
  const at = (p: { x: number }, v: number) => `${px(x(p.x))},${px(y(v))}`;
  const wide = points.some((p) => p.high > p.low);
  const there = points.map((p) => at(p, p.high));
  const back = [...points].reverse().map((p) => at(p, p.low));
  const last = points[points.length - 1];
  return [
    `<g class="line ${colourClass(colour)}"><title>${escapeHtml(name)}: ${last.y.toPrecision(3)} at ${last.x}</title>`,
    wide ? `<polygon class="band" points="${[...there, ...back].join(' ')}"/>` : '',
    `<polyline points="${points.map((p) => at(p, p.y)).join(' ')}"/>`,
    points.length <= 12 ? points.map((p) => `<circle cx="${px(x(p.x))}" cy="${px(y(p.y))}" r="2.6"/>`).join('') : '',
    '</g>',
  ].join('');
}
