// A U-Net in float64, plain and slow: what the GPU's is compared with.
import { type Array64, at64, make64, sum64 } from '../../harness/array64';

/** Values of parameters by name. */
export type Values = (name: string) => Array64;

const conv = (x: Array64, w: Array64, bias: Array64 | null, pad: number): Array64 => {
  const [b, c, h, v] = x.shape;
  const [o, , k] = w.shape;
  return make64([b, o, h, v], (n, m, i, j) => {
    const sum = sum64(c, (a) =>
      sum64(k, (y) => sum64(k, (z) => at64(x, n, a, i + y - pad, j + z - pad) * at64(w, m, a, y, z))),
    );
    return sum + (bias ? bias.data[m] : 0);
  });
};

const groupNorm = (x: Array64, groups: number, w: Array64, bias: Array64): Array64 => {
  const [b, c, h, v] = x.shape;
  const size = (c / groups) * h * v;
  const stats = Array.from({ length: b * groups }, (_, g) => {
    const part = x.data.subarray(g * size, (g + 1) * size);
    const mean = part.reduce((s, t) => s + t, 0) / size;
    return { mean, sd: Math.sqrt(part.reduce((s, t) => s + (t - mean) ** 2, 0) / size + 1e-5) };
  });
  return make64(x.shape, (n, a, i, j) => {
    const { mean, sd } = stats[n * groups + Math.floor(a / (c / groups))];
    return ((at64(x, n, a, i, j) - mean) / sd) * w.data[a] + bias.data[a];
  });
};

const relu = (x: Array64): Array64 => ({ shape: x.shape, data: x.data.map((t) => Math.max(0, t)) });

const pool = (x: Array64): Array64 => {
  const [b, c, h, v] = x.shape;
  return make64([b, c, h / 2, v / 2], (n, a, i, j) =>
    Math.max(...[0, 1, 2, 3].map((k) => at64(x, n, a, 2 * i + (k >> 1), 2 * j + (k & 1)))),
  );
};

/** Kernel and stride 2: every pixel becomes a 2 × 2 patch. */
const upConv = (x: Array64, w: Array64, bias: Array64): Array64 => {
  const [b, c, h, v] = x.shape;
  return make64([b, w.shape[1], 2 * h, 2 * v], (n, o, i, j) => {
    const sum = sum64(c, (a) => at64(x, n, a, i >> 1, j >> 1) * at64(w, a, o, i & 1, j & 1));
    return sum + bias.data[o];
  });
};

const beside = (a: Array64, b: Array64): Array64 =>
  make64([a.shape[0], a.shape[1] + b.shape[1], a.shape[2], a.shape[3]], (n, c, i, j) =>
    c < a.shape[1] ? at64(a, n, c, i, j) : at64(b, n, c - a.shape[1], i, j),
  );

function double(x: Array64, at: string, p: Values): Array64 {
  return [1, 2].reduce((y, k) => {
    const w = p(`${at}.conv${k}.weight`);
    const groups = Math.min(8, w.shape[0]);
    return relu(groupNorm(conv(y, w, null, 1), groups, p(`${at}.norm${k}.weight`), p(`${at}.norm${k}.bias`)));
  }, x);
}

/** Normalised image [B, 3, S, S] → logits [B, classes, S, S]. */
export function unet64(x: Array64, levels: number, p: Values): Array64 {
  const skips = [double(x, 'inc', p)];
  for (let l = 0; l < levels; l++) skips.push(double(pool(skips[l]), `down.${l}`, p));
  let y = skips.pop()!;
  for (let l = 0; l < levels; l++) {
    const up = upConv(y, p(`up.${l}.up.weight`), p(`up.${l}.up.bias`));
    y = double(beside(skips.pop()!, up), `up.${l}.conv`, p);
  }
  return conv(y, p('out.weight'), p('out.bias'), 0);
}
