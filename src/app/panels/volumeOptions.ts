/** What the 3-D view shows: density, the part that is cut out, opacity of each object. */
import { axesOf } from '../../data/affine';
import { type App, follow } from '../app';
import type { CaseInfo } from '../document/caseInfo';
import type { LabelObject } from '../document/document';
import { FIRST_VOLUME_LOOK, VOLUME_VIEW, type VolumeLook, withClip } from '../document/volumeLook';
import { el, setShown } from '../dom';
import type { Panel } from '../panel';
import { shownCase } from '../state';
import { viewsIn } from '../view';
import { changeVolume, volumeLookOf } from '../volumeState';

/** The panel. */
export const panel: Panel = { id: 'volume-options', place: 'segment', title: '3-D view', order: 40, mount };

const AXES = [0, 1, 2] as const;
const ENDS = [0, 1] as const;

const slider = (label: string, title: string, min: number, max: number, step: number) =>
  el('input', {
    ...{ type: 'range', title, min: String(min), max: String(max), step: String(step) },
    attrs: { 'aria-label': label },
  });

function mount(host: HTMLElement, app: App): void {
  const { store } = app;
  const density = slider('Density', 'How fast tissue becomes opaque', -2, 2, 0.1);
  density.addEventListener('input', () => changeVolume(store, () => ({ density: 2 ** density.valueAsNumber })));
  const densityRow = el('label', { className: 'volume-row' }, el('span', {}, 'Density'), density);
  const clip = AXES.map((axis) => clipRow(app, axis));
  const whole = el('button', { type: 'button', className: 'plain small', title: 'Cut nothing away' }, 'Whole volume');
  whole.addEventListener('click', () => changeVolume(store, () => ({ clip: FIRST_VOLUME_LOOK.clip })));
  const objects = el('div', { className: 'volume-objects' });
  host.append(densityRow, ...clip.map((c) => c.row), whole, objects);
  const showObjects = makeObjects(objects, app);
  follow(app, (s) => {
    const open = shownCase(s);
    const seen = open !== null && viewsIn('all', open.info).some((v) => v.id === VOLUME_VIEW);
    setShown(host.parentElement ?? host, seen);
    if (!open || !seen) return;
    const look = volumeLookOf(s, open.info.id);
    setShown(densityRow, look.mode === 'shaded');
    density.value = String(Math.log2(look.density));
    for (const c of clip) c.show(open.info, look);
    whole.disabled = look.clip.every(([from, to]) => from === 0 && to === 1);
    showObjects(
      open.timeline.now.objects.filter((o) => o.masks.size > 0),
      look,
    );
  });
}

/** Words for the directions of the patient. */
const WORDS: Readonly<Record<string, string>> = {
  ...{ L: 'left', R: 'right', A: 'front', P: 'back', S: 'top', I: 'bottom' },
};
const OPPOSITE: Readonly<Record<string, string>> = { L: 'R', R: 'L', A: 'P', P: 'A', S: 'I', I: 'S' };

/** Two sliders that cut an axis of the grid from either end. */
function clipRow({ store }: App, axis: 0 | 1 | 2) {
  const letters = ENDS.map(() => el('b', {}));
  const sliders = ENDS.map((end) => {
    const made = slider('', '', 0, 1, 0.01);
    made.addEventListener('input', () => changeVolume(store, (look) => withClip(look, axis, end, made.valueAsNumber)));
    return made;
  });
  const row = el('div', { className: 'volume-row clip' }, letters[0], ...sliders, letters[1]);
  return {
    row,
    show({ affine }: CaseInfo, look: VolumeLook) {
      const far = axesOf(affine)[axis];
      for (const [end, letter] of [OPPOSITE[far], far].entries()) {
        letters[end].textContent = letter;
        const words = `Cut away from the ${WORDS[letter]}`;
        sliders[end].setAttribute('aria-label', words);
        sliders[end].title = words;
        sliders[end].value = String(look.clip[axis][end]);
      }
    },
  };
}

/** One slider for each object; made anew when there are others, or other names. */
function makeObjects(host: HTMLElement, { store }: App) {
  let shown: readonly LabelObject[] = [];
  let sliders: HTMLInputElement[] = [];
  const same = (a: readonly LabelObject[], b: readonly LabelObject[]) =>
    a.length === b.length && a.every((o, i) => o.id === b[i].id && o.name === b[i].name);
  return (objects: readonly LabelObject[], look: VolumeLook) => {
    if (!same(objects, shown)) {
      shown = objects;
      sliders = objects.map(({ id, name }) => {
        const made = slider(`Opacity of ${name} in 3-D`, 'Opacity of this object in 3-D', 0, 1, 0.05);
        made.addEventListener('input', () =>
          changeVolume(store, ({ opacities }) => ({ opacities: new Map(opacities).set(id, made.valueAsNumber) })),
        );
        return made;
      });
      host.replaceChildren(
        ...objects.map((o, i) => el('label', { className: 'volume-row' }, el('span', {}, o.name), sliders[i])),
      );
    }
    for (const [i, o] of objects.entries()) sliders[i].value = String(look.opacities.get(o.id) ?? 1);
  };
}
