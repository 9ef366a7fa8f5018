import { grad } from '../autograd/grad';
import { attention } from '../ops/attention';
import { layerNorm } from '../ops/layernorm';
import { linear } from '../ops/matmul';
import { adam, HYPER_LENGTH } from '../ops/optim';
import { pack } from '../ops/plumbing';
import { add, gelu, scale, square } from '../ops/pointwise';
import { mean } from '../ops/reduce';
import { permute, reshape, slice, split } from '../ops/view';
import type { Outputs } from '../plan/plan';
import { numel } from '../tensor/shape';
import { input, type Leaf, leafTensor, type Tensor } from '../tensor/tensor';
import { type VitSize, type VitWeight, type VitWork, vitWeights } from './benchWorkloads';

/** A buildable step of the ViT workload and where its parameters live. */
export interface VitStep {
  readonly build: () => Outputs;
  readonly places: readonly VitPlace[];
}

/** A parameter's leaf and the element it begins at. */
export interface VitPlace extends VitWeight {
  readonly leaf: Leaf;
  readonly offset: number;
}

interface Weights {
  get(name: string): Tensor;
}

/** Trainable parameters lie in one flat leaf p, each from a multiple of 256 bytes on; the others have leaves of their own. */
export function vitStep(size: VitSize, work: VitWork): VitStep {
  const all = vitWeights(size, work);
  const trained = all.filter((w) => w.trains);
  const offsets = new Map<string, number>();
  let total = 0;
  for (const { name, shape } of trained) {
    offsets.set(name, total);
    total += Math.ceil(numel(shape) / 64) * 64;
  }
  const flat = (name: string): Leaf => ({ kind: 'state', name, shape: [Math.max(total, 64)], dtype: 'f32' });
  const [p, m, v] = ['p', 'm', 'v'].map(flat);
  const places = all.map((w): VitPlace => {
    const own: Leaf = { kind: 'state', name: w.name, shape: w.shape, dtype: 'f32' };
    return w.trains ? { ...w, leaf: p, offset: offsets.get(w.name)! } : { ...w, leaf: own, offset: 0 };
  });
  const byName = new Map(places.map((w) => [w.name, w]));
  const weights: Weights = {
    get: (name) => {
      const { leaf, offset, shape, trains } = byName.get(name)!;
      return trains ? reshape(slice(leafTensor(leaf), 0, offset, numel(shape)), shape) : leafTensor(leaf);
    },
  };
  const build = (): Outputs => {
    const y = forward(size, weights);
    if (work === 'forward') return { outputs: { y } };
    const loss = mean(square(y));
    const gs = grad(
      loss,
      trained.map((w) => weights.get(w.name)),
    );
    const g = pack(
      gs,
      trained.map((w) => offsets.get(w.name)!),
      total,
    );
    const hyper = input('hyper', [HYPER_LENGTH]);
    return { outputs: { loss }, effects: [adam(leafTensor(p), g, leafTensor(m), leafTensor(v), hyper)] };
  };
  return { build, places };
}

function forward({ batch = 1, tokens, dim, heads, blocks }: VitSize, w: Weights): Tensor {
  let x = input('x', [batch, tokens, dim]);
  const lin = (name: string, t: Tensor) => linear(t, w.get(`${name}.weight`), w.get(`${name}.bias`));
  const norm = (name: string, t: Tensor) => layerNorm(t, w.get(`${name}.weight`), w.get(`${name}.bias`), 1e-6);
  const adapter = (name: string, t: Tensor) => add(t, lin(`${name}.up`, gelu(lin(`${name}.down`, t))));
  for (let i = 0; i < blocks; i++) {
    const qkv = permute(
      reshape(lin(`${i}.qkv`, norm(`${i}.norm1`, x)), [batch, tokens, 3, heads, dim / heads]),
      [2, 0, 3, 1, 4],
    );
    const [q, k, v] = split(qkv, 3, 0).map((t) => reshape(t, [batch, heads, tokens, dim / heads]));
    const a = reshape(permute(attention(q, k, v), [0, 2, 1, 3]), [batch, tokens, dim]);
    x = add(x, adapter(`${i}.adapter1`, lin(`${i}.proj`, a)));
    const h = lin(`${i}.lin2`, gelu(lin(`${i}.lin1`, norm(`${i}.norm2`, x))));
    x = add(x, adapter(`${i}.adapter2`, h));
  }
  return scale(x, 1);
}
