/** Volume in ml and slices of each object of a volume. */
import { type App, follow } from '../app';
import { el, setShown } from '../dom';
import { showCount } from '../format';
import { measuresOf, showMl } from '../objectMeasures';
import type { Panel } from '../panel';
import { shownCase } from '../state';

/** The panel. */
export const panel: Panel = { id: 'measures', place: 'segment', title: 'Volumes', order: 18, mount };

function mount(host: HTMLElement, app: App): void {
  const body = el('tbody', {});
  const head = ['Object', 'Volume', 'Slices'].map((word) => el('th', { scope: 'col' }, word));
  host.append(el('table', { className: 'measures' }, el('thead', {}, el('tr', {}, ...head)), body));
  follow(app, (s, before) => {
    const open = shownCase(s);
    const objects = open?.info.kind === 'volume' ? open.timeline.now.objects : [];
    const was = before && shownCase(before);
    if (was && was.info === open?.info && was.timeline.now.objects === objects) return;
    const rows = objects.flatMap((o) => {
      const m = open && measuresOf(open.info, o);
      if (!m) return [];
      const cells = [o.name, showMl(m.ml), m.first === m.last ? `${m.first + 1}` : `${m.first + 1}–${m.last + 1}`];
      const row = el('tr', { title: `${showCount(m.voxels)} voxels` }, ...cells.map((text) => el('td', {}, text)));
      return [row];
    });
    body.replaceChildren(...rows);
    setShown(host.parentElement ?? host, rows.length > 0);
  });
}
