import { expect, test } from 'vitest';
import { mostCorners } from '../../src/data/drawShapes';
import { mostShapes, type PlannedShape, planScene } from '../../src/data/scenePlan';

const shapesOf = (difficulty: number, scenes = 300): PlannedShape[] =>
  Array.from({ length: scenes }, (_, i) => planScene(2, i, { difficulty }).shapes).flat();

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;

test('a plan depends on seed, index and options alone, and scales with the size', () => {
  expect(planScene(3, 5)).toEqual(planScene(3, 5));
  expect(planScene(3, 6)).not.toEqual(planScene(3, 5));
  const [small, large] = [64, 256].map((size) => planScene(3, 5, { size }).shapes[0]);
  expect(large.cx).toBeCloseTo(4 * small.cx, 9);
  expect(large.outlines[0][3]).toBeCloseTo(4 * small.outlines[0][3], 9);
});

test('painters can count on the bounds: shapes a scene, corners a shape, how far a shape reaches beyond the picture', () => {
  for (const difficulty of [0, 1]) {
    for (let i = 0; i < 300; i++) {
      const { shapes, size } = planScene(4, i, { difficulty });
      expect(shapes.length).toBeGreaterThan(0);
      expect(shapes.length).toBeLessThanOrEqual(difficulty ? mostShapes : 3);
      for (const { outlines } of shapes) {
        expect(outlines.reduce((n, xy) => n + xy.length / 2, 0)).toBeLessThanOrEqual(mostCorners);
        const reach = outlines.flatMap((xy) => Array.from(xy, (v) => Math.abs(v / size - 0.5)));
        expect(Math.max(...reach)).toBeLessThan(1.2);
      }
    }
  }
});

test('difficulty: more and smaller shapes, less contrast, more texture and shadows, softer and noisier pictures', () => {
  const [easy, hard] = [shapesOf(0), shapesOf(1)];
  expect(hard.length).toBeGreaterThan(2 * easy.length);
  const change = (of: (s: PlannedShape) => number) => mean(hard.map(of)) / mean(easy.map(of));
  expect(change((s) => s.rx)).toBeLessThan(0.75);
  expect(change((s) => Math.hypot(...s.step))).toBeLessThan(0.75);
  expect(change((s) => (s.shadow ? 1 : 0))).toBeGreaterThan(1.5);
  expect(change((s) => s.surface.coarse + s.surface.stripes + s.surface.speckle + s.surface.fine)).toBeGreaterThan(3);
  const cameras = (difficulty: number) => Array.from({ length: 300 }, (_, i) => planScene(2, i, { difficulty }).camera);
  for (const key of ['blur', 'noise'] as const) {
    const [a, b] = [0, 1].map((d) => mean(cameras(d).map((c) => c[key])));
    expect(b).toBeGreaterThan(2 * a);
  }
});
