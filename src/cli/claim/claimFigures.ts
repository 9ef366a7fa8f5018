// Figures like the paper's: an object in a row, each arm's mask in a column, the truth last.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeImage, encodePng, type RgbImage, toRgb8 } from '../../data/image';
import { PANEL, type PanelInfo, panelFile, readPanels } from './claimPanels';
import type { ClaimPlan } from './claimRuns';
import type { ClaimScore } from './claimScores';
import type { ClaimSet } from './claimSets';

/** The figure of one set. */
export interface ClaimFigure {
  readonly set: ClaimSet;
  /** What stands in the columns, from left to right. */
  readonly columns: readonly string[];
  /** The objects of the rows, and what each arm scored on them; null: not run. */
  readonly rows: readonly { readonly info: PanelInfo; readonly dice: readonly (number | null)[] }[];
  readonly png: Uint8Array;
}

/** Bytes of all pictures that go beside RESULTS.md. */
const MOST = 900 * 1024;
const GAP = 4;
/** How much is kept of rows and of the grey levels of a channel, the best first that fits. */
const TRIES = [
  { rows: 2, levels: 64 },
  { rows: 2, levels: 32 },
  { rows: 1, levels: 32 },
  { rows: 1, levels: 16 },
] as const;

/** Figures of all sets that have been run, small enough to lie beside RESULTS.md where they may be shown there. */
export async function claimFigures(plan: ClaimPlan, scores: readonly ClaimScore[]): Promise<ClaimFigure[]> {
  const grids = (await Promise.all(plan.sets.map((set) => gridOf(plan, scores, set)))).filter((g) => g !== null);
  const made = (how: (typeof TRIES)[number]) => grids.map((g) => figureOf(g, how));
  const size = (figures: readonly ClaimFigure[]) =>
    figures.reduce((n, f) => n + (f.set.pictures.show ? f.png.length : 0), 0);
  let figures = made(TRIES[0]);
  for (const how of TRIES.slice(1)) if (size(figures) > MOST) figures = made(how);
  return figures;
}

/** Panels of a set: rows of objects, columns of arms; null where an arm was not run. */
interface Grid extends Omit<ClaimFigure, 'png'> {
  readonly panels: readonly (readonly (RgbImage | null)[])[];
}

async function gridOf(plan: ClaimPlan, scores: readonly ClaimScore[], set: ClaimSet): Promise<Grid | null> {
  const arms = plan.arms.filter((a) => a.group === 'main');
  const paths = arms.map((of) => {
    const first = scores.find((s) => s.of === of && s.set === set && s.prompt === plan.prompts[0]);
    return first?.seed === plan.seeds[0] ? first.paths[0] : null;
  });
  const found = await Promise.all(paths.map((p) => (p === null ? [] : readPanels(p))));
  const some = found.findIndex((f) => f.length > 0);
  if (some < 0) return null;
  const at = paths[some]!;
  const panels = await Promise.all(
    found[some].map(async (_, k) => [
      await panel(at, panelFile(k, 'image')),
      ...(await Promise.all(paths.map((p, a) => (p !== null && found[a][k] ? panel(p, panelFile(k, 'mask')) : null)))),
      await panel(at, panelFile(k, 'truth')),
    ]),
  );
  const rows = found[some].map((info, k) => ({ info, dice: found.map((f) => f[k]?.dice ?? null) }));
  return { set, columns: ['image and prompt', ...arms.map((a) => a.title), 'truth'], rows, panels };
}

async function panel(path: string, file: string): Promise<RgbImage> {
  return toRgb8(await decodeImage(new Blob([await readFile(join(path, file))]), file));
}

function figureOf({ panels, rows, ...of }: Grid, how: (typeof TRIES)[number]): ClaimFigure {
  return { ...of, rows: rows.slice(0, how.rows), png: sheet(panels.slice(0, how.rows), how.levels) };
}

/** Panels on white, each in a square cell; an arm that was not run leaves its cell empty. */
function sheet(panels: Grid['panels'], levels: number): Uint8Array {
  const step = PANEL + GAP;
  const width = panels[0].length * step - GAP;
  const heights = panels.map((row) => Math.max(...row.map((p) => p?.height ?? 0)));
  const height = heights.reduce((sum, h) => sum + h + GAP, -GAP);
  const data = new Uint8Array(3 * width * height).fill(255);
  const grain = 255 / (levels - 1);
  let top = 0;
  for (const [r, row] of panels.entries()) {
    for (const [c, p] of row.entries()) {
      if (!p) continue;
      for (let y = 0; y < p.height; y++) {
        const to = 3 * ((top + y) * width + c * step);
        const line = p.data.subarray(3 * y * p.width, 3 * (y + 1) * p.width);
        line.forEach((v, i) => {
          data[to + i] = Math.round(Math.round(v / grain) * grain);
        });
      }
    }
    top += heights[r] + GAP;
  }
  return encodePng({ width, height, data });
}

/** The part of RESULTS.md with the pictures that may be shown, and the names of the sets whose may not. */
export function figuresMarkdown(figures: readonly ClaimFigure[], prompt: string): string {
  if (!figures.length) return '';
  const shown = figures.filter((f) => f.set.pictures.show).map(figureMarkdown);
  const held = figures.flatMap(({ set }) => (set.pictures.show ? [] : [`- ${set.name} (${set.pictures.reason})`]));
  const left = [
    'Left out here, because their licences do not let everybody show them; the figures lie beside the runs:',
    '',
    ...held,
  ];
  const head = `## Figures, prompt ${prompt}, first seed`;
  const how = 'One object a row, chosen by its place in the list, not by its score. An empty cell was not run.';
  return [head, how, ...shown, ...(held.length ? [left.join('\n')] : [])].join('\n\n');
}

function figureMarkdown({ set, columns, rows }: ClaimFigure): string {
  const credit = set.pictures.show ? set.pictures.credit : '';
  const scored = rows.map(({ info, dice }) => {
    const numbers = dice.map((d, a) => (d === null ? '' : `${columns[a + 1]} ${d.toFixed(3)}`)).filter(Boolean);
    return `- ${info.id}, ${info.className}: Dice ${numbers.join(', ')}`;
  });
  const alt = `${set.name}: ${columns.join(', ')}`;
  return [
    `### ${set.name}`,
    `Columns: ${columns.join(' · ')}`,
    `![${alt}](${figureFile(set)})`,
    scored.join('\n'),
    `Pictures: ${credit}.`,
  ].join('\n\n');
}

/** Where a set's picture lies beside RESULTS.md. */
export const figureFile = (set: ClaimSet): string => `results/${set.name}.png`;
