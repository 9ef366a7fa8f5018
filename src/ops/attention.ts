import { defineOp, linearGrid, type Target } from '../tensor/op';
import { numel, type Shape, showShape } from '../tensor/shape';
import { apply, type Tensor, whereIs } from '../tensor/tensor';
import { FEW_KEYS, fewAttention } from './fewAttention';
import { flashAttention, WIDEST } from './flashAttention';
import { embedding, toeplitzRows } from './indexing';
import { matmul, productGrads } from './matmul';
import { add, scale as times } from './pointwise';
import { interpolate } from './resize';
import { softmax, softmaxRel } from './softmax';
import { concat, pad, permute, reshape, slice, transpose } from './view';

/** Relative-position terms of a query grid: relH [B, heads, (N | QH, QW), KH] and relW [B, heads, (N | QH, QW), KW]. */
export interface RelPos {
  readonly relH: Tensor;
  readonly relW: Tensor;
}

/**
 * Options of `attention`: the factor on q·kᵀ (default d^−½) and relative-position terms added after it. Keys beyond the
 * KH·KW of the terms (learnt prompts, say) get none.
 */
export interface AttentionOptions {
  readonly scale?: number;
  readonly rel?: RelPos | null;
  /** How: `flash` never stores scores, `composed` does. Unless given, by size (see `formOf`) and by whether a gradient wants them. */
  readonly form?: AttentionForm;
}

/**
 * Ways to compute attention: `composed` stores the probabilities from the forward pass to the gradient; `recomputed` stores
 * nothing forward, and in the gradient for as long as that runs; `flash` never stores any.
 */
export type AttentionForm = 'composed' | 'recomputed' | 'flash';

let forced: AttentionForm | null = null;

/** Runs `f`; attention made in it takes `form` where it can, whatever its size (tests, reference numbers). */
export function withAttention<T>(form: AttentionForm | null, f: () => T): T {
  const saved = forced;
  forced = form;
  try {
    return f();
  } finally {
    forced = saved;
  }
}

/** Bytes of scores up to which they are kept, and up to which the gradient may hold them for a while. */
const KEPT = 2 ** 25;
const HELD = 2 ** 27;
/**
 * Bytes of scores that a software adapter holds at a time where no gradient wants them: plain products are faster than flash
 * there, and a few heads at a time need no more memory than this twice. A GPU never stores any (H200: 0.55 to 0.84 of
 * composed, but 1.3 at 1024 tokens without relative positions).
 */
const PASSING = 2 ** 22;

/**
 * What `attention` does unless told, by the size of the scores of q, k, v [B, heads, N or M, d or dv]: the fastest form that
 * they allow. Scores no larger than the operands they are made of are kept, too. (Measured with `bench --attention`.)
 */
export function formOf(q: Shape, k: Shape, v: Shape): AttentionForm {
  const [b, heads, n, d] = q;
  const [m, e] = [k[2], v[3]];
  const scores = 4 * b * heads * n * m;
  const operands = 4 * b * heads * (n * d + m * (d + e));
  if (scores <= Math.max(KEPT, operands) || Math.max(d, e) > WIDEST) return 'composed';
  return scores <= HELD ? 'recomputed' : 'flash';
}

/** Forward only: the oracle of every other attention. */
const attentionNaiveOp = defineOp<{ scale: number }>({
  name: 'attentionNaive',
  infer: ([q, , v]) => ({ shape: [q.shape[0], q.shape[1], q.shape[2], v.shape[3]], dtype: 'f32' }),
  kernels: ({ ins: [q, k, v, , relW], attrs }) => {
    const rows = numel(q.shape) / q.shape[3];
    return [
      {
        variant: 'naive',
        file: 'attention/naive.wgsl',
        consts: {
          ROWS: rows,
          N: q.shape[2],
          M: k.shape[2],
          D: q.shape[3],
          DV: v.shape[3],
          KW: relW ? relW.shape[relW.shape.length - 1] : 1,
          SCALE: attrs.scale,
        },
        flags: relW ? ['REL'] : [],
        grid: linearGrid(rows),
      },
    ];
  },
});

/**
 * (probabilities, v, q, k, relH and relW or neither) → probabilities · v. Where nothing else reads the probabilities, because
 * no gradient is wanted or because it computes them again (remat), they are made of the others on the way and stored nowhere.
 */
const weightedOp = defineOp<{ scale: number }>({
  name: 'attention',
  infer: ([p, v]) => ({ shape: [...p.shape.slice(0, 3), v.shape[3]], dtype: 'f32' }),
  vjp: ({ ins: [p, v, ...others], dy, need }) => [...productGrads(p, v, dy, need), ...others.map(() => null)],
  lower: ([p, v, q, k, ...rel], { scale }, target, alone) => {
    if (!alone?.(0)) return matmul(p, v);
    if (k.shape[2] <= FEW_KEYS && !rel.length) return fewAttention(q, k, v, scale);
    const wide = Math.max(q.shape[3], v.shape[3]) > WIDEST;
    if (wide || (target?.software !== false && 4 * numel(p.shape) <= PASSING)) return matmul(p, v);
    const few = rel.length ? 0 : headsAtATime(p.shape, target);
    return few ? byHeads(q, k, v, scale, few) : flashAttention(q, k, v, { scale, rel });
  },
});

/** How many heads of probabilities [B, heads, N, M] pass at a time, 0 where not even one may. */
function headsAtATime([b, heads, n, m]: Shape, target: Target | undefined): number {
  return target?.software === false ? 0 : Math.min(heads, Math.floor(PASSING / (4 * b * n * m)));
}

/** softmax(scale · q·kᵀ) · v, `few` heads after the others. */
function byHeads(q: Tensor, k: Tensor, v: Tensor, scale: number, few: number): Tensor {
  const heads = q.shape[1];
  const parts: Tensor[] = [];
  for (let at = 0; at < heads; at += few) {
    const part = (x: Tensor) => slice(x, 1, at, Math.min(few, heads - at));
    parts.push(matmul(softmax(matmul(part(q), transpose(part(k))), -1, scale), part(v)));
  }
  return concat(parts, 1);
}

function checkShapes(where: string, q: Tensor, k: Tensor, v: Tensor): void {
  const fits =
    [q, k, v].every((t) => t.shape.length === 4 && t.shape[0] === q.shape[0] && t.shape[1] === q.shape[1]) &&
    q.shape[3] === k.shape[3] &&
    k.shape[2] === v.shape[2];
  if (!fits) {
    throw new Error(
      `${where}: expected q [B,heads,N,d], k [B,heads,M,d], v [B,heads,M,dv], got ${[q, k, v].map((t) => showShape(t.shape)).join(', ')}`,
    );
  }
}

/**
 * softmax(scale · q·kᵀ + rel) · v per head, q [B, heads, N, d], k [B, heads, M, d], v [B, heads, M, dv] → [B, heads, N, dv].
 * Slices and transposes of a common qkv tensor are read in place. Large scores [B, heads, N, M] are never stored. Source:
 * torch.nn.functional.scaled_dot_product_attention.
 */
export function attention(q: Tensor, k: Tensor, v: Tensor, options: AttentionOptions = {}): Tensor {
  checkShapes(whereIs('attention'), q, k, v);
  const fits = Math.max(q.shape[3], v.shape[3]) <= WIDEST;
  const form = options.form ?? ((fits && forced) || formOf(q.shape, k.shape, v.shape));
  const scale = options.scale ?? q.shape[3] ** -0.5;
  const rel = options.rel ? [options.rel.relH, options.rel.relW].map(onGrid) : [];
  if (form !== 'composed') return flashAttention(q, k, v, { scale, rel, stored: form === 'recomputed' });
  const probs = attentionProbs(q, k, options);
  const told = options.form || (fits && forced);
  return told ? matmul(probs, v) : apply(weightedOp, [probs, v, q, k, ...rel], { scale });
}

/** Terms of queries in a line [B, heads, N, K] as those of a grid of one row. */
function onGrid(r: Tensor): Tensor {
  return r.shape.length === 5 ? r : reshape(r, [...r.shape.slice(0, 2), 1, ...r.shape.slice(2)]);
}

/** The attention weights softmax(scale · q·kᵀ + rel), [B, heads, N, M]. */
export function attentionProbs(q: Tensor, k: Tensor, options: AttentionOptions = {}): Tensor {
  const [b, heads, n, d] = q.shape;
  const scale = options.scale ?? d ** -0.5;
  const scores = matmul(q, transpose(k));
  if (!options.rel) return softmax(scores, -1, scale);
  const m = k.shape[2];
  const { relH, relW } = options.rel;
  const onMap = relH.shape[relH.shape.length - 1] * relW.shape[relW.shape.length - 1];
  if (m > onMap) return softmax(add(times(scores, scale), padKeys(relBias(options.rel, scores), m - onMap)));
  const fold = (r: Tensor) => reshape(r, [b * heads, ...r.shape.slice(2)]);
  const probs = softmaxRel(reshape(scores, [b * heads, n, m]), fold(relH), fold(relW), scale);
  return reshape(probs, [b, heads, n, m]);
}

/** relH[.., kh] + relW[.., kw] written out: [B, heads, N, KH·KW]. */
function relBias({ relH, relW }: RelPos, scores: Tensor): Tensor {
  const [b, heads, n] = scores.shape;
  const [kh, kw] = [relH, relW].map((r) => r.shape[r.shape.length - 1]);
  const sum = add(reshape(relH, [b, heads, n, kh, 1]), reshape(relW, [b, heads, n, 1, kw]));
  return reshape(sum, [b, heads, n, kh * kw]);
}

function padKeys(x: Tensor, more: number): Tensor {
  return pad(x, [...x.shape.slice(1).map(() => [0, 0]), [0, more]]);
}

/** The same by one plain kernel, forward only: what tests compare with. */
export function attentionNaive(q: Tensor, k: Tensor, v: Tensor, options: AttentionOptions = {}): Tensor {
  checkShapes(whereIs('attentionNaive'), q, k, v);
  const rel = options.rel ? [options.rel.relH, options.rel.relW] : [];
  return apply(attentionNaiveOp, [q, k, v, ...rel], { scale: options.scale ?? q.shape[3] ** -0.5 });
}

/**
 * Decomposed relative positions of the unscaled queries q [B, heads, QH·QW, d] with Rh [QH, KH, d] and Rw [QW, KW, d]:
 * relH[b,h,y,x,k] = q·Rh[y,k], relW[b,h,y,x,k] = q·Rw[x,k]. Source: add_decomposed_rel_pos of segment-anything.
 */
export function decomposedRelPos(q: Tensor, rh: Tensor, rw: Tensor): RelPos {
  const [b, heads, n, d] = q.shape;
  const [qh, qw] = [rh.shape[0], rw.shape[0]];
  if (qh * qw !== n || rh.shape[2] !== d || rw.shape[2] !== d) {
    const got = `q ${showShape(q.shape)}, Rh ${showShape(rh.shape)}, Rw ${showShape(rw.shape)}`;
    throw new Error(
      `${whereIs('decomposedRelPos')}: expected q [B,heads,QH·QW,d], Rh [QH,KH,d], Rw [QW,KW,d], got ${got}`,
    );
  }
  const grid = reshape(q, [b * heads, qh, qw, d]);
  const relH = matmul(grid, transpose(rh));
  // Queries of one column share Rw[x]: the column becomes the batch axis, by strides.
  const relW = permute(matmul(permute(grid, [0, 2, 1, 3]), transpose(rw)), [0, 2, 1, 3]);
  const unfold = (r: Tensor) => reshape(r, [b, heads, qh, qw, r.shape[3]]);
  return { relH: unfold(relH), relW: unfold(relW) };
}

/**
 * Rows of a relative-position table [L, d] for every pair of query and key, [qSize, kSize, d]. A table whose length is not
 * 2·max(q, k) − 1 is first resized linearly. Source: get_rel_pos of segment-anything, its truncated float32 index included.
 */
export function getRelPos(qSize: number, kSize: number, table: Tensor): Tensor {
  const length = 2 * Math.max(qSize, kSize) - 1;
  const rows = table.shape[0] === length ? table : resizedTable(table, length);
  if (qSize === kSize) return toeplitzRows(rows, qSize);
  const [qStep, kStep] = [Math.fround(Math.max(kSize / qSize, 1)), Math.fround(Math.max(qSize / kSize, 1))];
  const shift = Math.fround((kSize - 1) * Math.max(qSize / kSize, 1));
  const index = new Uint32Array(qSize * kSize);
  for (let i = 0; i < qSize; i++) {
    for (let j = 0; j < kSize; j++) {
      const offset = Math.fround(Math.fround(i * qStep) - Math.fround(j * kStep));
      index[i * kSize + j] = Math.trunc(Math.fround(offset + shift));
    }
  }
  return reshape(embedding(rows, index), [qSize, kSize, table.shape[1]]);
}

/** [L, d] → [length, d], linear, align_corners false. */
function resizedTable(table: Tensor, length: number): Tensor {
  const [l, d] = table.shape;
  const columns = reshape(permute(table, [1, 0]), [1, d, l]);
  return permute(reshape(interpolate(columns, [length], 'linear'), [d, length]), [1, 0]);
}
