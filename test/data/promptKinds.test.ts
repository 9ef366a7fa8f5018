import { expect, test } from 'vitest';
import { promptKind, roughMask, samplePrompt, tokensOfKind } from '../../src/data/promptKinds';
import { rng } from '../../src/data/rng';
import { boxIoU, tightBox } from '../../src/train/metrics/box';

/** A disc in a 40 x 30 picture. */
const [width, height] = [40, 30];
const disc = Uint8Array.from({ length: width * height }, (_, p) =>
  Math.hypot((p % width) - 22, Math.floor(p / width) - 13) < 8.2 ? 1 : 0,
);

test('prompts by name', () => {
  const draw = (name: string, seed = 1) => samplePrompt(name, disc, width, height, rng(seed));
  expect(draw('center').points).toEqual([22, 13]);
  expect(draw('point-3').labels).toEqual([1, 1, 1]);
  expect(draw('point-1', 1)).toEqual(draw('point-1', 1));
  const tight = tightBox(disc, width, height);
  expect(draw('box')).toEqual({ points: [...tight], labels: [2, 3] });
  const [x0, y0, x1, y1] = draw('box-0.75').points;
  expect(Math.abs(boxIoU(tight, [x0, y0, x1, y1]) - 0.75)).toBeLessThanOrEqual(0.02);
  for (const bad of [
    '',
    'point',
    'point-0',
    'point-1.5',
    'box-0.01',
    'box-2',
    'boxes',
    'toString',
    'neg-0',
    'point-1+',
    'none+box',
  ])
    expect(() => draw(bad)).toThrow(/is unknown; there are center/);
});

test('an empty mask is refused by every sampler', () => {
  const empty = new Uint8Array(12);
  for (const name of ['center', 'point-1', 'box', 'box-0.5'])
    expect(() => samplePrompt(name, empty, 4, 3, rng(1))).toThrow(/4 x 3 mask is empty/);
});

test('parts joined: clicks on the object and beside it, then the box', () => {
  const { points, labels } = samplePrompt('point-2+neg-3+box', disc, width, height, rng(4));
  expect(labels).toEqual([1, 1, 0, 0, 0, 2, 3]);
  labels.forEach((label, i) => {
    if (label < 2) expect(disc[points[2 * i + 1] * width + points[2 * i]]).toBe(label);
  });
  expect(points.slice(10)).toEqual([...tightBox(disc, width, height)]);
  expect(samplePrompt('none', disc, width, height, rng(1))).toEqual({ points: [], labels: [] });
  expect(() => promptKind('point-1+center')).toThrow("prompt 'point-1+center' says twice what it is about points");
});

test("tokens: SAM's padding point follows clicks without a box", () => {
  const tokens = (name: string) => tokensOfKind(promptKind(name));
  expect(
    ['none', 'mask', 'center', 'point-3', 'neg-1+point-1', 'box', 'box-0.5+point-2', 'mask+box'].map(tokens),
  ).toEqual([0, 0, 2, 4, 3, 2, 4, 2]);
});

test('a rough mask overlaps with the object, is never it, and follows from its generator', () => {
  const side = 64;
  const mask = Uint8Array.from({ length: side * side }, (_, p) =>
    Math.hypot((p % side) - 30, Math.floor(p / side) - 26) < 14 ? 1 : 0,
  );
  for (let k = 0; k < 10; k++) {
    const logits = roughMask(mask, side, 16, rng(k));
    expect(logits).toEqual(roughMask(mask, side, 16, rng(k)));
    let [both, either] = [0, 0];
    logits.forEach((v, p) => {
      const truth = mask[(4 * Math.floor(p / 16) + 2) * side + 4 * (p % 16) + 2];
      both += v > 0 && truth ? 1 : 0;
      either += v > 0 || truth ? 1 : 0;
    });
    expect(both / either).toBeGreaterThan(0.6);
    expect(both / either).toBeLessThan(1);
    expect(Math.max(...logits.map(Math.abs))).toBeLessThanOrEqual(10);
  }
  expect(() => roughMask(new Uint8Array(16), 4, 2, rng(1))).toThrow('mask is empty');
});
