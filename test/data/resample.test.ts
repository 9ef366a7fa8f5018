import { expect, test } from 'vitest';
import {
  fromResizedFrame,
  preprocessShape,
  resizeBytes,
  resizeFloats,
  resizeLabels,
  resizeLogits,
  toResizedFrame,
} from '../../src/data/resample';
import { openSafetensors } from '../../src/data/safetensors';
import { readF32 } from '../../src/data/tensorFile';
import { needShared, readShared } from '../harness/shared';

const io = async (name: string) => {
  const file = await openSafetensors(new Blob([await readShared('goldens', 'sam-full-tiny/io.safetensors')]));
  const entry = file.entries.get(name)!;
  return { shape: entry.shape, data: await readF32(entry) };
};

test('SAM resizes its image exactly so', async (context) => {
  await needShared(context, 'goldens');
  const image = await io('in.image');
  const expected = await io('resized_image');
  const [height, width] = preprocessShape(image.shape[0], image.shape[1], 128);
  const out = resizeBytes(
    { width: image.shape[1], height: image.shape[0], data: Uint8Array.from(image.data) },
    width,
    height,
  );
  expect([out.height, out.width, 3]).toEqual(expected.shape);
  expect(out.data).toEqual(Uint8Array.from(expected.data));
});

test('the float variant is torch’s antialiased interpolation', async (context) => {
  await needShared(context, 'goldens');
  const image = await io('in.image');
  const expected = await io('transform.apply_image_torch');
  const [height, width] = expected.shape.slice(2);
  const out = resizeFloats({ width: image.shape[1], height: image.shape[0], data: image.data }, width, height);
  let worst = 0;
  for (let c = 0; c < 3; c++) {
    for (let i = 0; i < width * height; i++)
      worst = Math.max(worst, Math.abs(out.data[i * 3 + c] - expected.data[c * width * height + i]));
  }
  expect(worst).toBeLessThan(0.0044); // the tolerance that the golden states
});

test('sizes, points and boxes of the resized frame', async (context) => {
  await needShared(context, 'goldens');
  const sizes = await io('in.transform.sizes');
  const shapes = await io('transform.preprocess_shape_1024');
  for (let i = 0; i < sizes.shape[0]; i++) {
    expect(preprocessShape(sizes.data[2 * i], sizes.data[2 * i + 1], 1024)).toEqual([
      ...shapes.data.subarray(2 * i, 2 * i + 2),
    ]);
  }
  for (const [input, result] of [
    ['in.multi_point.coords_original', 'multi_point.coords_transformed'],
    ['in.multi_box.boxes_original', 'multi_box.boxes_transformed'],
    ['in.points3.point_coords', 'transform.apply_coords'],
    ['in.multi_box.boxes_original', 'transform.apply_boxes'],
  ]) {
    const want = await io(result);
    const original = (await io(input)).data;
    const got = toResizedFrame(original, 97, 150, 128);
    const back = fromResizedFrame(got, 97, 150, 128);
    expect(got.length).toBe(want.data.length);
    for (let i = 0; i < got.length; i++) {
      expect(Math.abs(got[i] - want.data[i])).toBeLessThan(1e-4);
      expect(Math.abs(back[i] - original[i])).toBeLessThan(1e-4);
    }
  }
});

/** The same filter written anew, in double precision, as two dense matrices without any rounding. */
function reference(data: ArrayLike<number>, from: [number, number], to: [number, number]): number[] {
  const weights = (n: number, m: number, x: number) => {
    const scale = n / m;
    const reach = Math.max(1, scale);
    const raw = Array.from({ length: n }, (_, i) => Math.max(0, 1 - Math.abs(i + 0.5 - (x + 0.5) * scale) / reach));
    const sum = raw.reduce((a, b) => a + b);
    return raw.map((w) => w / sum);
  };
  const out: number[] = [];
  for (let y = 0; y < to[0]; y++) {
    const rows = weights(from[0], to[0], y);
    for (let x = 0; x < to[1]; x++) {
      const columns = weights(from[1], to[1], x);
      let sum = 0;
      for (let j = 0; j < from[0]; j++)
        for (let i = 0; i < from[1]; i++) sum += rows[j] * columns[i] * data[j * from[1] + i];
      out.push(sum);
    }
  }
  return out;
}

test.each<[[number, number], [number, number]]>([
  [
    [7, 5],
    [3, 2],
  ],
  [
    [4, 6],
    [9, 13],
  ],
  [
    [1, 1],
    [4, 3],
  ],
  [
    [13, 9],
    [13, 4],
  ],
  [
    [8, 3],
    [2, 3],
  ],
  [
    [5, 17],
    [1, 40],
  ],
])('%j to %j agrees with the filter’s definition', (from, to) => {
  const data = Uint8Array.from({ length: from[0] * from[1] }, (_, i) => (i * 97 + 13) % 256);
  const want = reference(data, from, to);
  const bytes = resizeBytes({ width: from[1], height: from[0], data }, to[1], to[0]);
  const floats = resizeFloats({ width: from[1], height: from[0], data: Float32Array.from(data) }, to[1], to[0]);
  want.forEach((v, i) => {
    expect(Math.abs(bytes.data[i] - v)).toBeLessThanOrEqual(1.001); // half a level per pass
    expect(Math.abs(floats.data[i] - v)).toBeLessThan(1e-3);
  });
});

test('no change of size is no change, and white stays white', () => {
  const data = Uint8Array.from({ length: 12 }, (_, i) => i * 20);
  expect(resizeBytes({ width: 2, height: 2, data }, 2, 2).data).toEqual(data);
  const white = new Uint8Array(7 * 9).fill(255);
  expect(new Set(resizeBytes({ width: 9, height: 7, data: white }, 31, 2).data)).toEqual(new Set([255]));
});

test('labels keep their values, taken at pixel centres', () => {
  const labels = { width: 4, height: 2, data: Uint16Array.of(0, 300, 2, 3, 4, 5, 6, 7) };
  expect(resizeLabels(labels, 2, 1).data).toEqual(Uint16Array.of(5, 7));
  expect(resizeLabels({ width: 2, height: 1, data: Uint8Array.of(1, 2) }, 5, 2).data).toEqual(
    Uint8Array.of(1, 1, 2, 2, 2, 1, 1, 2, 2, 2),
  );
});

test('sizes that make no sense are refused', () => {
  const image = { width: 2, height: 2, data: new Uint8Array(4) };
  expect(() => resizeBytes(image, 0, 2)).toThrow(/whole and positive/);
  expect(() => resizeBytes({ ...image, data: new Uint8Array(5) }, 1, 1)).toThrow(/5 values of 2 × 2/);
  expect(() => resizeLabels({ ...image, data: new Uint8Array(12) }, 1, 1)).toThrow(/one channel/);
});

test('logits are sampled as torch interpolates: ramps stay ramps, edges repeat, nothing is smoothed', () => {
  const ramp = Float32Array.from({ length: 8 * 6 }, (_, i) => (i % 8) - 3 * Math.floor(i / 8));
  const out = resizeLogits({ width: 8, height: 6, data: ramp }, 5, 9);
  for (const [i, v] of out.data.entries()) {
    const x = Math.min(7, Math.max(0, (((i % 5) + 0.5) * 8) / 5 - 0.5));
    const y = Math.min(5, Math.max(0, ((Math.floor(i / 5) + 0.5) * 6) / 9 - 0.5));
    expect(v).toBeCloseTo(x - 3 * y, 5);
  }
  expect([...resizeLogits({ width: 4, height: 1, data: Float32Array.of(0, 9, 0, 0) }, 2, 1).data]).toEqual([4.5, 0]);
  expect([...resizeLogits({ width: 1, height: 1, data: Float32Array.of(7) }, 2, 2).data]).toEqual([7, 7, 7, 7]);
  expect(() => resizeLogits({ width: 1, height: 1, data: new Float32Array(3) }, 2, 2)).toThrow(/one channel/);
});
