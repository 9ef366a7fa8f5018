import { numel, type Shape } from '../tensor/shape';

/**
 * Initial values of parameters. A parameter's numbers depend on the seed and on its own name alone, so adding or
 * removing modules never changes the others.
 */
export type Init =
  | { readonly kind: 'zeros' }
  | { readonly kind: 'ones' }
  | { readonly kind: 'constant'; readonly value: number }
  | { readonly kind: 'uniform'; readonly bound: number }
  | { readonly kind: 'normal'; readonly std: number }
  | { readonly kind: 'values'; readonly values: readonly number[] };

/** All zeros: biases, and whatever must not change the model at first. */
export const zeros: Init = { kind: 'zeros' };
/** All ones: gains of norms. */
export const ones: Init = { kind: 'ones' };

/** Torch's default for Linear and Conv weights and biases: U(±1/√fanIn). */
export function fanInUniform(fanIn: number): Init {
  return { kind: 'uniform', bound: 1 / Math.sqrt(Math.max(1, fanIn)) };
}

/** N(0, std²); torch's default for Embedding with std 1. */
export function normal(std: number): Init {
  return { kind: 'normal', std };
}

/**
 * The numbers of a parameter called `name` under `seed`. Throws when `values` has another length than `shape` asks for.
 */
export function initialValues(init: Init, shape: Shape, name: string, seed: number): Float32Array<ArrayBuffer> {
  const out = new Float32Array(numel(shape));
  switch (init.kind) {
    case 'zeros':
      return out;
    case 'ones':
      return out.fill(1);
    case 'constant':
      return out.fill(init.value);
    case 'values':
      if (init.values.length !== out.length) {
        throw new Error(`init of ${name}: ${init.values.length} values for shape [${shape}], expected ${out.length}`);
      }
      out.set(init.values);
      return out;
    case 'uniform': {
      const next = uniforms(name, seed);
      for (let i = 0; i < out.length; i++) out[i] = (2 * next() - 1) * init.bound;
      return out;
    }
    case 'normal':
      return fillNormal(out, init.std, uniforms(name, seed));
  }
}

/** Box–Muller, two values per pair of uniforms. */
function fillNormal(out: Float32Array<ArrayBuffer>, std: number, next: () => number): Float32Array<ArrayBuffer> {
  for (let i = 0; i < out.length; i += 2) {
    const r = std * Math.sqrt(-2 * Math.log(1 - next()));
    const a = 2 * Math.PI * next();
    out[i] = r * Math.cos(a);
    if (i + 1 < out.length) out[i + 1] = r * Math.sin(a);
  }
  return out;
}

/** A stream of numbers in [0, 1) that belongs to (name, seed): FNV-1a for the key, then a 32-bit mixing counter. */
function uniforms(name: string, seed: number): () => number {
  let key = mix(0x811c9dc5 ^ seed);
  for (let i = 0; i < name.length; i++) key = Math.imul(key ^ name.charCodeAt(i), 0x01000193);
  let state = mix(key);
  return () => {
    state = (state + 0x9e3779b9) | 0;
    // 24 bits are what a float32 in [0, 1) can hold evenly.
    return (mix(state) >>> 8) / 0x1000000;
  };
}

/** Bijective scrambling of 32 bits (the finaliser of MurmurHash3). */
function mix(x: number): number {
  let h = x | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) | 0;
}
