import { colourClass, label, linearScale, px, rule, svg } from './report/svg';
import { escapeHtml } from './report/tableText';

/** Lines on two logarithmic axes. */
export interface LogPlot {
  readonly title: string;
  readonly x: string;
  readonly y: string;
  readonly lines: readonly { readonly name: string; readonly points: readonly { x: number; y: number }[] }[];
}

const SIZE = { width: 640, height: 400, left: 62, right: 14, top: 34, bottom: 42 };
const COLOURS = ['#0b7285', '#c2410c', '#4f46e5', '#15803d', '#be185d', '#a16207', '#0369a1', '#6b7280'];
const STYLE = `text { font: 12px ui-sans-serif, system-ui, sans-serif; fill: #56616d; } .title { font-weight: 600; }
.middle { text-anchor: middle; } .end { text-anchor: end; } .grid { stroke: #dce1e6; } .axis { stroke: #56616d; }
polyline { fill: none; stroke: currentColor; stroke-width: 2; } circle { fill: currentColor; } .dashed polyline { stroke-dasharray: 6 4; }
${COLOURS.map((c, i) => `.c${i} { color: ${c}; }`).join(' ')}`;

/** Values below a text are drawn as ticks: 1, 2, 5 of every decade, or only 1 where there are many decades. */
function ticks(low: number, high: number): number[] {
  const decades = Math.log10(high / low);
  const out: number[] = [];
  for (let d = Math.floor(Math.log10(low)); d <= Math.ceil(Math.log10(high)); d++)
    for (const m of decades > 3 ? [1] : [1, 2, 5]) out.push(m * 10 ** d);
  return out.filter((v) => v >= low * 0.999 && v <= high * 1.001);
}

/** The plot as an SVG file of its own: straight lines are powers. Throws unless all numbers are positive. */
export function logPlot({ title, x, y, lines }: LogPlot): string {
  const all = lines.flatMap((l) => l.points);
  if (!all.length) throw new Error(`plot '${title}': nothing to draw`);
  if (all.some((p) => !(p.x > 0 && p.y > 0))) throw new Error(`plot '${title}': logarithms want positive numbers`);
  const { width, left, right, top } = SIZE;
  const bottom = SIZE.bottom + 16 * lines.length;
  const height = SIZE.height + 16 * lines.length;
  const range = (values: readonly number[]): [number, number] => [Math.min(...values), Math.max(...values)];
  const [xr, yr] = [range(all.map((p) => p.x)), range(all.map((p) => p.y))];
  const logs = ([a, b]: [number, number]): [number, number] => [Math.log10(a), Math.log10(b)];
  const [sx, sy] = [linearScale(logs(xr), left, width - right), linearScale(logs(yr), height - bottom, top)];
  const [ax, ay] = [(v: number) => sx.at(Math.log10(v)), (v: number) => sy.at(Math.log10(v))];
  const body = [
    `<style>${STYLE}</style><rect width="${width}" height="${height}" fill="#fff"/>`,
    label(12, 18, title, 'title'),
    ...ticks(...yr).flatMap((t) => [
      rule(left, ay(t), width - right, ay(t), 'grid'),
      label(left - 8, ay(t) + 4, `${t}`, 'end'),
    ]),
    ...ticks(...xr).flatMap((t) => [
      rule(ax(t), top, ax(t), height - bottom, 'grid'),
      label(ax(t), height - bottom + 16, `${t}`, 'middle'),
    ]),
    rule(left, height - bottom, width - right, height - bottom, 'axis'),
    label((left + width - right) / 2, height - bottom + 34, x, 'middle'),
    label(-(top + height - bottom) / 2, 14, y, 'middle', ' transform="rotate(-90)"'),
    ...lines.map(({ name, points }, k) => {
      const at = points.map((p) => [px(ax(p.x)), px(ay(p.y))]);
      const dots = at.map(([cx, cy]) => `<circle cx="${cx}" cy="${cy}" r="2.6"/>`).join('');
      const row = height - 16 * (lines.length - k) + 8;
      return `<g class="${colourClass(k)}"><title>${escapeHtml(name)}</title><polyline points="${at.map((p) => p.join(',')).join(' ')}"/>${dots}<polyline points="${left},${row - 4} ${left + 24},${row - 4}"/></g>${label(left + 32, row, name)}`;
    }),
  ];
  const drawn = svg(width, height, `${title}: ${y} over ${x}`, body.join('\n'));
  return drawn.replace('<svg ', '<svg xmlns="http://www.w3.org/2000/svg" ');
}
