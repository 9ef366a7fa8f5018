import { attention, attentionProbs, decomposedRelPos, getRelPos } from '../../ops/attention';
import { conv2d } from '../../ops/conv2d';
import { conv3d, convTranspose3d } from '../../ops/conv3d';
import { convTranspose2d } from '../../ops/convTranspose2d';
import { argmax, embedding, gather, indexSelect } from '../../ops/indexing';
import { layerNorm, layerNorm2d } from '../../ops/layernorm';
import { linear, matmul } from '../../ops/matmul';
import { batchNorm, batchNormTraining, groupNorm, instanceNorm } from '../../ops/norms';
import { cumsum, topk } from '../../ops/order';
import * as P from '../../ops/pointwise';
import { avgPool2d, globalAvgPool, maxPool2d } from '../../ops/pool';
import { amax, amin, mean, sum, variance } from '../../ops/reduce';
import { interpolate, type ResizeMode } from '../../ops/resize';
import { logSoftmax, softmax } from '../../ops/softmax';
import { padWith } from '../../ops/strided';
import { gridPartition, gridReverse, shiftMask } from '../../ops/swinWindow';
import { concat, expand, permute, reshape, roll, transpose } from '../../ops/view';
import { windowPartition, windowUnpartition } from '../../ops/window';
import type { Tensor } from '../../tensor/tensor';
import { LOSS_OPS } from './torchOpsLoss';

/** `attrs` of an op in case.json. */
export type OpAttrs = Readonly<Record<string, unknown>>;

/** Inputs by the names of the case. */
export type OpInputs = Readonly<Record<string, Tensor>>;

/** Builds an op: its only result, or results by name. Throws when it does not know an attribute's value. */
export type OpRow = (ins: OpInputs, attrs: OpAttrs) => Tensor | Readonly<Record<string, Tensor>>;

/** A number among the attributes; throws when there is none and no default. */
export function numberOf(a: OpAttrs, key: string, otherwise?: number): number {
  const v = a[key] ?? otherwise;
  if (typeof v !== 'number') throw new Error(`attribute ${key} is ${JSON.stringify(a[key])}, expected a number`);
  return v;
}

/** A list of numbers among the attributes. */
export function numbersOf(a: OpAttrs, key: string): number[] {
  const v = a[key];
  if (!Array.isArray(v) || v.some((n) => typeof n !== 'number'))
    throw new Error(`attribute ${key} is ${JSON.stringify(v)}, expected numbers`);
  return v as number[];
}

/** A row for a formula: other formulas than the known ones are refused. */
function formulas(known: { readonly [text: string]: OpRow }): OpRow {
  return (ins, a) => {
    const text = String(a.formula ?? '');
    if (!Object.hasOwn(known, text)) throw new Error(`the formula ${JSON.stringify(text)} is not known`);
    return known[text](ins, a);
  };
}

const unary =
  (f: (x: Tensor) => Tensor): OpRow =>
  ({ x }) =>
    f(x);
const binary =
  (f: (x: Tensor, y: Tensor) => Tensor): OpRow =>
  ({ x, y }) =>
    f(x, y);

/** torch.matmul with its rules for vectors. */
function torchMatmul(a: Tensor, b: Tensor): Tensor {
  const y = matmul(a.shape.length === 1 ? reshape(a, [1, -1]) : a, b.shape.length === 1 ? reshape(b, [-1, 1]) : b);
  const shape = y.shape.filter(
    (_, i, s) => !(a.shape.length === 1 && i === s.length - 2) && !(b.shape.length === 1 && i === s.length - 1),
  );
  return reshape(y, shape);
}

/** Probabilities and result of attention, with a bias added to the scores if there is one. */
function torchAttention({ q, k, v, bias }: OpInputs, a: OpAttrs): Record<string, Tensor> {
  if (a.scale !== 'head_dim**-0.5') throw new Error(`attention scale ${String(a.scale)} is not known`);
  if (!bias) return { probs: attentionProbs(q, k), y: attention(q, k, v) };
  const probs = softmax(P.add(P.scale(matmul(q, transpose(k)), q.shape[q.shape.length - 1] ** -0.5), bias));
  return { probs, y: matmul(probs, v) };
}

function addRelPos({ attn, q, rh, rw }: OpInputs, a: OpAttrs): Tensor {
  const [[qh, qw], [kh, kw]] = [numbersOf(a, 'q_size'), numbersOf(a, 'k_size')];
  const [b, n, d] = q.shape;
  const { relH, relW } = decomposedRelPos(reshape(q, [b, 1, n, d]), getRelPos(qh, kh, rh), getRelPos(qw, kw, rw));
  const grid = reshape(attn, [b, qh, qw, kh, kw]);
  return reshape(P.add(P.add(grid, reshape(relH, [b, qh, qw, kh, 1])), reshape(relW, [b, qh, qw, 1, kw])), attn.shape);
}

function torchBatchNorm({ x, w, b_: b, rm, rv }: OpInputs, a: OpAttrs): Tensor | Record<string, Tensor> {
  const eps = numberOf(a, 'eps', 1e-5);
  if (!a.training) return batchNorm(x, w, b, rm, rv, eps);
  const { y, runningMean, runningVar } = batchNormTraining(
    x,
    w,
    b,
    { mean: rm, variance: rv },
    numberOf(a, 'momentum', 0.1),
    eps,
  );
  return { y, running_mean: runningMean, running_var: runningVar };
}

function torchPad({ x }: OpInputs, a: OpAttrs): Tensor {
  const [, l0, l1, s0, s1] = /^last dim \((\d+),(\d+)\), second-last \((\d+),(\d+)\)$/.exec(String(a.pad)) ?? [];
  if (l0 === undefined) throw new Error(`padding ${JSON.stringify(a.pad)} is not known`);
  const rest = x.shape.slice(2).map(() => [0, 0]);
  return padWith(x, [...rest, [Number(s0), Number(s1)], [Number(l0), Number(l1)]], numberOf(a, 'value', 0));
}

function unpartition({ win }: OpInputs, a: OpAttrs): Tensor {
  const size = numberOf(a, 'window_size');
  const [[ph, pw], [h, w]] = [numbersOf(a, 'pad_hw'), numbersOf(a, 'hw')];
  return windowUnpartition(win, size, [(win.shape[0] * size ** 2) / (ph * pw), h, w]);
}

function repeatInterleave({ x }: OpInputs, a: OpAttrs): Tensor {
  const [axis, n] = [numberOf(a, 'dim'), numberOf(a, 'repeats')];
  const wide = reshape(x, [...x.shape.slice(0, axis + 1), 1, ...x.shape.slice(axis + 1)]);
  const full = expand(
    wide,
    wide.shape.map((d, i) => (i === axis + 1 ? n : d)),
  );
  return reshape(
    full,
    x.shape.map((d, i) => (i === axis ? d * n : d)),
  );
}

const conv: OpRow = ({ x, w, b_: b }, a) => {
  const pair = (key: string, otherwise: number) =>
    Array.isArray(a[key]) ? (numbersOf(a, key) as unknown as [number, number]) : numberOf(a, key, otherwise);
  return conv2d(x, w, b ?? null, {
    stride: pair('stride', 1),
    padding: pair('padding', 0),
    dilation: pair('dilation', 1),
    groups: numberOf(a, 'groups', 1),
  });
};

const reductions: OpRow = ({ x }, a) => {
  const [axes, keep] = [numbersOf(a, 'axes'), a.keepdim === true];
  return {
    sum: sum(x, axes, keep),
    mean: mean(x, axes, keep),
    amax: amax(x, axes, keep),
    amin: amin(x, axes, keep),
    var_biased: variance(x, axes, keep),
  };
};

/** All rows, by the `op` of case.json. */
export const TORCH_OPS: { readonly [op: string]: OpRow } = {
  ...LOSS_OPS,
  layer_norm: ({ x, w, b_ }, a) => {
    const over = numbersOf(a, 'normalized_shape');
    const flat = over.length === 1 ? x : reshape(x, [...x.shape.slice(0, -over.length), -1]);
    return reshape(layerNorm(flat, w ?? null, b_ ?? null, numberOf(a, 'eps')), x.shape);
  },
  'LayerNorm2d (over the channel axis of NCHW)': ({ x, w, b_ }, a) => layerNorm2d(x, w, b_, numberOf(a, 'eps')),
  group_norm: ({ x, w, b_ }, a) => groupNorm(x, numberOf(a, 'groups'), w ?? null, b_ ?? null, numberOf(a, 'eps')),
  batch_norm: torchBatchNorm,
  instance_norm: ({ x, w, b_ }, a) => instanceNorm(x, w ?? null, b_ ?? null, numberOf(a, 'eps')),
  gelu_erf: unary(P.gelu),
  gelu_tanh: unary(P.geluTanh),
  relu: unary(P.relu),
  leaky_relu: ({ x }, a) => P.leakyRelu(x, numberOf(a, 'negative_slope')),
  sigmoid: unary(P.sigmoid),
  tanh: unary(P.tanh),
  silu: unary(P.silu),
  hardswish: unary(P.hardswish),
  softplus: unary(P.softplus),
  logsigmoid: unary(P.logsigmoid),
  sin: unary(P.sin),
  cos: unary(P.cos),
  exp: formulas({ 'exp(x/2)': ({ x }) => P.exp(P.scale(x, 0.5)), '': ({ x }) => P.exp(x) }),
  sqrt: formulas({ 'sqrt(|x|+1e-3)': ({ x }) => P.sqrt(P.addScalar(P.abs(x), 1e-3)), '': ({ x }) => P.sqrt(x) }),
  softmax: ({ x }, a) => softmax(x, numberOf(a, 'dim')),
  log_softmax: ({ x }, a) => logSoftmax(x, numberOf(a, 'dim')),
  scaled_dot_product_attention: torchAttention,
  'get_rel_pos (image_encoder.py)': ({ rp }, a) => getRelPos(numberOf(a, 'q_size'), numberOf(a, 'k_size'), rp),
  'add_decomposed_rel_pos (image_encoder.py)': addRelPos,
  'window_partition (image_encoder.py)': ({ x }, a) => windowPartition(x, numberOf(a, 'window_size')),
  'window_unpartition (image_encoder.py)': unpartition,
  'compute_mask (monai 1.1.0 swin_unetr.py)': (_, a) =>
    shiftMask(numbersOf(a, 'dims'), numbersOf(a, 'window_size'), numbersOf(a, 'shift_size')),
  'window_partition (monai 1.1.0 swin_unetr.py)': ({ x }, a) => gridPartition(x, numbersOf(a, 'window_size')),
  'window_reverse (monai 1.1.0 swin_unetr.py)': ({ x }, a) =>
    gridReverse(x, numbersOf(a, 'window_size'), numbersOf(a, 'dims').slice(1)),
  matmul: ({ A, B }) => torchMatmul(A, B),
  linear: ({ x, w, b_ }) => linear(x, w, b_ ?? null),
  conv2d: conv,
  conv_transpose2d: ({ x, w, b_ }, a) =>
    convTranspose2d(x, w, b_ ?? null, {
      stride: numberOf(a, 'stride', 1),
      padding: numberOf(a, 'padding', 0),
      outputPadding: numberOf(a, 'output_padding', 0),
    }),
  conv3d: ({ x, w, b_ }, a) =>
    conv3d(x, w, b_ ?? null, { stride: numberOf(a, 'stride', 1), padding: numberOf(a, 'padding', 0) }),
  conv_transpose3d: ({ x, w, b_ }, a) => {
    if (numberOf(a, 'padding', 0) !== 0) throw new Error('conv_transpose3d with padding is not there');
    return convTranspose3d(x, w, b_ ?? null, { stride: numberOf(a, 'stride') });
  },
  interpolate: ({ x }, a) => {
    if (a.align_corners) throw new Error('align_corners is not there');
    return interpolate(x, numbersOf(a, 'size'), a.mode as ResizeMode, a.antialias === true);
  },
  embedding: ({ idx, w }) => embedding(w, idx),
  index_select: ({ x, idx }, a) => indexSelect(x, numberOf(a, 'dim'), idx),
  gather: ({ x, idx }, a) => gather(x, numberOf(a, 'dim'), idx),
  'sum, mean, amax, amin, var (biased)': reductions,
  argmax: ({ x }, a) => argmax(x, numberOf(a, 'dim')),
  topk: ({ x }, a) => {
    if (![-1, x.shape.length - 1].includes(numberOf(a, 'dim', -1)))
      throw new Error('topk along another axis than the last is not there');
    return { ...topk(x, numberOf(a, 'k')) };
  },
  amax: ({ x }, a) => amax(x, numbersOf(a, 'axes')),
  cumsum: ({ x }, a) => cumsum(x, numberOf(a, 'dim')),
  add: binary(P.add),
  mul: binary(P.mul),
  sub: binary(P.sub),
  div: formulas({ 'x/(|y|+0.5)': ({ x, y }) => P.div(x, P.addScalar(P.abs(y), 0.5)), '': ({ x, y }) => P.div(x, y) }),
  maximum: binary(P.maximum),
  pad: torchPad,
  roll: ({ x }, a) => numbersOf(a, 'dims').reduce((y, axis, i) => roll(y, numbersOf(a, 'shifts')[i], axis), x),
  permute: ({ x }, a) => permute(x, numbersOf(a, 'dims')),
  cat: (ins, a) => concat(Object.values(ins), numberOf(a, 'dim')),
  repeat_interleave: repeatInterleave,
  max_pool2d: ({ x }, a) =>
    maxPool2d(x, { kernel: numberOf(a, 'kernel'), stride: numberOf(a, 'stride'), padding: numberOf(a, 'padding', 0) }),
  avg_pool2d: ({ x }, a) => avgPool2d(x, { kernel: numberOf(a, 'kernel'), stride: numberOf(a, 'stride') }),
  adaptive_avg_pool2d: ({ x }, a) => {
    if (numberOf(a, 'size') !== 1) throw new Error('adaptive pooling to another size than 1 is not there');
    return globalAvgPool(x);
  },
};
