// A volume of balls in an oblique, flipped grid, drawn from standard views and compared with rays followed here in float64,
// by vectors written down by hand.
import { beforeAll, expect, test } from 'vitest';
import { FIRST_CAMERA, type Side, STANDARD_VIEWS } from '../../../src/app/document/camera';
import type { CaseInfo } from '../../../src/app/document/caseInfo';
import { type CaseScene, makeCaseScene, writeColours } from '../../../src/app/engine/scene';
import type { Paint } from '../../../src/app/painter';
import { painter } from '../../../src/app/painters/volume';
import type { VolumeState } from '../../../src/app/protocol';
import type { Affine } from '../../../src/data/affine';
import { type Gpu, openGpu } from '../../../src/gpu/device';
import { volumeInfo } from '../cases';

type Vector = readonly [number, number, number];
const SIZE = 32;
const dims = [26, 18, 13] as const;
const spacing = [2, 3, 4] as const;
/** Millimetres a pixel: 0.72 of the way from corner to corner fill the view, or all of the width (axes 1 and 2) where that is more. */
const MM = Math.max(0.72 * Math.hypot(52, 54, 52), Math.hypot(54, 52)) / SIZE;

// Axis 0 runs downwards, 1 to the front, 2 to the left; all turned by 20° about the long axis. The centre is at 0.
const [c, s] = [Math.cos(Math.PI / 9), Math.sin(Math.PI / 9)];
const unit: readonly Vector[] = [
  [0, 0, -1],
  [-s, c, 0],
  [-c, -s, 0],
];
const affine = [0, 1, 2, 3].map((r) =>
  r === 3
    ? [0, 0, 0, 1]
    : [
        ...unit.map((u, i) => u[r] * spacing[i]),
        -unit.reduce((sum, u, i) => sum + (u[r] * spacing[i] * (dims[i] - 1)) / 2, 0),
      ],
) as unknown as Affine;

const dot = (a: Vector, b: Vector) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
/** Position in voxels of a place in mm, (0, 0, 0) the first voxel's outer corner. */
const voxelOf = (p: Vector) => unit.map((u, i) => dot(p, u) / spacing[i] + dims[i] / 2) as unknown as Vector;
const inGrid = (p: Vector) => voxelOf(p).every((v, i) => v >= 0 && v < dims[i]);
const indexAt = ([i, j, k]: Vector) => i + dims[0] * (j + dims[1] * k);

/** Balls in mm, radius 6: in front, behind, on the left, above. Their values. */
const BALLS: readonly (readonly [id: number, at: Vector, value: number])[] = [
  [1, [0, 18, 0], 40],
  [2, [0, -18, 0], 80],
  [3, [-18, 0, 0], 60],
  [4, [0, 0, 18], 100],
];
const COLOURS = [
  [255, 0, 0],
  [0, 255, 0],
  [0, 0, 255],
  [255, 255, 0],
] as const;

const labels = new Uint8Array(26 * 18 * 13);
const values = new Float32Array(labels.length);
for (let k = 0; k < dims[2]; k++)
  for (let j = 0; j < dims[1]; j++)
    for (let i = 0; i < dims[0]; i++) {
      const at = [0, 1, 2].map((r) => affine[r][0] * i + affine[r][1] * j + affine[r][2] * k + affine[r][3]);
      for (const [id, b, value] of BALLS)
        if (Math.hypot(at[0] - b[0], at[1] - b[1], at[2] - b[2]) < 6) {
          labels[indexAt([i, j, k])] = id;
          values[indexAt([i, j, k])] = value;
        }
    }

/** Right, up and near in the patient: +x right, +y front, +z head. */
const VIEWS: Readonly<Partial<Record<Side, readonly [Vector, Vector, Vector]>>> = {
  A: [
    [-1, 0, 0],
    [0, 0, 1],
    [0, 1, 0],
  ],
  P: [
    [1, 0, 0],
    [0, 0, 1],
    [0, -1, 0],
  ],
  S: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
};

/** Follows the ray of pixel (x, y), its middle being x + 0.5, in steps of 0.2 mm. */
function trace(side: Side, x: number, y: number, visit: (voxel: Vector) => boolean): void {
  const [right, up, near] = VIEWS[side]!;
  const [u, v] = [(x + 0.5 - SIZE / 2) * MM, (SIZE / 2 - y - 0.5) * MM];
  for (let t = 60; t > -60; t -= 0.2) {
    const p = [0, 1, 2].map((i) => u * right[i] + v * up[i] + t * near[i]) as unknown as Vector;
    if (inGrid(p) && visit(voxelOf(p))) return;
  }
}

const firstLabel = (side: Side, x: number, y: number): number => {
  let found = 0;
  trace(side, x, y, (v) => {
    found = labels[indexAt(v.map(Math.floor) as unknown as Vector)];
    return found > 0;
  });
  return found;
};

const linear = (p: Vector): number => {
  const base = p.map((v) => Math.floor(v - 0.5));
  let sum = 0;
  for (let n = 0; n < 8; n++) {
    const at = base.map((b, i) => b + ((n >> i) & 1));
    const weight = at.reduce((w, a, i) => w * (1 - Math.abs(p[i] - 0.5 - a)), 1);
    sum += weight * values[indexAt(at.map((a, i) => Math.min(dims[i] - 1, Math.max(0, a))) as unknown as Vector)];
  }
  return sum;
};

const maximum = (side: Side, x: number, y: number): number => {
  let most = 0;
  trace(side, x, y, (v) => {
    most = Math.max(most, linear(v));
    return false;
  });
  return most;
};

let gpu: Gpu;
let paint: Paint;
let textures: CaseScene;
const info: CaseInfo = volumeInfo('v', { dims, spacing, affine, range: [0, 100], window: [0, 100] });

beforeAll(async () => {
  gpu = await openGpu();
  paint = await painter.make(gpu, 'rgba8unorm');
  textures = makeCaseScene(gpu, { info, values, labels });
  writeColours(
    gpu,
    textures,
    new Uint8Array([0, 0, 0, 0, ...COLOURS.flatMap((v) => [...v, 255]), ...Array(1004).fill(0)]),
  );
});

const stateOf = (side: Side, change: Partial<VolumeState> = {}): VolumeState => ({
  ...{ kind: 'volume', case: 'v', width: SIZE, height: SIZE, mode: 'masks', density: 1, window: [0, 100] },
  ...{ camera: { ...FIRST_CAMERA, ...STANDARD_VIEWS[side] }, clip: [[0, 0, 0], dims], moving: false },
  opacities: [1, 2, 3, 4].map((id) => [id, 1] as const),
  detail: { quick: { side: 16, step: 2, linear: 0 }, fine: { side: SIZE, step: 0.2, linear: 2 }, rays: 360 },
  ...change,
});

/** Draws until nothing more is to come; RGBA of all pixels, and the number of frames. */
async function drawn(state: VolumeState): Promise<{ pixels: Uint8Array; frames: number }> {
  const { device } = gpu;
  const usage = GPUTextureUsage.RENDER_ATTACHMENT | GPUTextureUsage.COPY_SRC;
  const texture = device.createTexture({ size: [SIZE, SIZE], format: 'rgba8unorm', usage });
  const staging = device.createBuffer({ size: 256 * SIZE, usage: GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ });
  const uniform = device.createBuffer({ size: 2048, usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST });
  let frames = 0;
  for (let more = true; more && frames < 99; frames++) {
    more = false;
    const encoder = device.createCommandEncoder();
    const again = () => {
      more = true;
    };
    const target = texture.createView();
    paint({ encoder, target, uniforms: () => uniform, again }, state, { info, textures, proposal: () => null });
    device.queue.submit([encoder.finish()]);
  }
  const encoder = device.createCommandEncoder();
  encoder.copyTextureToBuffer({ texture }, { buffer: staging, bytesPerRow: 256 }, [SIZE, SIZE]);
  device.queue.submit([encoder.finish()]);
  await staging.mapAsync(GPUMapMode.READ);
  return { pixels: new Uint8Array(staging.getMappedRange().slice(0)), frames };
}

const pixel = (pixels: Uint8Array, x: number, y: number) => [...pixels.slice(256 * y + 4 * x, 256 * y + 4 * x + 4)];

/** Which ball's colour this is, lit as it may be; 0: nothing there. */
const idOf = ([r, g, b, a]: readonly number[]): number => {
  if (a === 0) return 0;
  const half = Math.max(r, g, b) / 2;
  const [R, G, B] = [r > half, g > half, b > half];
  return 1 + COLOURS.findIndex((v) => v[0] > 0 === R && v[1] > 0 === G && v[2] > 0 === B);
};

/** Compares all pixels whose neighbours half a pixel away agree with them (at borders a rounding decides); gives how many. */
function compare(
  side: Side,
  reference: typeof firstLabel,
  got: (x: number, y: number) => number,
  tolerance: number,
): number {
  let n = 0;
  for (let y = 0; y < SIZE; y++)
    for (let x = 0; x < SIZE; x++) {
      const want = reference(side, x, y);
      const around = [
        [0.5, 0],
        [-0.5, 0],
        [0, 0.5],
        [0, -0.5],
      ].map(([dx, dy]) => reference(side, x + dx, y + dy));
      if (around.some((v) => Math.abs(v - want) > tolerance)) continue;
      n++;
      expect(Math.abs(got(x, y) - want), `${side} at ${x}, ${y}: ${got(x, y)}, expected ${want}`).toBeLessThanOrEqual(
        tolerance,
      );
    }
  return n;
}

test('masks: silhouettes and what lies in front of what, from the front, from behind, from above', async () => {
  for (const side of ['A', 'P', 'S'] as const) {
    const { pixels, frames } = await drawn(stateOf(side));
    // One quick frame, then 32 rows in pieces of 11.
    expect(frames).toBe(4);
    expect(compare(side, firstLabel, (x, y) => idOf(pixel(pixels, x, y)), 0)).toBeGreaterThan(800);
  }
});

test('orientation: anterior is in front when looking from A, the left on the right side, the head above', async () => {
  const at = async (side: Side) => {
    const { pixels } = await drawn(stateOf(side));
    const off = Math.round(18 / MM);
    return (dx: number, dy: number) => idOf(pixel(pixels, SIZE / 2 + dx * off, SIZE / 2 + dy * off));
  };
  const [a, p, top, l] = [await at('A'), await at('P'), await at('S'), await at('L')];
  expect([a(0, 0), a(1, 0), a(0, -1), a(-1, 0), a(0, 1)]).toEqual([1, 3, 4, 0, 0]);
  expect([p(0, 0), p(-1, 0), p(0, -1), p(1, 0)]).toEqual([2, 3, 4, 0]);
  expect([top(0, 0), top(0, -1), top(0, 1), top(-1, 0)]).toEqual([4, 1, 2, 3]);
  expect([l(0, 0), l(-1, 0), l(1, 0)]).toEqual([3, 1, 2]);
});

test('MIP: the greatest value along each ray, through the window', async () => {
  const { pixels } = await drawn(stateOf('A', { mode: 'mip', opacities: [], window: [20, 100] }));
  const got = (x: number, y: number) => pixel(pixels, x, y)[0];
  const want = (side: Side, x: number, y: number) => 255 * Math.min(1, Math.max(0, (maximum(side, x, y) - 20) / 80));
  expect(compare('A', want, got, 5)).toBeGreaterThan(500);
  // Behind the ball in front lies a brighter one.
  expect(got(16, 16)).toBe(Math.round((255 * (80 - 20)) / 80));
});

test('objects: hidden ones are not met, faint ones let through; what is clipped is gone', async () => {
  const centre = async (change: Partial<VolumeState>) => pixel((await drawn(stateOf('A', change))).pixels, 16, 16);
  expect(idOf(await centre({ opacities: [[2, 1]] }))).toBe(2);
  const through = await centre({
    opacities: [
      [1, 0.5],
      [2, 1],
    ],
  });
  expect(through[3]).toBe(255);
  expect(Math.min(through[0], through[1])).toBeGreaterThan(60);
  // Axis 1 runs to the front: cut off its last third.
  expect(
    idOf(
      await centre({
        clip: [
          [0, 0, 0],
          [26, 12, 13],
        ],
      }),
    ),
  ).toBe(2);
});

test('shaded: light is lost as exp(−density · length), and the colour is the value through the window', async () => {
  const even = { ...info, id: 'even' };
  const half = makeCaseScene(gpu, { info: even, values: new Float32Array(labels.length).fill(50), labels: null });
  const before = textures;
  textures = half;
  const { pixels } = await drawn(stateOf('S', { mode: 'shaded', opacities: [], density: 1 / 40 }));
  textures = before;
  // From above: 26 voxels of 2 mm; half the window is half as opaque; 1 / 70 of the diagonal is the depth of white at density 1.
  const opacity = 1 - Math.exp(-(0.5 * 52 * 70) / (40 * Math.hypot(52, 54, 52)));
  const [r, , , a] = pixel(pixels, 16, 16);
  expect(Math.abs(a - 255 * opacity)).toBeLessThan(4);
  expect(Math.abs(r - a * 0.5)).toBeLessThan(2);
  expect(gpu.error).toBeNull();
});
