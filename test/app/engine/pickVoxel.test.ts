import { expect, test } from 'vitest';
import { FIRST_CAMERA, STANDARD_VIEWS } from '../../../src/app/document/camera';
import { pixelOf, raysOf } from '../../../src/app/document/rays';
import { pickVoxel } from '../../../src/app/engine/pickVoxel';
import type { VolumeState } from '../../../src/app/protocol';
import { volumeInfo } from '../cases';

// LPS: axis 0 to the left, 1 to the back, 2 to the head.
const dims = [20, 16, 12] as const;
const info = volumeInfo('v', {
  ...{ dims, range: [0, 100], window: [0, 100], spacing: [1, 1, 2] },
  affine: [
    [-1, 0, 0, 0],
    [0, -1, 0, 0],
    [0, 0, 2, 0],
    [0, 0, 0, 1],
  ],
});
const indexAt = (i: number, j: number, k: number) => i + 20 * (j + 16 * k);

const filled = (set: (values: Float32Array<ArrayBuffer>, labels: Uint8Array<ArrayBuffer>) => void) => {
  const [values, labels] = [new Float32Array(20 * 16 * 12), new Uint8Array(20 * 16 * 12)];
  set(values, labels);
  return { info, values, labels };
};

const state = (change: Partial<VolumeState> = {}): VolumeState => ({
  ...{ kind: 'volume', case: 'v', width: 200, height: 200, mode: 'masks', density: 1, window: [0, 100], moving: false },
  ...{ camera: { ...FIRST_CAMERA, ...STANDARD_VIEWS.A }, clip: [[0, 0, 0], dims], opacities: [[1, 1]] },
  detail: { quick: { side: 16, step: 2, linear: 0 }, fine: { side: 64, step: 0.5, linear: 2 }, rays: 1 },
  ...change,
});

/** Picks where the middle of a voxel is seen. */
const at = (c: ReturnType<typeof filled>, voxel: readonly [number, number, number], s: VolumeState) => {
  const [x, y] = pixelOf(raysOf(info, s.camera, s), [voxel[0] + 0.5, voxel[1] + 0.5, voxel[2] + 0.5]);
  return pickVoxel(c, s, x, y);
};

test('of masks the first voxel that is met, from either side', () => {
  const c = filled((_, labels) => {
    labels.fill(1, indexAt(0, 5, 6), indexAt(0, 9, 6));
  });
  expect(at(c, [3, 0, 6], state())).toEqual([3, 5, 6]);
  expect(at(c, [3, 0, 6], state({ camera: { ...FIRST_CAMERA, ...STANDARD_VIEWS.P } }))).toEqual([3, 8, 6]);
  expect(at(c, [3, 0, 2], state())).toBeNull();
  expect(at(c, [3, 0, 6], state({ opacities: [] }))).toBeNull();
  expect(at(c, [3, 0, 6], state({ clip: [[0, 7, 0], dims] }))).toEqual([3, 7, 6]);
  expect(pickVoxel(c, state(), -500, 0)).toBeNull();
});

test('of a maximum projection the brightest voxel; of shaded tissue where half of the light is gone', () => {
  const c = filled((values) => {
    values.fill(60);
    values[indexAt(7, 11, 4)] = 90;
  });
  expect(at(c, [7, 0, 4], state({ mode: 'mip' }))).toEqual([7, 11, 4]);
  // Opacity per mm of 0.6 (smoothed 0.648) at density 1: half is gone after ln 2 / (0.648 · 70 / diagonal) mm.
  const depth = (Math.LN2 * Math.hypot(20, 16, 24)) / (0.648 * 70);
  expect(at(c, [4, 0, 4], state({ mode: 'shaded' }))).toEqual([4, Math.floor(depth), 4]);
  expect(at(c, [4, 0, 4], state({ mode: 'shaded', density: 0.2 }))).toEqual([4, Math.floor(5 * depth), 4]);
  expect(at(c, [4, 0, 4], state({ mode: 'shaded', density: 0.01 }))).toBeNull();
});

test('masks within tissue are met through it, as they are seen', () => {
  const c = filled((values, labels) => {
    values.fill(100);
    labels[indexAt(7, 9, 4)] = 1;
  });
  expect(at(c, [7, 0, 4], state({ mode: 'shaded' }))).toEqual([7, 9, 4]);
});
