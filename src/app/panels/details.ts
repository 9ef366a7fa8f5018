/** What the file of the shown case says of itself, and what a person should know about it. */
import { axesOf, spacingOf } from '../../data/affine';
import { type App, follow } from '../app';
import type { CaseInfo } from '../document/caseInfo';
import { el } from '../dom';
import type { Panel } from '../panel';
import { shownCase } from '../state';

/** The panel. */
export const panel: Panel = { id: 'details', place: 'left', title: '', order: 30, mount };

function mount(host: HTMLElement, app: App): void {
  const list = el('dl', { className: 'facts' });
  const box = el('details', {}, el('summary', {}, 'About this image'), list);
  host.append(box);
  follow(app, (s, before) => {
    const info = shownCase(s)?.info;
    if (before && info === shownCase(before)?.info) return;
    box.hidden = !info;
    const rows = info ? factsOf(info) : [];
    list.replaceChildren(...rows.flatMap(([name, text]) => [el('dt', {}, name), el('dd', {}, text)]));
  });
}

const short = (v: number) => String(Number(v.toPrecision(5)));

/** Names and values, as people read them. */
export function factsOf({ name, kind, range, source, plane }: CaseInfo): [string, string][] {
  const [width, height, slices] = source.dims;
  const rows: [string, string][] = [
    ['Name', name],
    ['Format', source.format],
  ];
  if (kind === 'image') return [...rows, ['Size', `${width} × ${height} px`]];
  rows.push(['Size', `${width} × ${height} × ${slices} voxels`]);
  if (source.affine) {
    rows.push(['Spacing', `${spacingOf(source.affine).map(short).join(' × ')} mm`]);
    rows.push(['Axes', `${axesOf(source.affine)} in the file; best seen ${plane}`]);
  }
  rows.push(['Values', `${short(range[0])} to ${short(range[1])}`]);
  return [...rows, ...source.notes.map((note): [string, string] => ['Note', note])];
}
