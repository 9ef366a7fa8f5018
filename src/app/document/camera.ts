/**
 * Where a volume is looked at from: an orbit about a point in the patient, feet down, without perspective. Positions
 * in mm, RAS+ as in `affine.ts`. Pure.
 */
import { mat4d } from 'wgpu-matrix';
import type { Triple } from '../../data/affine';

/** The camera of a volume view. */
export interface Camera {
  /** Degrees about the long axis of the patient: 0 from the front, 90 from the patient's left, 180 from behind. */
  readonly azimuth: number;
  /** Degrees above the horizon, −90 (from the feet) to 90 (from the head). */
  readonly elevation: number;
  /** 1 shows the whole volume. */
  readonly zoom: number;
  /** What is in the middle: mm from the volume's centre. */
  readonly focus: Triple;
}

/** From the front, a little from the left and from above, so that depth is seen. */
export const FIRST_CAMERA: Camera = { azimuth: 25, elevation: 15, zoom: 1, focus: [0, 0, 0] };

/** The standard views by the letter of the side that is seen. From above and below, anterior is up. */
export const STANDARD_VIEWS = {
  A: { azimuth: 0, elevation: 0 },
  P: { azimuth: 180, elevation: 0 },
  L: { azimuth: 90, elevation: 0 },
  R: { azimuth: 270, elevation: 0 },
  S: { azimuth: 180, elevation: 90 },
  I: { azimuth: 0, elevation: -90 },
} as const;

/** A side of the patient. */
export type Side = keyof typeof STANDARD_VIEWS;

/** Closest and farthest zoom. */
const ZOOM = { min: 0.25, max: 20 } as const;

/** Turned by degrees: the near side goes to the right and downwards with positive ones, as if it were dragged. */
export function turn(c: Camera, right: number, down: number): Camera {
  const azimuth = (((c.azimuth - right) % 360) + 360) % 360;
  return { ...c, azimuth, elevation: Math.min(90, Math.max(-90, c.elevation + down)) };
}

/** Zoomed by a factor about the middle, within bounds. */
export function zoomBy(c: Camera, factor: number): Camera {
  return { ...c, zoom: Math.min(ZOOM.max, Math.max(ZOOM.min, c.zoom * factor)) };
}

/** Moved so that what is seen goes `right` and `down` by mm, at most `reach` mm from the centre along each axis. */
export function panBy(c: Camera, right: number, down: number, reach = Number.POSITIVE_INFINITY): Camera {
  const axes = axesOf(c);
  const focus = c.focus.map((v, i) =>
    Math.min(reach, Math.max(-reach, v - right * axes.right[i] + down * axes.up[i])),
  ) as unknown as Triple;
  return { ...c, focus };
}

/** Unit vectors of the screen in the patient. */
export interface CameraAxes {
  readonly right: Triple;
  readonly up: Triple;
  /** Towards the viewer. */
  readonly near: Triple;
}

/** Where right, up and near point in the patient. */
export function axesOf({ azimuth, elevation }: Pick<Camera, 'azimuth' | 'elevation'>): CameraAxes {
  const [sa, ca, se, ce] = [azimuth, elevation].flatMap((v) => [
    Math.sin((v * Math.PI) / 180),
    Math.cos((v * Math.PI) / 180),
  ]);
  // The head's direction as the viewer sees it: also defined when looking along it.
  const m = mat4d.lookAt([-sa * ce, ca * ce, se], [0, 0, 0], [sa * se, -ca * se, ce]);
  const row = (r: number): Triple => [m[r], m[4 + r], m[8 + r]];
  return { right: row(0), up: row(1), near: row(2) };
}

const LETTERS = ['LR', 'PA', 'IS'] as const;

/** An axis counts in a direction's name from this cosine on. */
const CLEAR = 0.38;

/** The direction in letters, the clearest first: A, LA, … */
export function lettersOf(direction: Triple): string {
  return [0, 1, 2]
    .filter((i) => Math.abs(direction[i]) > CLEAR)
    .sort((a, b) => Math.abs(direction[b]) - Math.abs(direction[a]))
    .map((i) => LETTERS[i][direction[i] > 0 ? 1 : 0])
    .join('');
}
