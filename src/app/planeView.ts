/**
 * One plane on the page: a canvas that the engine draws the slice on, and over it one for points and tools; slider and
 * letters. Turns pointer and keys into tool events and views.
 */
import type { Plane } from '../data/volumeReorient';
import { makeAloneButton } from './aloneButton';
import { type App, follow } from './app';
import { planesOf, sliceOf } from './document/look';
import { extentOf, obliqueText, planeOf } from './document/planes';
import { el, setText } from './dom';
import { makeOverlay } from './overlay';
import { listenToPlane } from './planeInput';
import { planeState } from './planeState';
import { makeProbe } from './probe';
import { makeSliceEntry } from './sliceEntry';
import { paintSliceMap } from './sliceMap';
import { shownCase } from './state';
import type { ToolEvent } from './tool';
import type { MountedView } from './view';
import { type Extent, fitImage, type ViewTransform, zoomAt } from './viewTransform';
import { windowText } from './windowPresets';

/** CSS pixels around the whole slice. */
const MARGIN = 8;

/** A plane as its listeners and overlay see it. */
export interface PlaneHandle {
  readonly plane: Plane;
  readonly canvas: HTMLCanvasElement;
  readonly app: App;
  /** CSS pixels. */
  size: Extent;
  /** The keyboard's cross in pixels of the slice; null while the keyboard is elsewhere. */
  cursor: { readonly x: number; readonly y: number } | null;
  /** From screen units of the plane to CSS pixels. */
  view(): ViewTransform;
  setView(view: ViewTransform): void;
  zoomAt(factor: number, x: number, y: number): void;
  /** Shows what is under the pointer; null: it left. */
  probe(e: ToolEvent | null): void;
  /** Draws both canvases at the next frame. */
  redraw(): void;
}

/** Makes the view of `plane`, called `label`. */
export function makePlaneView(app: App, plane: Plane, label: string): MountedView {
  const parts = elementsOf(app, plane, label);
  const handle = handleOf(app, plane, parts.overlay);
  const paint = makeOverlay(handle);
  handle.probe = makeProbe(app, parts.probe);
  const picture = makePicture(app, plane, parts.picture, handle);
  let scheduled = false;
  handle.redraw = () => {
    if (scheduled) return;
    scheduled = true;
    requestAnimationFrame(() => {
      scheduled = false;
      picture();
      paint();
    });
  };
  new ResizeObserver(([entry]) => {
    const { width, height } = entry.contentRect;
    handle.size = { width: Math.max(1, width), height: Math.max(1, height) };
    parts.overlay.width = Math.round(handle.size.width * devicePixelRatio);
    parts.overlay.height = Math.round(handle.size.height * devicePixelRatio);
    handle.redraw();
  }).observe(parts.overlay);
  listenToPlane(handle);
  parts.slider.addEventListener('input', () => app.control.setSlice(plane, parts.slider.valueAsNumber));
  follow(app, ({ panning }) => {
    updateParts(app, plane, parts);
    parts.overlay.style.cursor = panning ? 'grab' : '';
    handle.redraw();
  });
  return {
    element: parts.element,
    zoom: (factor) => handle.zoomAt(factor, handle.size.width / 2, handle.size.height / 2),
    actualSize() {
      const factor = 1 / (handle.view().scale * devicePixelRatio);
      handle.zoomAt(factor, handle.size.width / 2, handle.size.height / 2);
    },
    showAll() {
      const open = shownCase(app.store.get());
      if (!open) return;
      const { [plane]: _, ...views } = open.look.views;
      app.control.setLook({ views });
    },
  };
}

type Parts = ReturnType<typeof elementsOf>;

function elementsOf(app: App, plane: Plane, label: string) {
  const picture = el('canvas', { className: 'picture', attrs: { 'aria-hidden': 'true' } });
  const overlay = el('canvas', {
    id: `canvas-${plane}`,
    className: 'overlay',
    tabIndex: 0,
    attrs: {
      role: 'application',
      'aria-label': `${label} slice. Arrow keys move a cross, with Ctrl by one pixel. Enter uses the tool there, Alt Enter means the opposite, Escape gives up. Page up and down change the slice.`,
    },
  });
  const letters = ['left', 'right', 'top', 'bottom'].map((side) => el('span', { className: `letter letter-${side}` }));
  const slider = el('input', { type: 'range', min: '0', step: '1', attrs: { 'aria-label': `${label} slice` } });
  const number = makeSliceEntry(label, (slice) => app.control.setSlice(plane, slice));
  const oblique = el('span', { className: 'oblique' });
  const map = el('canvas', { className: 'slice-map', height: 4, attrs: { 'aria-hidden': 'true' } });
  const track = el('span', { className: 'slice-track' }, map, slider);
  const foot = el('div', { className: 'slice-bar' }, el('span', {}, label), oblique, track, number.element);
  const windowed = el('span', { className: 'windowed' });
  const probe = el('output', { className: 'probe', attrs: { 'aria-label': `${label}: what is under the pointer` } });
  const alone = makeAloneButton(app, plane, label);
  const element = el('div', { className: 'plane' }, picture, overlay, ...letters, windowed, probe, alone, foot);
  element.dataset.plane = plane;
  return { element, picture, overlay, letters, slider, number, foot, oblique, map, probe, windowed };
}

function updateParts(app: App, plane: Plane, parts: Parts): void {
  const { letters, slider, number, foot, oblique, map, element, windowed } = parts;
  const s = app.store.get();
  const open = shownCase(s);
  if (!open || !planesOf(open.info).includes(plane)) return;
  const g = planeOf(open.info, plane);
  for (const [i, node] of letters.entries()) setText(node, g.letters[i]);
  foot.hidden = g.slices < 2;
  const slice = sliceOf(open.info, open.look, plane);
  slider.max = String(g.slices - 1);
  slider.value = String(slice);
  number.show(slice, g.slices);
  setText(oblique, obliqueText(open.info));
  oblique.title = 'The slices lie askew in the patient: each letter names the nearest direction';
  element.dataset.kind = open.info.kind;
  setText(windowed, open.info.channels === 1 ? windowText(open.look.window) : '');
  paintSliceMap(map, s, open, plane);
}

function handleOf(app: App, plane: Plane, canvas: HTMLCanvasElement): PlaneHandle {
  const extent = () => {
    const open = shownCase(app.store.get());
    return open ? extentOf(planeOf(open.info, plane)) : { width: 1, height: 1 };
  };
  const fitted = () => fitImage(extent(), handle.size, MARGIN);
  const handle: PlaneHandle = {
    ...{ plane, canvas, app, size: { width: 1, height: 1 }, cursor: null, redraw: () => {}, probe: () => {} },
    view: () => shownCase(app.store.get())?.look.views[plane] ?? fitted(),
    setView(view) {
      const open = shownCase(app.store.get());
      if (open) app.control.setLook({ views: { ...open.look.views, [plane]: view } });
    },
    zoomAt: (factor, x, y) => handle.setView(zoomAt(handle.view(), factor, x, y, fitted().scale)),
  };
  return handle;
}

/** Hands the lower canvas to the engine and tells it what to show whenever that changes. */
function makePicture(app: App, plane: Plane, picture: HTMLCanvasElement, handle: PlaneHandle): () => void {
  const canvas = picture.transferControlToOffscreen();
  const { client, control } = app;
  client.call('attach', { view: plane, canvas }, { transfer: [canvas] }).catch(control.report);
  let told = '';
  return () => {
    const state = planeState(app.store.get(), plane, handle.view(), handle.size, devicePixelRatio);
    const text = JSON.stringify(state);
    if (text === told) return;
    told = text;
    client.call('draw', { view: plane, state }).catch(control.report);
  };
}
