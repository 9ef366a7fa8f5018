import * as v from 'valibot';
import { context, STEPS } from '../nn/context';
import { normal, zeros } from '../nn/init';
import { type Build, type Module, param } from '../nn/module';
import type { Params } from '../nn/params';
import { linear, matmul } from '../ops/matmul';
import { add, addScalar, mul, reciprocal, scale, sqrt, square, sub } from '../ops/pointwise';
import { sum } from '../ops/reduce';
import { reshape, transpose } from '../ops/view';
import { constant, type Tensor } from '../tensor/tensor';
import { defineAdapter, type Foldable, layer1, type TrainingHooks } from './adapter';
import { type LinearTarget, linearTargets, lowRankTargets, widthsOf } from './linearTargets';
import { type AllocationConfig, allocateRanks, ledgerOf, type Triplets } from './rankAllocation';

const count = (least: number) => v.pipe(v.number(), v.integer(), v.minValue(least));

/** Options of AdaLoRA. */
const schema = v.strictObject({
  /** Rank that every layer starts with. */
  rank: v.optional(count(1), 6),
  /** Move ranks to where they count; otherwise every layer keeps its own. */
  allocate: v.optional(v.boolean(), true),
  /** Mean rank that is left in the end; null: two thirds of `rank`. */
  targetRank: v.optional(v.nullable(v.pipe(v.number(), v.gtValue(0))), null),
  /** The change is times alpha / rank; null: alpha = rank. */
  alpha: v.optional(v.nullable(v.pipe(v.number(), v.gtValue(0))), null),
  /** Linear layers below the host, apart by commas: names (qkv, lin1), patterns, or all. */
  targets: v.optional(v.pipe(v.string(), v.minLength(1)), 'qkv,lin1,lin2'),
  /** Weight of the term that keeps rows of A and columns of B orthonormal. */
  orthogonality: v.optional(v.pipe(v.number(), v.minValue(0)), 0.1),
  /** Steps of the schedule; null: those of the run. */
  totalSteps: v.optional(v.nullable(count(1)), null),
  /** Steps before ranks begin to fall; null: a tenth of all. */
  initialWarmup: v.optional(v.nullable(count(0)), null),
  /** Steps at the end with the final ranks; null: three tenths of all. */
  finalWarmup: v.optional(v.nullable(count(0)), null),
  /** Ranks are masked every so many steps. */
  interval: v.optional(count(1), 10),
  /** How slowly the running means of importance and of its uncertainty forget. */
  beta1: v.optional(v.pipe(v.number(), v.minValue(0), v.ltValue(1)), 0.85),
  beta2: v.optional(v.pipe(v.number(), v.minValue(0), v.ltValue(1)), 0.85),
  /** For the base as the published code builds it; the adapter itself is the same. */
  release: v.optional(v.boolean(), false),
});

type AdaloraConfig = v.InferOutput<typeof schema>;

/**
 * AdaLoRA: y = W·x + b + B((A∘E)·x) · alpha / (rank + 1e-5), with `lora_A` [r, in], `lora_E` [r, 1] and `lora_B` [out, r] in
 * place of singular vectors and values. E starts at zero. A penalty keeps A and B near orthonormal; over training the least
 * important E of all layers become zero until `targetRank` per layer is left on average. Source: Zhang et al. 2023; names of
 * the published Med-SA.
 */
export const adalora = defineAdapter('adalora', 'image_encoder.blocks.*', schema, (config) => {
  if ((config.targetRank ?? 0) > config.rank)
    throw new Error(
      `adapter adalora: targetRank ${config.targetRank} is more than rank ${config.rank}; raise rank or lower it`,
    );
  return {
    identityAtInit: true,
    places: (host) =>
      Object.fromEntries(
        lowRankTargets(host, config.targets, 'adalora').map((t) => [
          t.place,
          (_: Module, build: Build) => svdLayer(t, build, config),
        ]),
      ),
    training: (hosts) => hooksOf(hosts, config),
  };
});

/** The options of the published Med-SA: alpha 1, and ranks that are never allocated there. */
export const ADALORA_RELEASE = { release: true, rank: 4, alpha: 1, allocate: false } as const;

function svdLayer({ linear: host }: LinearTarget, build: Build, config: AdaloraConfig): Foldable {
  const { inDim, outDim } = widthsOf(host);
  const at = { ...build, path: host.path };
  const { rank } = config;
  // Rows of A and columns of B begin with length 1, near what the penalty asks for, whatever the layer's width.
  const a = param(at, 'lora_A', [rank, inDim], normal(inDim ** -0.5));
  const e = param(at, 'lora_E', [rank, 1], zeros, { decay: false });
  const b = param(at, 'lora_B', [outDim, rank], normal(outDim ** -0.5));
  // The published layout stores the rank as a number beside the weights.
  const ranknum = param(at, 'ranknum', [1], { kind: 'constant', value: rank }, { buffer: true });
  const factor = () => scale(reciprocal(addScalar(ranknum(), 1e-5)), config.alpha ?? rank);
  const weight = `${host.path}.weight`;
  return {
    layer: layer1((next, x) => add(next(x), mul(linear(linear(x, mul(a(), e())), b()), factor()))),
    fold: (value) => ({ [weight]: add(value(weight), mul(matmul(b(), mul(a(), e())), factor())) }),
  };
}

function hooksOf(hosts: readonly Module[], config: AdaloraConfig): TrainingHooks {
  const params = hosts[0].params;
  const layers = hosts.flatMap((host) =>
    linearTargets(host, config.targets, 'adalora').map((t) => ({
      path: t.linear.path,
      rank: config.rank,
      ...widthsOf(t.linear),
    })),
  );
  const penalty = config.orthogonality ? { penalty: () => orthogonality(params, layers, config.orthogonality) } : {};
  if (!config.allocate) return penalty;
  const target = (config.targetRank ?? (2 / 3) * config.rank) * layers.length;
  const ledger = ledgerOf(layers, hosts[0].path);
  return {
    ...penalty,
    state: [ledger.importance, ledger.uncertainty],
    update: (gradient, t) => allocateRanks(params, ledger, allocationOf(config, target), gradient, t).effects,
  };
}

/** Numbers left open, filled in from the length of the run. */
function allocationOf(config: AdaloraConfig, target: number): AllocationConfig {
  const totalSteps = config.totalSteps ?? context(STEPS);
  if (totalSteps === null)
    throw new Error('adapter adalora: how many steps training will take is not known here; give totalSteps');
  const initialWarmup = config.initialWarmup ?? Math.floor(0.1 * totalSteps);
  const finalWarmup = config.finalWarmup ?? Math.floor(0.3 * totalSteps);
  if (initialWarmup + finalWarmup >= totalSteps)
    throw new Error(
      `adapter adalora: initialWarmup ${initialWarmup} and finalWarmup ${finalWarmup} leave no step of ${totalSteps} in which ranks could fall`,
    );
  return { ...config, totalSteps, initialWarmup, finalWarmup, target: Math.round(target) };
}

/** weight · mean over all A and B of ‖A·Aᵀ − I‖ and ‖Bᵀ·B − I‖ (Frobenius). */
export function orthogonality(params: Params, layers: readonly Triplets[], weight: number): Tensor {
  const norms = layers.flatMap(({ path }) => {
    const [a, b] = [params.tensor(`${path}.lora_A`), params.tensor(`${path}.lora_B`)];
    return [offIdentity(matmul(a, transpose(a))), offIdentity(matmul(transpose(b), b))];
  });
  return scale(
    norms.reduce((s, x) => add(s, x)),
    weight / norms.length,
  );
}

function offIdentity(gram: Tensor): Tensor {
  const r = gram.shape[0];
  const eye = constant(
    Float32Array.from({ length: r * r }, (_, i) => (i % (r + 1) === 0 ? 1 : 0)),
    [r, r],
    'identity',
  );
  // The root of an exact zero has no slope; torch says 0 there, and so does this.
  return reshape(sqrt(addScalar(sum(square(sub(gram, eye))), 1e-20)), []);
}
