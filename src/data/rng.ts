// Random numbers for data: Philox4x32-10 (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3").
// Counter-based, so that sample n of a stream is the same whatever was drawn before it, on every machine.
// Key = seed (64 bit), counter = (block number, hash of the stream name). Not responsible for the random numbers of kernels.
import { cosTurns, hash32, ln } from './drawMath';

/** Everything needed to continue a generator later: plain JSON. `counter` is the number of 32-bit words drawn so far. */
export interface RngState {
  seed: number;
  stream: (number | string)[];
  counter: number;
}

/** A deterministic random number generator; all methods advance `counter` and nothing else. */
export interface Rng {
  /** A whole number in 0..2^32-1. */
  u32(): number;
  /** A number in [lo, hi), 32 random bits; default [0, 1). */
  uniform(lo?: number, hi?: number): number;
  /** A normal number (Box-Muller, two words, nothing cached); default mean 0, standard deviation 1. */
  normal(mean?: number, sd?: number): number;
  /** A whole number in lo..hi, both included (unlike uniform); `Error` when hi < lo. */
  int(lo: number, hi: number): number;
  /** True with probability p. */
  chance(p: number): boolean;
  /** One element of a list; `Error` when it is empty. */
  pick<T>(list: readonly T[]): T;
  /** A shuffled copy of a list (Fisher-Yates). */
  shuffle<T>(list: readonly T[]): T[];
  /** An independent generator whose stream is this one's stream plus the given names; this one does not advance. */
  fork(...stream: (number | string)[]): Rng;
  /** The state to hand to `rngFrom`. */
  state(): RngState;
}

const mul = new Uint32Array(2);

/** Full 64-bit product of two 32-bit words into `mul` as (low, high); 16-bit halves because JS has no high product. */
function multiply(a: number, b: number): void {
  const al = a & 0xffff;
  const ah = a >>> 16;
  const bl = b & 0xffff;
  const bh = b >>> 16;
  const low = al * bl;
  const mid = ah * bl + (low >>> 16);
  const mid2 = al * bh + (mid % 65536);
  mul[0] = Math.imul(a, b);
  mul[1] = ah * bh + Math.floor(mid / 65536) + Math.floor(mid2 / 65536);
}

/** Philox4x32-10: four random words from a counter of four words and a key of two; in place on `counter`. */
export function philox(counter: Uint32Array, key0: number, key1: number): void {
  let k0 = key0 >>> 0;
  let k1 = key1 >>> 0;
  let [c0, c1, c2, c3] = counter;
  for (let round = 0; round < 10; round++) {
    multiply(0xd2511f53, c0);
    const lo0 = mul[0];
    const hi0 = mul[1];
    multiply(0xcd9e8d57, c2);
    c0 = (mul[1] ^ c1 ^ k0) >>> 0;
    c2 = (hi0 ^ c3 ^ k1) >>> 0;
    c1 = mul[0];
    c3 = lo0;
    k0 = (k0 + 0x9e3779b9) >>> 0;
    k1 = (k1 + 0xbb67ae85) >>> 0;
  }
  counter[0] = c0;
  counter[1] = c1;
  counter[2] = c2;
  counter[3] = c3;
}

/** Two 32-bit words that stand for a stream name; numbers and strings are told apart, as are [1, 2] and [12]. */
function hashStream(stream: readonly (number | string)[]): [number, number] {
  let a = 0x243f6a88;
  let b = 0x85a308d3;
  const word = (w: number) => {
    a = hash32(a ^ w);
    b = hash32((b + Math.imul(w, 0x9e3779b1)) ^ a);
  };
  for (const part of stream) {
    if (typeof part === 'string') {
      word(0x5f000000 + part.length);
      for (let i = 0; i < part.length; i++) word(part.charCodeAt(i));
    } else {
      if (!Number.isSafeInteger(part)) throw new Error(`rng: a stream number must be a whole number, got ${part}`);
      word(part < 0 ? 0x4e000001 : 0x4e000000);
      word(Math.abs(part) % 4294967296);
      word(Math.floor(Math.abs(part) / 4294967296));
    }
  }
  return [a >>> 0, b >>> 0];
}

/** Continues a generator from a saved state (`Error` for a state that no generator wrote). */
export function rngFrom({ seed, stream, counter }: RngState): Rng {
  if (!Number.isSafeInteger(seed) || seed < 0)
    throw new Error(`rng: seed must be a whole number in 0..2^53-1, got ${seed}`);
  if (!Number.isSafeInteger(counter) || counter < 0)
    throw new Error(`rng: counter must be a whole number in 0..2^53-1, got ${counter}`);
  const [streamA, streamB] = hashStream(stream);
  const key0 = seed % 4294967296;
  const key1 = Math.floor(seed / 4294967296);
  const block = new Uint32Array(4);
  let drawn = counter;
  let filled = -1;
  const u32 = () => {
    const number = Math.floor(drawn / 4);
    if (number !== filled) {
      block[0] = number % 4294967296;
      block[1] = Math.floor(number / 4294967296);
      block[2] = streamA;
      block[3] = streamB;
      philox(block, key0, key1);
      filled = number;
    }
    return block[drawn++ % 4];
  };
  return {
    u32,
    ...distributions(u32),
    fork: (...more) => rngFrom({ seed, stream: [...stream, ...more], counter: 0 }),
    state: () => ({ seed, stream: [...stream], counter: drawn }),
  };
}

/** The derived distributions of a generator of 32-bit words. */
function distributions(u32: () => number): Omit<Rng, 'u32' | 'fork' | 'state'> {
  const uniform = (lo = 0, hi = 1) => lo + (hi - lo) * (u32() / 4294967296);
  const int = (lo: number, hi: number) => {
    if (!(hi >= lo)) throw new Error(`rng.int: need lo <= hi, got ${lo}..${hi}`);
    return lo + Math.floor((u32() / 4294967296) * (hi - lo + 1));
  };
  return {
    uniform,
    int,
    normal(mean = 0, sd = 1) {
      const radius = Math.sqrt(-2 * ln((u32() + 1) / 4294967296)); // in (0, 1], so that ln is finite
      return mean + sd * radius * cosTurns(u32() / 4294967296);
    },
    chance: (p) => u32() / 4294967296 < p,
    pick(list) {
      if (list.length === 0) throw new Error('rng.pick: the list is empty');
      return list[int(0, list.length - 1)];
    },
    shuffle(list) {
      const out = list.slice();
      for (let i = out.length - 1; i > 0; i--) {
        const j = int(0, i);
        const kept = out[i];
        out[i] = out[j];
        out[j] = kept;
      }
      return out;
    },
  };
}

/** A generator for a seed (whole number >= 0) and a stream name, e.g. `rng(7, 'scene', 12)`; different names are independent. */
export function rng(seed: number, ...stream: (number | string)[]): Rng {
  return rngFrom({ seed, stream, counter: 0 });
}
