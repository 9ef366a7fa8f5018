import { initialValues, normal } from '../nn/init';
import type { Params } from '../nn/params';

/**
 * Start of a decoder that is to learn from little. SAM's own initial values leave a click's token blind: its attention
 * over the image is uniform, and finding its own place by its position code takes thousands of steps. With equal,
 * orthogonal query and key projections (times `GAIN`) the score of a token and a place is at once the likeness of their
 * position codes, so that a click reads the image where it was made. In the manner of mimetic initialisation
 * (Trockman & Kolter 2023).
 */
const GAIN = 1.7;

/** Deviation of the point kinds' embeddings: small beside the position code, which is what must be recognised. */
const POINT_STD = 0.2;

/** Sets the initial values of the cross attentions' projections, of the point kinds and of the position embedding. */
export function mimeticInit(params: Params): void {
  for (const p of params.all()) {
    const from = p.name.replace('k_proj', 'q_proj');
    if (/(cross_attn|final_attn)\w*\.[qk]_proj\.weight$/.test(p.name)) {
      params.setSource(p.name, async () =>
        orthogonalRows(initialValues(normal(1), p.shape, from, params.seed), p.shape[0]),
      );
    } else if (/(point_embeddings|not_a_point_embed)\b/.test(p.name)) {
      params.setSource(p.name, async () => initialValues(normal(POINT_STD), p.shape, p.name, params.seed));
    } else if (p.name.endsWith('pos_embed')) {
      params.setSource(p.name, async () => initialValues(normal(0.02), p.shape, p.name, params.seed));
    }
  }
}

/** Gram–Schmidt over `rows` rows, each then of length GAIN. In place. */
export function orthogonalRows<A extends Float32Array>(w: A, rows: number): A {
  const n = w.length / rows;
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < i; j++) addRow(w, n, i, j, -dot(w, n, i, j) / GAIN ** 2);
    const factor = GAIN / Math.sqrt(dot(w, n, i, i));
    for (let k = 0; k < n; k++) w[i * n + k] *= factor;
  }
  return w;
}

function dot(w: Float32Array, n: number, i: number, j: number): number {
  let s = 0;
  for (let k = 0; k < n; k++) s += w[i * n + k] * w[j * n + k];
  return s;
}

function addRow(w: Float32Array, n: number, i: number, j: number, factor: number): void {
  for (let k = 0; k < n; k++) w[i * n + k] += factor * w[j * n + k];
}
