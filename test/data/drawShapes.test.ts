import { expect, test } from 'vitest';
import { addPolygon, createLayer, resolve } from '../../src/data/drawFill';
import { addShape, blobRadii, radialPolygon, shapeKinds } from '../../src/data/drawShapes';
import { rng } from '../../src/data/rng';

const area = (values: Float32Array) => values.reduce((a, b) => a + b, 0);

test.each(shapeKinds)('%s: lies around its frame and covers a sane part of it', (kind) => {
  for (let i = 0; i < 40; i++) {
    const r = rng(1, kind, i);
    const frame = { cx: 50, cy: 50, rx: 20, ry: r.uniform(12, 20), turn: r.uniform() };
    const layer = createLayer(100, 100);
    addShape(layer, kind, frame, r);
    resolve(layer);
    const share = area(layer.cov) / (4 * frame.rx * frame.ry);
    expect(share).toBeGreaterThan(0.15);
    expect(share).toBeLessThan(1.3);
    expect(layer.x0).toBeGreaterThan(5);
    expect(layer.x1).toBeLessThan(95);
  }
});

test('an ellipse has the area pi rx ry, turned or not; a ring has a hole', () => {
  for (const turn of [0, 0.13]) {
    const layer = createLayer(80, 80);
    addShape(layer, 'ellipse', { cx: 40, cy: 40, rx: 30, ry: 15, turn }, rng(1));
    resolve(layer);
    expect(Math.abs(area(layer.cov) / (Math.PI * 450) - 1)).toBeLessThan(0.01);
  }
  const ring = createLayer(80, 80);
  addShape(ring, 'ring', { cx: 40, cy: 40, rx: 30, ry: 30, turn: 0 }, rng(1));
  resolve(ring);
  expect(ring.cov[40 * 80 + 40]).toBe(0);
});

test('reversing an outline keeps its points and turns its direction round', () => {
  const radii = blobRadii(24, 4, 0.4, 1, rng(2));
  const frame = { cx: 5, cy: 6, rx: 3, ry: 2, turn: 0.2 };
  const there = radialPolygon(radii, frame);
  const back = radialPolygon(radii, frame, true);
  for (let i = 1; i < 24; i++) expect(back[2 * i]).toBeCloseTo(there[2 * (24 - i)], 9);
  const layer = createLayer(12, 12);
  addPolygon(layer, there);
  addPolygon(layer, back);
  resolve(layer);
  expect(area(layer.cov)).toBeLessThan(1e-3);
});

test('blob radii never fall below a quarter, and roughness 0 is a circle', () => {
  for (let i = 0; i < 50; i++) expect(Math.min(...blobRadii(48, 8, 1.5, 1, rng(3, i)))).toBeGreaterThanOrEqual(0.25);
  expect(new Set(blobRadii(16, 4, 0, 1, rng(1)))).toEqual(new Set([1]));
});
