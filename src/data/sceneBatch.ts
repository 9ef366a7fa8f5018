import { type Rng, rng } from './rng';
import { type Scene, scene } from './scenes';

/** Arrays for one pretraining or evaluation step, in the layout of `pretrainStep`'s inputs. */
export interface SceneBatch {
  /** [B, 3, S, S] in 0..255. */
  readonly image: Float32Array;
  /** [B·K, T, 2] in pixels. */
  readonly points: Float32Array;
  /** [B·K, T]: 1, 0, −1, 2, 3. */
  readonly labels: Float32Array;
  /** [B·K, 1, 16hw]: part of each low-resolution cell that the object covers. */
  readonly target: Float32Array;
  /** [B, hw]: object that covers most of each token. */
  readonly ids: Float32Array;
  /** [B, hw]: 1 where that object covers at least three quarters of the token. */
  readonly pure: Float32Array;
}

/** What is asked: `kinds` are drawn evenly per row; all must take `tokens` tokens, padding included. */
export interface SceneBatchOptions {
  readonly size: number;
  readonly patch: number;
  readonly batch: number;
  readonly objects: number;
  readonly kinds: readonly PromptKind[];
  /** Difficulty of scene i of the batch, 0..1. */
  readonly difficulty: (random: Rng) => number;
}

/** One click, one click and a second (on the object or beside it), or a box. */
export type PromptKind = 'point' | 'points' | 'box';

const TOKENS: Record<PromptKind, number> = { point: 2, box: 2, points: 3 };

/** Tokens that prompts of these kinds take, padding included. `Error` where they differ. */
export function promptTokens(kinds: readonly PromptKind[]): number {
  const tokens = TOKENS[kinds[0]];
  if (kinds.some((k) => TOKENS[k] !== tokens))
    throw new Error(`scenes: prompts ${kinds.join(', ')} take different numbers of tokens`);
  return tokens;
}

/** Batch number `index` of `seed`: the same numbers on every machine. */
export function sceneBatch(seed: number, index: number, o: SceneBatchOptions): SceneBatch {
  const tokens = promptTokens(o.kinds);
  const { size, patch, batch, objects } = o;
  const grid = size / patch;
  const rows = batch * objects;
  const out: SceneBatch = {
    image: new Float32Array(batch * 3 * size * size),
    points: new Float32Array(rows * tokens * 2),
    labels: new Float32Array(rows * tokens).fill(-1),
    target: new Float32Array(rows * 16 * grid * grid),
    ids: new Float32Array(batch * grid * grid),
    pure: new Float32Array(batch * grid * grid),
  };
  const random = rng(seed, 'sceneBatch', index);
  for (let b = 0; b < batch; b++) {
    const s = scene(seed, index * batch + b, { size, difficulty: o.difficulty(random) });
    const plane = size * size;
    for (let i = 0; i < plane; i++) {
      for (let c = 0; c < 3; c++) out.image[(b * 3 + c) * plane + i] = s.image[3 * i + c];
    }
    tokenIds(s, patch, out.ids.subarray(b * grid * grid), out.pure.subarray(b * grid * grid));
    const order = random.int(0, s.count - 1);
    for (let k = 0; k < objects; k++) {
      const id = 1 + ((order + k) % s.count);
      const row = b * objects + k;
      prompt(s, id, random.pick(o.kinds), random, out.points, out.labels, row * tokens);
      coverage(s, id, patch / 4, out.target.subarray(row * 16 * grid * grid));
    }
  }
  return out;
}

function prompt(
  s: Scene,
  id: number,
  kind: PromptKind,
  random: Rng,
  points: Float32Array,
  labels: Float32Array,
  at: number,
): void {
  const put = (i: number, x: number, y: number, label: number) => {
    points[2 * (at + i)] = x;
    points[2 * (at + i) + 1] = y;
    labels[at + i] = label;
  };
  if (kind === 'box') {
    const [x0, y0, x1, y1] = boxOf(s, id);
    put(0, x0, y0, 2);
    put(1, x1, y1, 3);
    return;
  }
  const first = pixel(s, random, (v) => v === id);
  put(0, first % s.size, Math.floor(first / s.size), 1);
  if (kind === 'points') {
    const positive = random.chance(0.5);
    const second = pixel(s, random, (v) => (v === id) === positive);
    put(1, second % s.size, Math.floor(second / s.size), positive ? 1 : 0);
  }
}

/** A random pixel whose id satisfies `want`. */
function pixel(s: Scene, random: Rng, want: (id: number) => boolean): number {
  for (let i = 0; i < 400; i++) {
    const at = random.int(0, s.ids.length - 1);
    if (want(s.ids[at])) return at;
  }
  const all = [...s.ids.keys()].filter((i) => want(s.ids[i]));
  return all.length ? random.pick(all) : 0;
}

function boxOf(s: Scene, id: number): [number, number, number, number] {
  let [x0, y0, x1, y1] = [s.size, s.size, 0, 0];
  for (let y = 0, i = 0; y < s.size; y++) {
    for (let x = 0; x < s.size; x++, i++) {
      if (s.ids[i] !== id) continue;
      x0 = Math.min(x0, x);
      x1 = Math.max(x1, x);
      y0 = Math.min(y0, y);
      y1 = Math.max(y1, y);
    }
  }
  return [x0, y0, x1, y1];
}

/** Part of each cell of `cell`² pixels that object `id` covers. */
function coverage(s: Scene, id: number, cell: number, out: Float32Array): void {
  const grid = s.size / cell;
  const share = 1 / (cell * cell);
  for (let y = 0, i = 0; y < s.size; y++) {
    const row = Math.floor(y / cell) * grid;
    for (let x = 0; x < s.size; x++, i++) if (s.ids[i] === id) out[row + Math.floor(x / cell)] += share;
  }
}

function tokenIds(s: Scene, patch: number, ids: Float32Array, pure: Float32Array): void {
  const grid = s.size / patch;
  const counts = new Uint16Array(256);
  for (let t = 0; t < grid * grid; t++) {
    counts.fill(0);
    const [ty, tx] = [Math.floor(t / grid) * patch, (t % grid) * patch];
    for (let y = 0; y < patch; y++) for (let x = 0; x < patch; x++) counts[s.ids[(ty + y) * s.size + tx + x]]++;
    const best = counts.indexOf(Math.max(...counts));
    ids[t] = best;
    pure[t] = counts[best] >= 0.75 * patch * patch ? 1 : 0;
  }
}
