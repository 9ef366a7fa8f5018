/** The workloads of `npm run bench`: plain data, so that every engine reads the same description and the same numbers. */

/** Extents of the ViT workload. */
export interface VitSize {
  readonly batch?: number;
  readonly tokens: number;
  readonly dim: number;
  readonly heads: number;
  readonly blocks: number;
  readonly bottleneck: number;
}

/** Which part of the ViT trains is the only difference between its steps. */
export type VitWork = 'forward' | 'adapters' | 'all';

/** What is computed. Arrays lie as in torch; an engine may hold them as it likes best. */
export type Task =
  | { readonly kind: 'matmul'; readonly batch: number; readonly m: number; readonly k: number; readonly n: number }
  | { readonly kind: 'layernorm' | 'gelu'; readonly rows: number; readonly width: number }
  | { readonly kind: 'attention'; readonly tokens: number; readonly heads: number; readonly dim: number }
  | {
      readonly kind: 'conv';
      readonly channels: number;
      readonly out: number;
      readonly size: number;
      readonly kernel: number;
      readonly stride: number;
      readonly padding: number;
    }
  /** A training step of sam-nano with SD-Trans on one volume of `depth` slices; ours alone. */
  | { readonly kind: 'slab'; readonly depth: number }
  | { readonly kind: 'vit'; readonly work: VitWork; readonly size: VitSize };

/** A row of the table. */
export interface Workload {
  readonly id: string;
  readonly title: string;
  readonly task: Task;
}

const vit = (tokens: number): VitSize => ({ tokens, dim: 192, heads: 3, blocks: 4, bottleneck: 48 });
const tiny: VitSize = { tokens: 16, dim: 32, heads: 2, blocks: 4, bottleneck: 8 };

const row = (id: string, title: string, task: Task): Workload => ({ id, title, task });
const vitRow = (id: string, title: string, work: VitWork, size: VitSize) => row(id, title, { kind: 'vit', work, size });

/** The rows in the order of the table. ViT: width 192, 3 heads, 4 pre-LN blocks, MLP ×4, erf-GELU, batch 1, f32. */
export const WORKLOADS: readonly Workload[] = [
  row('matmul', 'matmul 1024³', { kind: 'matmul', batch: 1, m: 1024, k: 1024, n: 1024 }),
  row('batched', '12 × (1024×64)(64×1024)', { kind: 'matmul', batch: 12, m: 1024, k: 64, n: 1024 }),
  row('layernorm', 'layernorm 4096×768', { kind: 'layernorm', rows: 4096, width: 768 }),
  row('gelu', 'erf-gelu 4096×3072', { kind: 'gelu', rows: 4096, width: 3072 }),
  row('attention', 'attention 1024 tokens, 4 heads, d 64', { kind: 'attention', tokens: 1024, heads: 4, dim: 64 }),
  row('conv', 'conv 3×3 64→64 @64²', {
    kind: 'conv',
    channels: 64,
    out: 64,
    size: 64,
    kernel: 3,
    stride: 1,
    padding: 1,
  }),
  row('patch', 'patch-embed 16, 3→768 @512²', {
    kind: 'conv',
    channels: 3,
    out: 768,
    size: 512,
    kernel: 16,
    stride: 16,
    padding: 0,
  }),
  vitRow('forward-196', 'ViT forward, 196 tokens', 'forward', vit(196)),
  vitRow('forward-1024', 'ViT forward, 1024 tokens', 'forward', vit(1024)),
  vitRow('adapters-196', 'adapter step, 196 tokens', 'adapters', vit(196)),
  vitRow('adapters-1024', 'adapter step, 1024 tokens', 'adapters', vit(1024)),
  vitRow('all-196', 'all-parameters step, 196 tokens', 'all', vit(196)),
  vitRow('all-1024', 'all-parameters step, 1024 tokens', 'all', vit(1024)),
  vitRow('tiny-adapters', 'tiny adapter step, 16 tokens, d 32', 'adapters', tiny),
  vitRow('tiny-all', 'tiny all-parameters step, 16 tokens, d 32', 'all', tiny),
];

/** Learning rate of Adam (β 0.9, 0.999, ε 1e-8) in the training steps. */
export const LEARNING_RATE = 1e-3;

/** `length` numbers in (−scale, scale) that depend on `name` alone. */
export function values(name: string, length: number, scale = 1): Float32Array<ArrayBuffer> {
  let state = 2166136261;
  for (const c of name) state = Math.imul(state ^ c.charCodeAt(0), 16777619) >>> 0;
  const out = new Float32Array(length);
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    out[i] = scale * (state / 2 ** 31 - 1);
  }
  return out;
}

/** Initial numbers of a ViT parameter: matrices [out, in] by fan-in, gains of norms near 1, the rest small. */
export function weightValues(name: string, shape: readonly number[]): Float32Array<ArrayBuffer> {
  const length = shape.reduce((a, b) => a * b, 1);
  if (shape.length > 1) return values(name, length, Math.sqrt(3 / shape[shape.length - 1]));
  const out = values(name, length, 0.1);
  return /norm\d\.weight$/.test(name) ? out.map((v) => 1 + v) : out;
}

/** A parameter of the ViT. */
export interface VitWeight {
  readonly name: string;
  readonly shape: readonly number[];
  readonly trains: boolean;
}

/** The parameters of the ViT, torch's names and layout, in order of use. */
export function vitWeights({ dim, blocks, bottleneck }: VitSize, work: VitWork): VitWeight[] {
  const out: VitWeight[] = [];
  const put = (name: string, shape: number[]) =>
    out.push({ name, shape, trains: work === 'all' || (work === 'adapters' && name.includes('adapter')) });
  const linear = (name: string, o: number, i: number) => {
    put(`${name}.weight`, [o, i]);
    put(`${name}.bias`, [o]);
  };
  const adapter = (name: string) => {
    linear(`${name}.down`, bottleneck, dim);
    linear(`${name}.up`, dim, bottleneck);
  };
  for (let b = 0; b < blocks; b++) {
    for (const part of ['weight', 'bias']) put(`${b}.norm1.${part}`, [dim]);
    linear(`${b}.qkv`, 3 * dim, dim);
    linear(`${b}.proj`, dim, dim);
    adapter(`${b}.adapter1`);
    for (const part of ['weight', 'bias']) put(`${b}.norm2.${part}`, [dim]);
    linear(`${b}.lin1`, 4 * dim, dim);
    linear(`${b}.lin2`, dim, 4 * dim);
    adapter(`${b}.adapter2`);
  }
  return out;
}
