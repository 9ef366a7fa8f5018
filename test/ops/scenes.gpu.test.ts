import { expect, test } from 'vitest';
import { hash32 } from '../../src/data/drawMath';
import { planScene, type ScenePlan } from '../../src/data/scenePlan';
import { scene, smallestShare } from '../../src/data/scenes';
import { edgesOf, sceneWords } from '../../src/data/sceneWords';
import { openGpu } from '../../src/gpu/device';
import { ASK, drawScenes, SCENE, scenePrompts, sceneTarget, sceneTokens } from '../../src/ops/scenes';
import { compile } from '../../src/plan/compile';
import { readAll } from '../../src/plan/read';
import { defineOp } from '../../src/tensor/op';
import { apply, constant, input } from '../../src/tensor/tensor';

const gpu = await openGpu();
const SIDE = 48;
const PLANE = SIDE * SIDE;
const OBJECTS = 3;
const LEAST = Math.ceil(smallestShare * PLANE);
const DIFFICULTIES = [0, 0.4, 0.7, 1, 1, 1];
const B = DIFFICULTIES.length;
const ROWS = B * OBJECTS;
const plans = DIFFICULTIES.map((difficulty, i) => planScene(5, i, { size: SIDE, difficulty }));
const shape = [ROWS, 4] as const;

/** All ops in one step; rows ask for a click, two on the object, and a box. */
const step = await compile(gpu, () => {
  const words = input('words', [B, SCENE.words], 'u32');
  const ask = input('ask', [...shape], 'u32');
  const { image, ids } = drawScenes(words, SIDE, LEAST);
  const tokens = sceneTokens(ids, 8);
  const { points, labels } = scenePrompts(ask, ids, OBJECTS, 3);
  const target = sceneTarget(ask, ids, OBJECTS, 4);
  return { outputs: { image, ids, points, labels, target, token: tokens.ids, pure: tokens.pure } };
});

const askOf = (kind: (row: number) => number, key = 0) =>
  Uint32Array.from({ length: ROWS * 4 }, (_, i) => {
    const row = Math.floor(i / 4);
    const random = hash32(key + i);
    return [kind(row), random, random, hash32(key + Math.floor(row / OBJECTS))][i % 4];
  });

async function draw(of: readonly ScenePlan[], ask = askOf(() => ASK.point)) {
  step.run({ words: sceneWords(of), ask });
  const names = ['image', 'ids', 'points', 'labels', 'target', 'token', 'pure'] as const;
  const values = await Promise.all(names.map((n) => step.read(n)));
  return Object.fromEntries(names.map((n, i) => [n, values[i]])) as Record<(typeof names)[number], Float32Array>;
}

const first = await draw(plans);
const idsOf = (all: Float32Array, b: number) => all.slice(b * (4 + PLANE) + 4, (b + 1) * (4 + PLANE));

/** Coverage in 64ths by whole numbers: the definition that the shader must equal on every device. */
function coverage(edges: readonly number[][], x: number, y: number): number {
  let sum = 0;
  for (const [ax, ay, bx, by] of edges) {
    for (let line = 16 * y + 2; line < 16 * y + 16; line += 4) {
      if (ay <= line === by <= line) continue;
      const cross = ax + Math.trunc(((bx - ax) * (line - ay)) / (by - ay));
      sum += Math.sign(by - ay) * Math.min(16, Math.max(0, 16 * (x + 1) - cross));
    }
  }
  return Math.min(64, Math.abs(sum));
}

/** Instances of a plan by the definition: topmost shape that covers half, small ones left out, numbered in order. */
function reference(plan: ScenePlan): { ids: number[]; count: number } {
  const edges = plan.shapes.map((shape) => shape.outlines.flatMap(edgesOf));
  const raw = Array.from({ length: PLANE }, (_, p) => {
    for (let k = edges.length; k > 0; k--) if (coverage(edges[k - 1], p % SIDE, Math.floor(p / SIDE)) >= 32) return k;
    return 0;
  });
  let count = 0;
  const number = [0];
  for (let k = 1; k <= edges.length; k++) number[k] = raw.filter((v) => v === k).length >= LEAST ? ++count : 0;
  return { ids: raw.map((k) => number[k]), count };
}

test('the hash gives the integers of its TypeScript twin', async () => {
  const halves = [0, 16].map((shift) =>
    defineOp({
      name: `half${shift}`,
      infer: ([x]) => ({ shape: x.shape, dtype: 'f32' }),
      expr: ([a]) => `f32((hash32(u32(${a}) * 2654435761u) >> ${shift}u) & 65535u)`,
      includes: ['lib/hash32.wgsl'],
    }),
  );
  const numbers = Float32Array.from({ length: 4000 }, (_, i) => i * 3);
  const x = constant(numbers, [4000]);
  const [low, high] = await readAll(
    gpu,
    halves.map((op) => apply(op, [x], {})),
  );
  numbers.forEach((v, i) => {
    const want = hash32(Math.imul(v, 0x9e3779b1));
    if (high[i] * 65536 + low[i] !== want) expect.fail(`${v}: ${high[i] * 65536 + low[i]}, expected ${want}`);
  });
});

test('instance masks equal the whole-number definition bit for bit', () => {
  for (const [b, plan] of plans.entries()) {
    const want = reference(plan);
    expect(Array.from(idsOf(first.ids, b)), `scene ${b}`).toEqual(want.ids);
    expect(Array.from(first.ids.slice(b * (4 + PLANE), b * (4 + PLANE) + 4))).toEqual([want.count, 0, 0, 0]);
  }
});

test('it is the scene that the CPU draws: same instances but for a pixel of their borders, same picture but for rounding', () => {
  for (const [b, difficulty] of DIFFICULTIES.entries()) {
    const cpu = scene(5, b, { size: SIDE, difficulty });
    expect(first.ids[b * (4 + PLANE)]).toBe(cpu.count);
    const other = idsOf(first.ids, b).filter((id, p) => id !== cpu.ids[p]).length;
    expect(other / PLANE, `scene ${b}: ids`).toBeLessThan(0.006);
    const away = Array.from({ length: 3 * PLANE }, (_, i) => {
      const [c, p] = [Math.floor(i / PLANE), i % PLANE];
      return Math.abs(first.image[(b * 3 + c) * PLANE + p] - cpu.image[3 * p + c]);
    });
    expect(away.reduce((s, v) => s + v, 0) / away.length, `scene ${b}: mean difference in levels`).toBeLessThan(0.4);
    expect(away.filter((v) => v > 4).length / away.length, `scene ${b}: pixels that differ`).toBeLessThan(0.02);
    expect(Math.max(...cpu.image) - Math.min(...cpu.image)).toBeGreaterThan(20);
  }
});

test('levels are whole numbers of 0..255; drawing again is equal bit for bit, in another place of the batch, too', async () => {
  expect(first.image.every((v) => v >= 0 && v <= 255 && v === Math.floor(v))).toBe(true);
  expect(await draw(plans)).toEqual(first);
  const turned = await draw([...plans].reverse());
  for (let b = 0; b < B; b++) {
    const part = (v: Float32Array, at: number, n: number) => v.slice(at * n, (at + 1) * n);
    expect(part(turned.image, B - 1 - b, 3 * PLANE)).toEqual(part(first.image, b, 3 * PLANE));
    expect(part(turned.ids, B - 1 - b, 4 + PLANE)).toEqual(part(first.ids, b, 4 + PLANE));
  }
});

test('tokens: the instance that covers most, and whether it covers three quarters', () => {
  const grid = SIDE / 8;
  for (let b = 0; b < B; b++) {
    const ids = idsOf(first.ids, b);
    for (let t = 0; t < grid * grid; t++) {
      const counts = new Array<number>(9).fill(0);
      for (let i = 0; i < 64; i++) {
        const [x, y] = [(t % grid) * 8 + (i % 8), Math.floor(t / grid) * 8 + Math.floor(i / 8)];
        counts[ids[y * SIDE + x]]++;
      }
      const most = Math.max(...counts);
      const at = b * grid * grid + t;
      expect([first.token[at], first.pure[at]]).toEqual([counts.indexOf(most), most >= 48 ? 1 : 0]);
    }
  }
});

/** The instance that a row's target shows, after checking the target against the ids. */
function askedFor(drawn: typeof first, row: number): number {
  const ids = idsOf(drawn.ids, Math.floor(row / OBJECTS));
  const grid = SIDE / 4;
  const target = drawn.target.slice(row * grid * grid, (row + 1) * grid * grid);
  const cell = (p: number) => Math.floor(Math.floor(p / SIDE) / 4) * grid + Math.floor((p % SIDE) / 4);
  for (let id = 1; id <= 8; id++) {
    const want = new Float32Array(grid * grid);
    for (const [p, v] of ids.entries()) if (v === id) want[cell(p)] += 1 / 16;
    if (want.some((v) => v > 0) && want.every((v, c) => v === target[c])) return id;
  }
  return expect.fail(`row ${row}: the target is no instance's`);
}

test('targets are the coverage of one instance; rows of a scene take its instances in turn', () => {
  for (let b = 0; b < B; b++) {
    const count = first.ids[b * (4 + PLANE)];
    const asked = [0, 1, 2].map((k) => askedFor(first, b * OBJECTS + k));
    expect(asked.slice(1)).toEqual([1, 2].map((k) => 1 + ((asked[0] - 1 + k) % count)));
  }
});

test('clicks lie where they say, boxes are tight, padding is −1; keys move the clicks', async () => {
  const kinds = [ASK.onto, ASK.beside, ASK.box];
  const seen = new Set<number>();
  for (const key of [0, 1000]) {
    const drawn = await draw(
      plans,
      askOf((row) => kinds[row % 3], key),
    );
    for (let row = 0; row < ROWS; row++) {
      const ids = idsOf(drawn.ids, Math.floor(row / OBJECTS));
      const id = askedFor(drawn, row);
      const xy = Array.from(drawn.points.slice(6 * row, 6 * row + 6));
      const on = [0, 1].map((i) => ids[xy[2 * i + 1] * SIDE + xy[2 * i]] === id);
      const labels = Array.from(drawn.labels.slice(3 * row, 3 * row + 3));
      if (row % 3 < 2) {
        expect([labels, on]).toEqual(
          row % 3
            ? [
                [1, 0, -1],
                [true, false],
              ]
            : [
                [1, 1, -1],
                [true, true],
              ],
        );
        seen.add(xy[1] * SIDE + xy[0]);
        continue;
      }
      const inside = [...ids.keys()].filter((p) => ids[p] === id);
      const [xs, ys] = [inside.map((p) => p % SIDE), inside.map((p) => Math.floor(p / SIDE))];
      expect(xy).toEqual([Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys), 0, 0]);
      expect(labels).toEqual([2, 3, -1]);
    }
  }
  expect(seen.size).toBeGreaterThan(0.8 * ((4 * ROWS) / 3));
});

test('wrong shapes are refused', () => {
  const x = constant(new Float32Array(8), [2, 4]);
  expect(() => drawScenes(x, 8, 1)).toThrow(`drawScenes: expected words u32 [B,${SCENE.words}], got f32 [2,4]`);
  expect(() => sceneTarget(x, constant(new Float32Array(68), [1, 68]), 2, 4)).toThrow(
    'expected ask u32 [2,4], got f32',
  );
});
