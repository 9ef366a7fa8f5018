import type { Comparison } from './comparison';
import { showEstimate } from './format';
import { colourClass, extent, label, linearScale, px, rule, svg } from './svg';
import { escapeHtml } from './tableText';

const ROW = 30;
const SIZE = { width: 520, right: 20, top: 34, bottom: 40 };
/** Longest name in characters, and the width of one. */
const NAME = { most: 30, each: 6.9 };

/** Mean Dice of every arm on a data set with its interval; small circles are seeds, the dashed line is the reference. */
export function intervalChart(c: Comparison, dataset: string, colours: ReadonlyMap<string, number>): string {
  const rows = c.results.filter((r) => r.dataset === dataset && r.scores.dice);
  if (!rows.length) return '';
  const { width, right, top, bottom } = SIZE;
  const height = top + rows.length * ROW + bottom;
  const names = rows.map((r) => (r.arm.length > NAME.most ? `${r.arm.slice(0, NAME.most - 1)}…` : r.arm));
  const left = 16 + NAME.each * Math.max(...names.map((n) => n.length));
  const numbers = rows.flatMap((r) => [r.scores.dice!.mean, ...(r.scores.dice!.interval ?? []), ...r.seedDice]);
  const xs = linearScale(extent(numbers, 0.08), left, width - right);
  const reference = rows.find((r) => r.arm === c.against)?.scores.dice?.mean;
  const floor = height - bottom;
  const body = [
    label(12, 18, `${dataset}: mean Dice, 95 % interval`, 'title'),
    ...xs.ticks.flatMap((t) => [
      rule(xs.at(t), top, xs.at(t), floor, 'grid'),
      label(xs.at(t), floor + 18, `${t}`, 'tick middle'),
    ]),
    rule(left, floor, width - right, floor, 'axis'),
    label((left + width - right) / 2, height - 5, 'Dice (mean over classes)', 'name middle'),
    reference === undefined || rows.length < 2 ? '' : rule(xs.at(reference), top, xs.at(reference), floor, 'reference'),
    ...rows.map((r, i) => {
      const y = top + (i + 0.5) * ROW;
      const { mean, interval } = r.scores.dice!;
      const ends = interval?.map(xs.at);
      return [
        label(left - 10, y + 4, names[i], 'arm end'),
        `<g class="line ${colourClass(colours.get(r.arm) ?? 0)}"><title>${escapeHtml(r.arm)}: ${showEstimate(r.scores.dice!, 'dice')}</title>`,
        ends ? `<polyline class="whisker" points="${px(ends[0])},${px(y)} ${px(ends[1])},${px(y)}"/>` : '',
        r.seedDice.length > 1
          ? r.seedDice.map((d) => `<circle class="seed" cx="${px(xs.at(d))}" cy="${px(y)}" r="3"/>`).join('')
          : '',
        `<circle cx="${px(xs.at(mean))}" cy="${px(y)}" r="5"/></g>`,
      ].join('');
    }),
  ];
  return svg(width, height, `Mean Dice on ${dataset} by arm`, body.join('\n'));
}
