import { expect, test } from 'vitest';
import { blur } from '../../src/data/drawBlur';
import { planScene } from '../../src/data/scenePlan';
import { edgesOf, sceneWords, tent } from '../../src/data/sceneWords';
import { SCENE } from '../../src/ops/scenes';

test.each([0.3, 0.9, 1.6, 4.1, 12.8])('the weights are those of the blur: deviation %f', (s) => {
  const weights = tent(s);
  expect(weights.length).toBeLessThanOrEqual(SCENE.weights);
  const line = new Float32Array(201);
  line[100] = 1;
  blur(line, 201, 1, 1, s, 0);
  for (let d = 0; d < 60; d++) expect(line[100 + d]).toBeCloseTo(weights[d] ?? 0, 5);
});

test('no blur is one weight', () => {
  expect(tent(0)).toEqual([1]);
});

test('edges go round in sixteenths of a pixel, level ones left out', () => {
  expect(edgesOf([0, 0, 2, 0, 2, 1.03])).toEqual([
    [32, 16, 0, 0],
    [32, 0, 32, 16],
  ]);
});

test('every scene of a batch has its own words, whose edges lie behind its layers and within its bounds', () => {
  const plans = [0, 1, 2, 3].map((i) => planScene(1, i, { size: 1024, difficulty: 1 }));
  const words = sceneWords(plans);
  const signed = new Int32Array(words.buffer);
  expect(words.length).toBe(4 * SCENE.words);
  for (const [b, { shapes }] of plans.entries()) {
    const base = b * SCENE.words;
    expect(words[base]).toBe(shapes.length);
    for (let k = 1; k <= shapes.length; k++) {
      const at = base + SCENE.head + k * SCENE.layer;
      const [count, first] = words.subarray(at + 28, at + 30);
      expect(count).toBeLessThanOrEqual(SCENE.edges);
      expect(first).toBe(base + SCENE.head + SCENE.layers * SCENE.layer + (k - 1) * SCENE.edges * 4);
      const edges = signed.subarray(first, first + 4 * count);
      // Products of two differences must fit into 31 bits.
      expect(Math.max(...edges) - Math.min(...edges)).toBeLessThan(46340);
      const [x0, y0, x1, y1] = signed.subarray(at + 24, at + 28);
      for (let i = 0; i < edges.length; i += 2) {
        expect(edges[i] >= 16 * x0 && edges[i] <= 16 * x1).toBe(true);
        expect(edges[i + 1] >= 16 * y0 && edges[i + 1] <= 16 * y1).toBe(true);
      }
      const floats = new Float32Array(words.buffer);
      expect(floats[at + 8]).toBeCloseTo(shapes[k - 1].cx, 3);
    }
  }
});
