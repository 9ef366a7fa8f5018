// The report as one page: no script, no request, everything inside. Its policy forbids the rest.

import type { Overlay } from '../../data/experiment/runSummary';
import type { Comparison, Result } from './comparison';
import { curveLines } from './curves';
import { intervalChart } from './intervalChart';
import { lineChart } from './lineChart';
import { PAGE_STYLE } from './pageStyle';
import { colourClass } from './svg';
import { classTable, datasetTable, overviewTable, releaseTable } from './tables';
import { escapeHtml, tableHtml } from './tableText';

/** What the page shows beside the comparison. */
export interface PageOptions {
  readonly title: string;
  /** A sentence below the title, e.g. what was varied. */
  readonly lead?: string;
  readonly overlays?: readonly Overlay[];
  /** Sentences at the end of the tables: what is missing. */
  readonly notes?: readonly string[];
}

/** A self-contained HTML page: tables, intervals, loss and Dice curves, best and worst pictures. */
export function reportPage(c: Comparison, { title, lead = '', overlays = [], notes = [] }: PageOptions): string {
  const colours = new Map(c.arms.map((arm, i) => [arm, i]));
  const links = c.datasets.map((d, i) => `<a href="#data-${i}">${escapeHtml(d)}</a>`).join('');
  const runs = c.results.reduce((n, r) => n + r.runs.length, 0);
  const many = (n: number, one: string) => `${n} ${one}${n === 1 ? '' : 's'}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<title>${escapeHtml(title)}</title>
<style>${PAGE_STYLE}</style>
</head>
<body>
<main>
<h1>${escapeHtml(title)}</h1>
<p class="lead">${escapeHtml(lead)}${lead ? ' · ' : ''}${many(c.arms.length, 'arm')}, ${many(c.datasets.length, 'data set')}, ${many(runs, 'run')}</p>
<nav aria-label="Data sets">${links}</nav>
<h2>Overview</h2>
<div class="charts">${c.datasets.map((d) => figure(intervalChart(c, d, colours))).join('\n')}</div>
<p class="note">Dots are means over cases and seeds, bars 95 % intervals over cases, small circles single seeds; the dashed line is ${escapeHtml(c.against)}.</p>
${tableHtml(overviewTable(c))}
${notes.map((note) => `<p class="note">${escapeHtml(note)}</p>`).join('\n')}
${c.datasets.map((d, i) => datasetPart(c, d, i, colours, overlays)).join('\n')}
<h2>How to read this</h2>
<p>Foreground is probability above 0.5. HD95: 95th percentile of the distances between both surfaces, pooled. NSD: share of surface voxels within the stated distance of the other surface. An interval tells how far the mean would move with other cases, not with other seeds.</p>
<p class="note">For research and teaching; not a medical device.</p>
</main>
</body>
</html>
`;
}

const figure = (content: string): string => (content ? `<figure>${content}</figure>` : '');

function datasetPart(
  c: Comparison,
  dataset: string,
  i: number,
  colours: ReadonlyMap<string, number>,
  overlays: readonly Overlay[],
): string {
  const results = c.results.filter((r) => r.dataset === dataset);
  const runs = results.flatMap((r) => r.runs);
  const chart = (key: 'loss' | 'dice', title: string, y: string) =>
    figure(lineChart({ title, x: 'training step', y, lines: curveLines(runs, key, colours) }));
  const charts = chart('loss', 'Training loss', 'loss') + chart('dice', 'Validation Dice', 'Dice, mean over objects');
  const classes = classTable(c, dataset);
  const release = releaseTable(c, dataset);
  return [
    `<h2 id="data-${i}">${escapeHtml(dataset)}</h2>`,
    tableHtml(datasetTable(c, dataset)),
    release ? `<details><summary>Score of the released code</summary>${tableHtml(release)}</details>` : '',
    classes ? `<details><summary>By class</summary>${tableHtml(classes)}</details>` : '',
    charts
      ? `<h3>Curves</h3>${legend(
          results.map((r) => r.arm),
          colours,
        )}<div class="charts">${charts}</div>`
      : '',
    charts
      ? '<p class="note">Lines are means over seeds, bands their range; long curves are averaged in pieces.</p>'
      : '',
    pictures(
      overlays.filter((o) => o.dataset === dataset),
      bestArm(results),
    ),
  ].join('\n');
}

function legend(arms: readonly string[], colours: ReadonlyMap<string, number>): string {
  const items = arms.map((arm) => {
    const sample = `<svg viewBox="0 0 26 10" aria-hidden="true"><g class="line ${colourClass(colours.get(arm) ?? 0)}"><polyline points="0,5 26,5"/></g></svg>`;
    return `<li>${sample}${escapeHtml(arm)}</li>`;
  });
  return `<ul class="legend">${items.join('')}</ul>`;
}

/** The arm with the highest mean Dice. */
const bestArm = (results: readonly Result[]): string =>
  [...results].sort((a, b) => (b.scores.dice?.mean ?? 0) - (a.scores.dice?.mean ?? 0))[0].arm;

/** Best and worst objects of every arm that has pictures, folded but for `open`. */
function pictures(overlays: readonly Overlay[], open: string): string {
  if (!overlays.length) return '';
  const arms = [...new Set(overlays.map((o) => o.arm))];
  const key = ['prompt', 'truth', 'before', 'after'].map((k) => `<span class="key ${k}"></span>${k}`).join('');
  const parts = arms.map((arm) => {
    const own = overlays.filter((o) => o.arm === arm).sort((a, b) => b.dice - a.dice);
    const images = own.map((o) => {
      const text = `${o.id}, ${o.className}, seed ${o.seed}: Dice ${o.dice.toFixed(3)}`;
      const source = `data:image/png;base64,${Buffer.from(o.png).toString('base64')}`;
      return `<figure><img alt="${escapeHtml(text)}" src="${source}"><figcaption>${escapeHtml(text)}</figcaption></figure>`;
    });
    const range = `Dice ${own[own.length - 1].dice.toFixed(3)} to ${own[0].dice.toFixed(3)}`;
    return `<details${arm === open ? ' open' : ''}><summary>${escapeHtml(arm)} · ${range}</summary><div class="pictures">${images.join('')}</div></details>`;
  });
  return `<h3>Best and worst</h3><p class="note">Panels from left to right:${key}</p>${parts.join('\n')}`;
}
