/** What the engine is told to draw of a volume, and how its look is changed. No DOM. */
import { clipBox, FIRST_VOLUME_LOOK, VOLUME_VIEW, type VolumeLook } from './document/volumeLook';
import type { VolumeDetail, VolumeState } from './protocol';
import { type AppState, shownCase } from './state';
import type { Store } from './store';
import { viewsIn } from './view';
import type { Extent } from './viewTransform';

/** The look of a case. */
export function volumeLookOf(s: Pick<AppState, 'volumes'>, id: string): VolumeLook {
  return s.volumes.get(id) ?? FIRST_VOLUME_LOOK;
}

/** Changes the look of the shown case. */
export function changeVolume(store: Store<AppState>, change: (look: VolumeLook) => Partial<VolumeLook>): void {
  const s = store.get();
  const open = shownCase(s);
  if (!open) return;
  const look = volumeLookOf(s, open.info.id);
  store.set({ volumes: new Map(s.volumes).set(open.info.id, { ...look, ...change(look) }) });
}

/** On processors a quick picture must not keep others waiting, and a fine one comes in many small pieces. */
const SOFTWARE: VolumeDetail = {
  quick: { side: 128, step: 1.5, linear: 0 },
  fine: { side: 360, step: 0.75, linear: 1 },
  rays: 6000,
};
const HARDWARE: VolumeDetail = {
  quick: { side: 512, step: 1, linear: 1 },
  fine: { side: 2048, step: 0.5, linear: 2 },
  rays: 200_000,
};

/** The state of the view on a canvas of `size` CSS pixels with `ratio` device pixels each; null where it is not to be seen. */
export function volumeState(s: AppState, size: Extent, ratio: number, moving: boolean): VolumeState | null {
  const open = shownCase(s);
  if (!open || !viewsIn(s.layout, open.info).some((v) => v.id === VOLUME_VIEW)) return null;
  const look = volumeLookOf(s, open.info.id);
  const seen = open.timeline.now.objects.filter((o) => !s.hidden && !o.hidden && o.masks.size > 0);
  return {
    ...{ kind: 'volume', case: open.info.id, mode: look.mode, camera: look.camera, density: look.density, moving },
    ...{ width: Math.max(1, Math.round(size.width * ratio)), height: Math.max(1, Math.round(size.height * ratio)) },
    ...{ window: open.look.window, clip: clipBox(open.info, look) },
    opacities: seen.map((o) => [o.id, look.opacities.get(o.id) ?? 1] as const),
    detail: s.info?.software === false ? HARDWARE : SOFTWARE,
  };
}
