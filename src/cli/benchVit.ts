import { grad } from '../autograd/grad';
import { attention } from '../ops/attention';
import { layerNorm } from '../ops/layernorm';
import { linear } from '../ops/matmul';
import { adamw } from '../ops/optim';
import { pack } from '../ops/plumbing';
import { add, gelu, mul, scale } from '../ops/pointwise';
import { mean } from '../ops/reduce';
import { permute, reshape, slice, split } from '../ops/view';
import type { Outputs } from '../plan/plan';
import { numel, type Shape } from '../tensor/shape';
import { input, type Leaf, leafTensor, type Tensor } from '../tensor/tensor';

/**
 * The ViT workload of the benchmark: width 192, 3 heads, 4 pre-LN blocks, MLP ×4 with erf-GELU, no relative positions,
 * batch 1; bottleneck adapters after attention and MLP. Which part trains is the only difference between the steps.
 */
export type Workload = 'forward' | 'adapters' | 'all';

/** Extents of the workload. */
export interface VitSize {
  readonly tokens: number;
  readonly dim: number;
  readonly heads: number;
  readonly blocks: number;
  readonly bottleneck: number;
}

interface Weights {
  get(name: string, shape: Shape, adapter?: boolean): Tensor;
}

/** A buildable step of the workload and the state leaves it uses. */
export function vitStep(size: VitSize, work: Workload): () => Outputs {
  const frozen = new Map<string, Leaf>();
  const shapes = new Map<string, Shape>();
  // First pass: list the trainable parameters; second: give them places in one flat leaf.
  const probe: Weights = {
    get: (name, shape, adapter) => {
      const trains = work === 'all' || (work === 'adapters' && adapter);
      if (trains) shapes.set(name, shape);
      else frozen.set(name, { kind: 'state', name, shape, dtype: 'f32' });
      return leafTensor({ kind: 'state', name, shape, dtype: 'f32' });
    },
  };
  forward(size, probe);
  const offsets = new Map<string, number>();
  let total = 0;
  for (const [name, shape] of shapes) {
    offsets.set(name, total);
    total += Math.ceil(numel(shape) / 64) * 64;
  }
  const flat = (name: string): Leaf => ({ kind: 'state', name, shape: [Math.max(total, 64)], dtype: 'f32' });
  const [p, m, v] = ['p', 'm', 'v'].map(flat);
  return (): Outputs => {
    const weights: Weights = {
      get: (name, shape) => {
        const leaf = frozen.get(name);
        if (leaf) return leafTensor(leaf);
        return reshape(slice(leafTensor(p), 0, offsets.get(name)!, numel(shape)), shape);
      },
    };
    const y = forward(size, weights);
    if (work === 'forward') return { outputs: { y } };
    const loss = mean(mul(y, y));
    const names = [...shapes.keys()];
    const gs = grad(
      loss,
      names.map((n) => weights.get(n, shapes.get(n)!)),
    );
    const g = pack(
      gs,
      names.map((n) => offsets.get(n)!),
      total,
    );
    const hyper = input('hyper', [4]);
    return {
      outputs: { loss },
      effects: [adamw(leafTensor(p), g, leafTensor(m), leafTensor(v), hyper, { weightDecay: 0, decayEnd: 0 })],
    };
  };
}

function forward({ tokens, dim, heads, blocks, bottleneck }: VitSize, w: Weights): Tensor {
  let x = input('x', [1, tokens, dim]);
  const lin = (name: string, t: Tensor, o: number, adapter = false) =>
    linear(t, w.get(`${name}.weight`, [o, t.shape[t.shape.length - 1]], adapter), w.get(`${name}.bias`, [o], adapter));
  const norm = (name: string, t: Tensor) =>
    layerNorm(t, w.get(`${name}.weight`, [dim]), w.get(`${name}.bias`, [dim]), 1e-6);
  const adapter = (name: string, t: Tensor) =>
    add(t, lin(`${name}.up`, gelu(lin(`${name}.down`, t, bottleneck, true)), dim, true));
  for (let i = 0; i < blocks; i++) {
    const qkv = permute(
      reshape(lin(`${i}.qkv`, norm(`${i}.norm1`, x), 3 * dim), [1, tokens, 3, heads, dim / heads]),
      [2, 0, 3, 1, 4],
    );
    const [q, k, v] = split(qkv, 3, 0).map((t) => reshape(t, [1, heads, tokens, dim / heads]));
    const a = reshape(permute(attention(q, k, v), [0, 2, 1, 3]), [1, tokens, dim]);
    x = add(x, adapter(`${i}.adapter1`, lin(`${i}.proj`, a, dim)));
    const h = lin(`${i}.lin2`, gelu(lin(`${i}.lin1`, norm(`${i}.norm2`, x), 4 * dim)), dim);
    x = add(x, adapter(`${i}.adapter2`, h));
  }
  return scale(x, 1);
}
