import { type ConvTranspose2dOptions, convTranspose2d } from '../../src/ops/convTranspose2d';
import { constant } from '../../src/tensor/tensor';
import { type Array64, make64 } from '../harness/array64';
import { opTest } from '../harness/opTest';

const zeros = (...shape: number[]) => constant(new Float32Array(shape.reduce((a, b) => a * b, 1)), shape);

/** Every input pixel adds its patch: the definition, read the other way round than the kernel. */
function reference([x, w, b]: Array64[], o: ConvTranspose2dOptions): Array64 {
  const [s, p, e, d] = [o.stride, o.padding, o.outputPadding, o.dilation].map(
    (v, i) => (v as number | undefined) ?? [1, 0, 0, 1][i],
  );
  const [n, c, h, width] = x.shape;
  const [, out, kh, kw] = w.shape;
  const groups = o.groups ?? 1;
  const size = (l: number, k: number) => (l - 1) * s - 2 * p + d * (k - 1) + e + 1;
  const y = make64([n, out * groups, size(h, kh), size(width, kw)], (_, i) => (b ? b.data[i] : 0));
  const [, channels, oh, ow] = y.shape;
  make64([n, c, h, width], (i, k, iy, ix) => {
    const g = Math.floor(k / (c / groups));
    make64([out, kh, kw], (q, ky, kx) => {
      const [ty, tx] = [iy * s + ky * d - p, ix * s + kx * d - p];
      if (ty >= 0 && ty < oh && tx >= 0 && tx < ow) {
        const value = x.data[((i * c + k) * h + iy) * width + ix] * w.data[((k * out + q) * kh + ky) * kw + kx];
        y.data[((i * channels + g * out + q) * oh + ty) * ow + tx] += value;
      }
      return 0;
    });
    return 0;
  });
  return y;
}

opTest<ConvTranspose2dOptions>('convTranspose2d', {
  build: ([x, w, b], o) => convTranspose2d(x, w, b ?? null, o),
  ref: reference,
  cases: [
    {
      label: '2×2 patches',
      inputs: [{ shape: [2, 3, 2, 5] }, { shape: [3, 4, 2, 2] }, { shape: [4] }],
      options: { stride: 2 },
    },
    {
      label: '3×3, stride 2, output padding',
      inputs: [{ shape: [1, 3, 3, 2] }, { shape: [3, 2, 3, 3] }, { shape: [2] }],
      options: { stride: 2, padding: 1, outputPadding: 1 },
    },
    {
      label: 'groups and dilation',
      inputs: [{ shape: [1, 4, 3, 4] }, { shape: [4, 2, 2, 2] }],
      options: { groups: 2, dilation: 2 },
    },
  ],
  tol: 1e-6,
  gradTol: 3e-6,
  errors: [
    [
      'a weight of other channels',
      () => convTranspose2d(zeros(1, 3, 2, 2), zeros(4, 2, 2, 2), null),
      /expected x \[B,C,H,W\] and w \[C,O\/groups,kh,kw\]/,
    ],
    [
      'output padding as large as the stride',
      () => convTranspose2d(zeros(1, 1, 2, 2), zeros(1, 1, 3, 3), null, { stride: 2, outputPadding: 2 }),
      /output padding 2,2 must be smaller/,
    ],
  ],
});
