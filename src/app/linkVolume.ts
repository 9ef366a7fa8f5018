/** The look of a volume view as parts of a link, and back; what makes no sense is passed over. */
import { type Camera, FIRST_CAMERA, panBy, turn, zoomBy } from './document/camera';
import { FIRST_VOLUME_LOOK, type Part, type VolumeLook, type VolumeMode } from './document/volumeLook';

const MODES: readonly VolumeMode[] = ['shaded', 'mip', 'masks'];

/** Bounds of the density's slider. */
const DENSITY = { min: 1 / 4, max: 4 } as const;

/** To a hundredth: what nobody sees need not be in an address. */
const short = (v: number) => Math.round(100 * v) / 100;

const cameraText = ({ azimuth, elevation, zoom, focus }: Camera) =>
  [azimuth, elevation, zoom, ...focus].map(short).join();

/** Adds what differs from the first look. */
export function addVolume(out: URLSearchParams, look: VolumeLook): void {
  const camera = cameraText(look.camera);
  if (camera !== cameraText(FIRST_CAMERA)) out.set('camera', camera);
  if (look.mode !== FIRST_VOLUME_LOOK.mode) out.set('draw', look.mode);
  if (short(look.density) !== FIRST_VOLUME_LOOK.density) out.set('density', String(short(look.density)));
  if (`${look.clip}` !== `${FIRST_VOLUME_LOOK.clip}`) out.set('cut', look.clip.flat().map(short).join());
}

/** What a link says of it, held within what can be looked at. */
export function volumeFrom(q: URLSearchParams): Partial<VolumeLook> {
  const mode = MODES.find((m) => m === q.get('draw'));
  const camera = numbers(q.get('camera'), 6);
  const [density] = numbers(q.get('density'), 1) ?? [];
  const clip = clipFrom(numbers(q.get('cut'), 6));
  return {
    ...(camera ? { camera: cameraFrom(camera) } : {}),
    ...(mode ? { mode } : {}),
    ...(density > 0 ? { density: Math.min(DENSITY.max, Math.max(DENSITY.min, density)) } : {}),
    ...(clip ? { clip } : {}),
  };
}

/** Finite numbers, apart by commas; null where there are not as many. */
export function numbers(text: string | null, count: number): number[] | null {
  const found = text?.split(',').map(Number) ?? [];
  return found.length === count && found.every(Number.isFinite) ? found : null;
}

function cameraFrom([azimuth, elevation, zoom, x, y, z]: readonly number[]): Camera {
  const front: Camera = { azimuth: 0, elevation: 0, zoom: 1, focus: [x, y, z] };
  return panBy(zoomBy(turn(front, -azimuth, elevation), zoom), 0, 0, REACH);
}

/** Millimetres from the volume's centre beyond which nothing is seen. */
const REACH = 2000;

function clipFrom(all: readonly number[] | null): VolumeLook['clip'] | null {
  const parts = all && ([0, 2, 4].map((i): Part => [all[i], all[i + 1]]) as unknown as VolumeLook['clip']);
  return parts?.every(([from, to]) => from >= 0 && to <= 1 && from < to) ? parts : null;
}
