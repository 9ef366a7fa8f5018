import { showShape } from '../tensor/shape';
import { type Tensor, whereIs } from '../tensor/tensor';
import { add, maximum, scale } from './pointwise';
import { mean } from './reduce';
import { everyNth, padWith } from './strided';
import { pad } from './view';

/** Pooling of x [B, C, H, W] over square windows, as pointwise ops over shifted views: fused, they are one dispatch. */
export interface PoolOptions {
  readonly kernel: number;
  /** The kernel's size by default. */
  readonly stride?: number;
  readonly padding?: number;
}

/** What stands outside the image for a maximum: smaller than any activation, yet finite. */
const LOWEST = -1e30;

function shifted(name: string, x: Tensor, o: PoolOptions, fill: number): Tensor[] {
  const { kernel: k, stride: s = k, padding: p = 0 } = o;
  if (x.shape.length !== 4 || !(k >= 1) || !(s >= 1) || p * 2 > k) {
    throw new Error(
      `${whereIs(name)}: expected x [B,C,H,W] and padding of at most half the kernel, got ${showShape(x.shape)} and ${JSON.stringify(o)}`,
    );
  }
  const around = [
    [0, 0],
    [0, 0],
    [p, p],
    [p, p],
  ];
  const padded = p === 0 ? x : fill === 0 ? pad(x, around) : padWith(x, around, fill);
  const [rows, columns] = [2, 3].map((a) => Math.floor((padded.shape[a] - k) / s) + 1);
  if (rows < 1 || columns < 1)
    throw new Error(`${whereIs(name)}: a window of ${k} is larger than x ${showShape(x.shape)}`);
  return Array.from({ length: k * k }, (_, i) =>
    everyNth(everyNth(padded, 2, Math.floor(i / k), rows, s), 3, i % k, columns, s),
  );
}

/** Largest value of each window; among equals the gradient is shared. Source: torch.nn.functional.max_pool2d. */
export function maxPool2d(x: Tensor, options: PoolOptions): Tensor {
  return shifted('maxPool2d', x, options, LOWEST).reduce((a, b) => maximum(a, b));
}

/** Mean of each window, padding counted as zeros. Source: torch.nn.functional.avg_pool2d. */
export function avgPool2d(x: Tensor, options: PoolOptions): Tensor {
  const parts = shifted('avgPool2d', x, options, 0);
  return scale(
    parts.reduce((a, b) => add(a, b)),
    1 / parts.length,
  );
}

/** Mean over all positions, [B, C, 1, ...]. Source: torch.nn.functional.adaptive_avg_pool2d to size 1. */
export function globalAvgPool(x: Tensor): Tensor {
  return mean(x, x.shape.map((_, i) => i).slice(2), true);
}
