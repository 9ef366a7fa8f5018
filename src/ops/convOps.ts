import { defineOp, type Kernel, linearGrid, type Target } from '../tensor/op';
import { numel } from '../tensor/shape';
import { apply, type Tensor } from '../tensor/tensor';
import { sum } from './reduce';
import { flip, pad, permute, reshape } from './view';

/**
 * The convolution op and its two gradients, with attributes as [y, x] pairs. Padding is a view: kernels read an input
 * padded beforehand and need no conditions. conv2d.ts has the functions that people call.
 */
export type Pair = readonly [number, number];

/** Stride, zero padding, dilation as [y, x], and groups of channels. */
export interface ConvAttrs {
  readonly [key: string]: Pair | number;
  readonly stride: Pair;
  readonly padding: Pair;
  readonly dilation: Pair;
  readonly groups: number;
}

/** Extent of the output of a convolution along one axis. */
export function convExtent(size: number, kernel: number, stride: number, padding: number, dilation: number): number {
  return Math.floor((size + 2 * padding - dilation * (kernel - 1) - 1) / stride) + 1;
}

/** x [B, C, H, W], w [O, C/groups, kh, kw] → [B, O, OH, OW]. */
export const conv2dOp = defineOp<ConvAttrs>({
  name: 'conv2d',
  infer: ([x, w], a) => ({ shape: [x.shape[0], w.shape[0], extent(x, w, a, 0), extent(x, w, a, 1)], dtype: 'f32' }),
  lower: ([x, w], a) => {
    const [o, ...window] = w.shape;
    // Output channels last and in whole eights, so that a kernel reads eight weights as two vec4.
    const more = a.groups === 1 ? -o & 7 : 0;
    const weights = pad(permute(w, [1, 2, 3, 0]), [...window.map(() => [0, 0]), [0, more]]);
    const size: Pair = [extent(x, w, a, 0), extent(x, w, a, 1)];
    // Rows in whole vec4s where a kernel reads them so.
    const right = isStrip(w.shape[3], a) ? wholeVec4(x, a) : 0;
    return apply(validOp, [padded(x, a.padding, right), weights], { ...a, cout: o, size });
  },
  vjp: ({ ins: [x, w], dy, attrs, need }) => [
    need[0] ? convInputGrad(dy, w, [x.shape[2], x.shape[3]], attrs) : null,
    need[1] ? apply(convWeightGradOp, [x, dy], { ...attrs, kernel: [w.shape[2], w.shape[3]] }) : null,
  ],
});

/** Convolutions of fewer multiplications than this are over before a kernel with workgroup memory would have compiled. */
const SMALL = 2 ** 18;

/** A kernel that owns 64×64 results a workgroup. */
function workgroupTile(file: string, consts: Record<string, number>, groups: number): Kernel {
  return { variant: 'wg64', file, consts, grid: linearGrid(groups, 1) };
}

/** Best guess first: on GPUs the workgroup tile, on software adapters register tiles; `plain` ends with the oracle. */
function ordered(target: Target | undefined, large: boolean, wg: Kernel, plain: readonly Kernel[]): Kernel[] {
  if (!large) return [...plain];
  if (target && !target.software) return [wg, ...plain];
  return [...plain.slice(0, -1), wg, plain[plain.length - 1]];
}

/** Kernels 3 wide whose taps are neighbours, one pixel after the other: the usual ones. */
function isStrip(kernelWidth: number, a: ConvAttrs): boolean {
  return kernelWidth === 3 && a.stride[1] === 1 && a.dilation[1] === 1 && a.groups === 1;
}

/** Of those, 3×3 ones whose results have rows of whole vec4s. */
function isSquareStrip([kh, kw]: Pair, width: number, a: ConvAttrs): boolean {
  return isStrip(kw, a) && kh === 3 && width % 4 === 0;
}

/** What rows of x, padded, lack to whole vec4s. */
function wholeVec4(x: Tensor, a: ConvAttrs): number {
  return -(x.shape[3] + 2 * a.padding[1]) & 3;
}

/** x padded beforehand (more than needed on the right), w [C/groups, kh, kw, O or more] → [B, O, ...size]. */
const validOp = defineOp<ConvAttrs & { cout: number; size: Pair }>({
  name: 'conv2d.valid',
  infer: ([x], a) => ({ shape: [x.shape[0], a.cout, ...a.size], dtype: 'f32' }),
  epilogue: true,
  kernels: ({ ins: [x, w], out, attrs: a, target }) => {
    const [b, o, oh, ow] = out.shape;
    const [c, kh, kw, wide] = w.shape;
    const sizes = { C: c, H: x.shape[2], W: x.shape[3], COUT: o, OH: oh, OW: ow, KH: kh };
    const consts = { ...sizes, ...common(a), KW: kw };
    const total = numel(out.shape);
    const threads = b * Math.ceil(o / 8) * oh * Math.ceil(ow / 8);
    const grid = linearGrid(threads);
    const more = { TOTAL: total, GROUPS: a.groups, COUT_PADDED: wide };
    const naive = {
      variant: 'naive',
      file: 'conv/naive.wgsl',
      consts: { ...consts, ...more },
      grid: linearGrid(total),
    };
    if (a.groups !== 1) return [naive];
    const tile = { variant: 'tile8', file: 'conv/tile8.wgsl', consts: { ...consts, THREADS: threads }, grid };
    const groups = Math.ceil((b * oh * ow) / 64) * Math.ceil(o / 64);
    const wg = workgroupTile('conv/wg64.wgsl', { ...consts, BATCH: b }, groups);
    const large = total * c * kh * kw >= SMALL;
    if (!isStrip(kw, a)) return ordered(target, large, wg, [tile, naive]);
    const rows = { STRIDE_Y: a.stride[0], DILATION_Y: a.dilation[0] };
    const strip = {
      variant: 'strip3',
      file: 'conv/strip3.wgsl',
      consts: { ...sizes, ...rows, THREADS: threads },
      grid,
    };
    return ordered(target, large, wg, [strip, tile, naive]);
  },
  flops: ([, w], out) => 2 * numel(out.shape) * w.shape[0] * w.shape[1] * w.shape[2],
});

/** dy [B, O, OH, OW], w [O, C/groups, kh, kw] → [B, C, H, W]; also the transposed convolution. */
export const convInputGradOp = defineOp<ConvAttrs & { size: Pair }>({
  name: 'conv2d.dx',
  infer: ([dy, w], a) => ({ shape: [dy.shape[0], w.shape[1] * a.groups, ...a.size], dtype: 'f32' }),
  epilogue: true,
  kernels: ({ ins: [dy, w], out, attrs: a }) => {
    const total = numel(out.shape);
    const consts = {
      ...common(a),
      TOTAL: total,
      GROUPS: a.groups,
      C: w.shape[1],
      H: a.size[0],
      W: a.size[1],
      COUT: w.shape[0],
      OH: dy.shape[2],
      OW: dy.shape[3],
      KH: w.shape[2],
      KW: w.shape[3],
      PADDING_Y: a.padding[0],
      PADDING_X: a.padding[1],
    };
    return [{ variant: 'naive', file: 'conv/dx.wgsl', consts, grid: linearGrid(total) }];
  },
  flops: ([dy, w]) => 2 * numel(dy.shape) * numel(w.shape.slice(1)),
  vjp: ({ ins: [dy, w], dy: g, attrs: { size: _, ...a }, need }) => [
    need[0] ? apply(conv2dOp, [g, w], a) : null,
    need[1] ? apply(convWeightGradOp, [g, dy], { ...a, kernel: [w.shape[2], w.shape[3]] }) : null,
  ],
});

/** x [B, C, H, W], dy [B, O, OH, OW] → [O, C/groups, kh, kw]. */
export const convWeightGradOp = defineOp<ConvAttrs & { kernel: Pair }>({
  name: 'conv2d.dw',
  infer: ([x, dy], a) => ({ shape: [dy.shape[1], x.shape[1] / a.groups, ...a.kernel], dtype: 'f32' }),
  lower: ([x, dy], a) => {
    const right = isSquareStrip(a.kernel, dy.shape[3], a) ? wholeVec4(x, a) : 0;
    const parts = apply(weightPartsOp, [padded(x, a.padding, right), dy], { ...a, rows: partRows(x, dy, a) });
    return parts.shape[0] === 1 ? reshape(parts, parts.shape.slice(1)) : sum(parts, [0]);
  },
});

/** The same for every part of `rows` rows of dy, [parts, O, C/groups, kh, kw]: more threads, and rounding in two stages. */
const weightPartsOp = defineOp<ConvAttrs & { kernel: Pair; rows: number }>({
  name: 'conv2d.dwParts',
  infer: ([x, dy], a) => ({
    shape: [Math.ceil((dy.shape[0] * dy.shape[2]) / a.rows), dy.shape[1], x.shape[1] / a.groups, ...a.kernel],
    dtype: 'f32',
  }),
  kernels: ({ ins: [x, dy], out, attrs: a, target }) => {
    const [parts, o, c, kh, kw] = out.shape;
    const [b, , oh, ow] = dy.shape;
    const size = { C: c, H: x.shape[2], W: x.shape[3], COUT: o, OH: oh, OW: ow, BATCH: b, PART_ROWS: a.rows };
    const consts = { ...common(a), ...size, KH: kh, KW: kw };
    const total = numel(out.shape);
    const threads = parts * Math.ceil(o / 8) * Math.ceil((c * kh * kw) / 8);
    const naive = {
      variant: 'naive',
      file: 'conv/dw.wgsl',
      consts: { ...consts, TOTAL: total, GROUPS: a.groups },
      grid: linearGrid(total),
    };
    const tile = {
      variant: 'tile8',
      file: 'conv/dwTile8.wgsl',
      consts: { ...consts, THREADS: threads },
      grid: linearGrid(threads),
    };
    const groups = parts * Math.ceil(o / 64) * Math.ceil((c * kh * kw) / 64);
    const wg = workgroupTile('conv/dwWg64.wgsl', { ...consts, PARTS: parts }, groups);
    const large = numel(dy.shape) * c * kh * kw >= SMALL;
    if (a.groups !== 1) return [naive];
    if (!isSquareStrip([kh, kw], ow, a)) return ordered(target, large, wg, [tile, naive]);
    const strips = parts * Math.ceil(o / 8) * c;
    const rows = { STRIDE_Y: a.stride[0], DILATION_Y: a.dilation[0] };
    const strip = {
      variant: 'strip3',
      file: 'conv/dwStrip3.wgsl',
      consts: { ...size, ...rows, THREADS: strips },
      grid: linearGrid(strips),
    };
    return ordered(target, large, wg, [strip, tile, naive]);
  },
  flops: ([, dy], out) => 2 * numel(dy.shape) * numel(out.shape.slice(2)),
});

/** Pixels that one thread adds up before parts are summed, and the most elements that parts may take. */
const PART_PIXELS = 1024;
const PART_ELEMENTS = 2 ** 24;

function partRows(x: Tensor, dy: Tensor, a: ConvAttrs & { kernel: Pair }): number {
  const weights = (dy.shape[1] * x.shape[1] * a.kernel[0] * a.kernel[1]) / a.groups;
  const rows = dy.shape[0] * dy.shape[2];
  const most = Math.max(1, Math.floor(PART_ELEMENTS / weights));
  return Math.max(1, Math.floor(PART_PIXELS / dy.shape[3]), Math.ceil(rows / most));
}

/** Gradient of the input: with stride 1 a convolution with the turned weights, which is the fast kernel again. */
function convInputGrad(dy: Tensor, w: Tensor, size: Pair, a: ConvAttrs): Tensor {
  const reach = [0, 1].map((i) => a.dilation[i] * (w.shape[2 + i] - 1) - a.padding[i]);
  if (a.stride.some((s) => s !== 1) || reach.some((r) => r < 0)) return apply(convInputGradOp, [dy, w], { ...a, size });
  const [o, c, kh, kw] = w.shape;
  const g = a.groups;
  const turned = flip(flip(w, 2), 3);
  const exchanged = permute(reshape(turned, [g, o / g, c, kh, kw]), [0, 2, 1, 3, 4]);
  return apply(conv2dOp, [dy, reshape(exchanged, [g * c, o / g, kh, kw])], { ...a, padding: [reach[0], reach[1]] });
}

function padded(x: Tensor, [y, w]: Pair, right = 0): Tensor {
  return pad(x, [
    [0, 0],
    [0, 0],
    [y, y],
    [w, w + right],
  ]);
}

function extent(x: Tensor, w: Tensor, a: ConvAttrs, i: 0 | 1): number {
  return convExtent(x.shape[2 + i], w.shape[2 + i], a.stride[i], a.padding[i], a.dilation[i]);
}

function common(a: ConvAttrs): Record<string, number> {
  return { STRIDE_Y: a.stride[0], STRIDE_X: a.stride[1], DILATION_Y: a.dilation[0], DILATION_X: a.dilation[1] };
}
