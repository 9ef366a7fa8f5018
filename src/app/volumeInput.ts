/** Pointer, wheel, two fingers and keys on a volume view: they turn, move and zoom the camera, and a click goes to what is seen. */
import type { Triple } from '../data/affine';
import { type Camera, FIRST_CAMERA, panBy, turn, zoomBy } from './document/camera';
import { diagonalOf, raysOf } from './document/rays';
import { makePinch } from './pinch';
import { shownCase } from './state';
import { changeVolume } from './volumeState';
import type { VolumeHandle } from './volumeView';

/** Starts listening on the view's upper canvas. */
export function listenToVolume(h: VolumeHandle): void {
  listenToPointer(h);
  listenToKeys(h);
  h.canvas.addEventListener(
    'wheel',
    (e) => {
      e.preventDefault();
      move(h, (c) => zoomBy(c, Math.exp(-e.deltaY * 0.0015)));
    },
    { passive: false },
  );
}

const move = ({ app }: VolumeHandle, change: (c: Camera) => Camera): void =>
  changeVolume(app.store, ({ camera }) => ({ camera: change(camera) }));

/** Degrees for each CSS pixel: about half a turn across the view. */
const TURN = 0.45;
/** CSS pixels: what moves less is a click. */
const CLICK = 4;

interface Drag {
  readonly pan: boolean;
  readonly start: readonly [number, number];
  at: readonly [number, number];
}

function listenToPointer(h: VolumeHandle): void {
  const { canvas } = h;
  let drag: Drag | null = null;
  let moved = false;
  /** The crosshair before the latest click: a double click means another thing. */
  let before: Triple | null = null;
  const pinch = makePinch(({ dx, dy, factor }) => {
    pan(h, dx, dy);
    move(h, (c) => zoomBy(c, factor));
  });
  canvas.addEventListener('contextmenu', (e) => e.preventDefault());
  canvas.addEventListener('pointerdown', (e) => {
    const at = [e.offsetX, e.offsetY] as const;
    canvas.setPointerCapture(e.pointerId);
    if (e.pointerType === 'touch' && pinch.down(e.pointerId, { x: at[0], y: at[1] })) {
      drag = null;
      moved = true;
      return;
    }
    drag = { pan: e.shiftKey || e.button !== 0, start: at, at };
    moved = false;
    if (e.button === 1) e.preventDefault();
  });
  canvas.addEventListener('pointermove', (e) => {
    if (pinch.move(e.pointerId, { x: e.offsetX, y: e.offsetY }) || !drag) return;
    const at = [e.offsetX, e.offsetY] as const;
    moved ||= Math.hypot(at[0] - drag.start[0], at[1] - drag.start[1]) >= CLICK;
    if (moved) dragBy(h, drag, at);
  });
  for (const end of ['pointerup', 'pointercancel'] as const)
    canvas.addEventListener(end, (e) => {
      pinch.up(e.pointerId);
      drag = null;
    });
  canvas.addEventListener('click', (e) => {
    if (moved || e.shiftKey || e.detail > 1) return;
    before = shownCase(h.app.store.get())?.look.cross ?? null;
    void goTo(h, e.offsetX, e.offsetY);
  });
  canvas.addEventListener('dblclick', () => {
    reset(h);
    if (before) h.app.control.setLook({ cross: before });
    before = null;
  });
}

function dragBy(h: VolumeHandle, drag: Drag, at: readonly [number, number]): void {
  const [dx, dy] = [at[0] - drag.at[0], at[1] - drag.at[1]];
  drag.at = at;
  if (drag.pan) pan(h, dx, dy);
  else move(h, (c) => turn(c, TURN * dx, TURN * dy));
}

/** Moves what is seen by CSS pixels. */
function pan(h: VolumeHandle, dx: number, dy: number): void {
  const open = shownCase(h.app.store.get());
  if (!open) return;
  const reach = diagonalOf(open.info) / 2;
  move(h, (c) => {
    const { mm } = raysOf(open.info, c, h.size);
    return panBy(c, dx * mm, dy * mm, reach);
  });
}

function reset(h: VolumeHandle): void {
  move(h, () => FIRST_CAMERA);
}

/** Sets the crosshair to what is seen at CSS pixels of the canvas, so that the planes go there. */
async function goTo({ app, told }: VolumeHandle, x: number, y: number): Promise<void> {
  const open = shownCase(app.store.get());
  if (!open || told?.case !== open.info.id) return;
  const ratio = devicePixelRatio;
  try {
    const cross = await app.client.call('pickVoxel', { state: told, x: x * ratio, y: y * ratio });
    if (cross && app.store.get().shown === open.info.id) app.control.setLook({ cross });
  } catch (error) {
    app.control.report(error, 'while looking for what was clicked');
  }
}

/** Degrees for each press of an arrow key. */
const KEY_TURN = 10;

const ARROWS: Readonly<Record<string, readonly [right: number, down: number]>> = {
  ArrowLeft: [-KEY_TURN, 0],
  ArrowRight: [KEY_TURN, 0],
  ArrowUp: [0, -KEY_TURN],
  ArrowDown: [0, KEY_TURN],
};
const ZOOMS: Readonly<Record<string, number>> = { '+': 1.25, '=': 1.25, '-': 0.8, '−': 0.8 };

function listenToKeys(h: VolumeHandle): void {
  h.canvas.addEventListener('keydown', (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey) return;
    const arrow = ARROWS[e.key];
    if (arrow && e.shiftKey) pan(h, 2 * arrow[0], 2 * arrow[1]);
    else if (arrow) move(h, (c) => turn(c, ...arrow));
    else if (ZOOMS[e.key]) move(h, (c) => zoomBy(c, ZOOMS[e.key]));
    else if (e.key.toLowerCase() === 'r') reset(h);
    else if (e.key === 'Enter') void goTo(h, h.size.width / 2, h.size.height / 2);
    else return;
    // The page's shortcuts mean the planes.
    e.preventDefault();
    e.stopPropagation();
  });
}
