/**
 * A volume on the page: a canvas that the engine draws it on, and over it one for the planes' outlines and the cube that
 * says where the patient looks; what is drawn, and the standard views. Turns pointer and keys into camera.
 */
import { makeAloneButton } from './aloneButton';
import { type App, follow } from './app';
import { axesOf, FIRST_CAMERA, lettersOf, type Side, STANDARD_VIEWS, zoomBy } from './document/camera';
import { VOLUME_VIEW, type VolumeMode } from './document/volumeLook';
import { el, setText } from './dom';
import type { VolumeState } from './protocol';
import { shownCase } from './state';
import type { MountedView } from './view';
import type { Extent } from './viewTransform';
import { listenToVolume } from './volumeInput';
import { paintVolumeOverlay } from './volumeOverlay';
import { changeVolume, volumeLookOf, volumeState } from './volumeState';

/** Milliseconds without a change after which the fine picture is drawn. */
const REST = 160;

const MODES: readonly (readonly [mode: VolumeMode, label: string, about: string])[] = [
  ['shaded', 'Shaded', 'Tissue within the window, shaded; darker is more transparent'],
  ['mip', 'MIP', 'Maximum intensity projection: the brightest value along each ray'],
  ['masks', 'Masks', 'Surfaces of the objects alone'],
];

const SIDES: Readonly<Record<Side, string>> = {
  ...{ A: 'From the front (anterior)', P: 'From behind (posterior)', L: 'From the patient’s left' },
  ...{ R: 'From the patient’s right', S: 'From above (superior)', I: 'From below (inferior)' },
};

/** A volume view as its listeners see it. */
export interface VolumeHandle {
  readonly app: App;
  readonly canvas: HTMLCanvasElement;
  /** CSS pixels. */
  size: Extent;
  /** The state that the engine was told last; null: nothing is shown. */
  told: VolumeState | null;
  /** Draws at the next frame. */
  redraw(): void;
}

/** Makes the view. */
export function makeVolumeView(app: App): MountedView {
  const parts = elementsOf(app);
  const handle: VolumeHandle = {
    ...{ app, canvas: parts.overlay, size: { width: 1, height: 1 }, told: null, redraw: () => {} },
  };
  const picture = makePicture(handle, parts.picture);
  let scheduled = false;
  handle.redraw = () => {
    if (scheduled) return;
    scheduled = true;
    requestAnimationFrame(() => {
      scheduled = false;
      picture();
      paintVolumeOverlay(handle);
    });
  };
  new ResizeObserver(([entry]) => {
    const { width, height } = entry.contentRect;
    handle.size = { width: Math.max(1, width), height: Math.max(1, height) };
    parts.overlay.width = Math.round(handle.size.width * devicePixelRatio);
    parts.overlay.height = Math.round(handle.size.height * devicePixelRatio);
    handle.redraw();
  }).observe(parts.overlay);
  listenToVolume(handle);
  follow(app, () => {
    update(app, parts);
    handle.redraw();
  });
  return {
    element: parts.element,
    zoom: (factor) => changeVolume(app.store, ({ camera }) => ({ camera: zoomBy(camera, factor) })),
    showAll: () =>
      changeVolume(app.store, ({ camera }) => ({
        camera: { ...camera, zoom: FIRST_CAMERA.zoom, focus: FIRST_CAMERA.focus },
      })),
  };
}

type Parts = ReturnType<typeof elementsOf>;

function elementsOf(app: App) {
  const { store } = app;
  const picture = el('canvas', { className: 'picture', attrs: { 'aria-hidden': 'true' } });
  const overlay = el('canvas', {
    id: `canvas-${VOLUME_VIEW}`,
    className: 'overlay',
    tabIndex: 0,
    attrs: {
      role: 'application',
      'aria-label':
        'Volume. Arrow keys turn it, plus and minus zoom, R resets the view, Enter sets the crosshair to what is seen in the middle.',
    },
  });
  const letters = ['left', 'right', 'top', 'bottom'].map((side) => el('span', { className: `letter letter-${side}` }));
  const pose = el('output', { className: 'unseen', attrs: { 'aria-label': 'Seen from' } });
  const modes = MODES.map(([mode, label, about]) => {
    const button = el('button', { type: 'button', title: about }, label);
    button.addEventListener('click', () => changeVolume(store, () => ({ mode })));
    return { mode, button };
  });
  const sides = (Object.keys(SIDES) as Side[]).map((side) => {
    const button = el('button', { type: 'button', className: 'square', title: SIDES[side] }, side);
    button.setAttribute('aria-label', SIDES[side]);
    button.addEventListener('click', () =>
      changeVolume(store, ({ camera }) => ({ camera: { ...camera, ...STANDARD_VIEWS[side] } })),
    );
    return button;
  });
  const group = (label: string, buttons: readonly HTMLElement[]) =>
    el('fieldset', { className: 'segments', attrs: { 'aria-label': label } }, ...buttons);
  const bar = el(
    'div',
    { className: 'volume-bar' },
    group(
      'How the volume is drawn',
      modes.map((m) => m.button),
    ),
    group('Standard views', sides),
  );
  const element = el(
    'div',
    { className: 'volume-view' },
    picture,
    overlay,
    ...letters,
    pose,
    makeAloneButton(app, VOLUME_VIEW, '3-D'),
    bar,
  );
  return { element, picture, overlay, letters, pose, modes };
}

function update({ store }: App, { letters, pose, modes }: Parts): void {
  const s = store.get();
  const open = shownCase(s);
  if (!open) return;
  const { camera, mode } = volumeLookOf(s, open.info.id);
  const { right, up, near } = axesOf(camera);
  const name = (v: readonly number[], sign: 1 | -1) => lettersOf([sign * v[0], sign * v[1], sign * v[2]]);
  for (const [i, text] of [name(right, -1), name(right, 1), name(up, 1), name(up, -1)].entries())
    setText(letters[i], text);
  setText(pose, name(near, 1));
  for (const m of modes) m.button.setAttribute('aria-pressed', String(m.mode === mode));
}

/** Hands the lower canvas to the engine and tells it what to show whenever that changes: quickly first, finely once it rests. */
function makePicture(h: VolumeHandle, picture: HTMLCanvasElement): () => void {
  const { client, control, store } = h.app;
  const canvas = picture.transferControlToOffscreen();
  client.call('attach', { view: VOLUME_VIEW, canvas }, { transfer: [canvas] }).catch(control.report);
  let told = 'null';
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tell = (state: VolumeState | null) => {
    h.told = state;
    client.call('draw', { view: VOLUME_VIEW, state }).catch(control.report);
  };
  return () => {
    const state = volumeState(store.get(), h.size, devicePixelRatio, true);
    const text = JSON.stringify(state);
    if (text === told) return;
    told = text;
    clearTimeout(timer);
    tell(state);
    if (state) timer = setTimeout(() => tell({ ...state, moving: false }), REST);
  };
}
