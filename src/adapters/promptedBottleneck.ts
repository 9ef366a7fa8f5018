import { type Act, activation } from '../nn/activation';
import { capture } from '../nn/capture';
import { type Init, normal } from '../nn/init';
import { Linear, zeroInit } from '../nn/linear';
import { at, type Build, Module } from '../nn/module';
import { LayerNorm } from '../nn/norm';
import { matmul } from '../ops/matmul';
import { add, relu } from '../ops/pointwise';
import { concat, expand, reshape } from '../ops/view';
import type { Tensor } from '../tensor/tensor';

/**
 * How a bottleneck learns of the prompt, by name: not at all, its vector added to or put beside the tokens', or weights
 * generated from it, one set per prompt or one per token.
 */
export const ARMS = ['none', 'add', 'concat', 'hyper', 'hyper-token'] as const;
export type Arm = (typeof ARMS)[number];

/** Of one prompted bottleneck. */
export interface PromptedConfig {
  readonly arm: Arm;
  /** Width of tokens and prompt. */
  readonly dim: number;
  readonly r: number;
  /** Width L_p of the reduced prompt, from which weights are generated. */
  readonly lp: number;
  /** Number K of generated layers. */
  readonly k: number;
  /** Of the arms that generate nothing; generated layers have LayerNorm and ReLU. */
  readonly act: Act;
  readonly upInit: 'zero' | 'default';
}

/** What happens between Down and Up: d_0 [B, T, r] and prompt → d_K [B, T, r]. */
type Middle = (d0: Tensor, prompt: Tensor) => Tensor;

/**
 * Up(d_K) of tokens h [B, T, C] under a prompt, without skip: `D_fc1` Down C→r, `D_fc2` Up r→C. The prompt is [B, C], or
 * [B, T, C] with `hyper-token`. While somebody captures, it leaves d0, e, W1, d1, W2, … under its path; Wn [B, r, r] (or
 * [B, T, r, r]) are the generated weights. Source: Med-SA's hyper-prompting adapter; names of this project.
 */
export class PromptedBottleneck extends Module<[Tensor, Tensor], Tensor> {
  readonly D_fc1: Linear;
  readonly D_fc2: Linear;
  readonly #middle: Middle;

  constructor(build: Build, config: PromptedConfig) {
    super(build);
    this.D_fc1 = new Linear(at(build, 'D_fc1'), config.dim, config.r);
    this.#middle = MIDDLES[config.arm](build, config);
    this.D_fc2 = new Linear(at(build, 'D_fc2'), config.r, config.dim, config.upInit === 'zero' ? zeroInit : {});
  }

  protected forward(h: Tensor, prompt: Tensor): Tensor {
    const d0 = this.D_fc1.call(h);
    capture(`${this.path}.d0`, d0);
    return this.D_fc2.call(this.#middle(d0, prompt));
  }
}

const MIDDLES: Readonly<Record<Arm, (build: Build, config: PromptedConfig) => Middle>> = {
  none: (_, { act }) => activation(act),
  add: addArm,
  concat: concatArm,
  hyper: hyperArm,
  'hyper-token': hyperArm,
};

/** act(d_0 + Linear(p)). */
function addArm(build: Build, { dim, r, act }: PromptedConfig): Middle {
  const prompt = new Linear(at(build, 'prompt'), dim, r);
  return (d0, p) => activation(act)(add(d0, reshape(prompt.call(p), [p.shape[0], 1, r])));
}

/** act(Linear([d_0, Linear(p)])). */
function concatArm(build: Build, { dim, r, act }: PromptedConfig): Middle {
  const prompt = new Linear(at(build, 'prompt'), dim, r);
  const fuse = new Linear(at(build, 'fuse'), 2 * r, r);
  return (d0, p) => {
    const beside = expand(reshape(prompt.call(p), [p.shape[0], 1, r]), d0.shape);
    return activation(act)(fuse.call(concat([d0, beside], 2)));
  };
}

/** d_n = ReLU(LayerNorm_n(d_{n−1} · W_n)) with W_n generated from e = Reduce(p); the identity and a little noise at first. */
function hyperArm(build: Build, { dim, r, lp, k }: PromptedConfig): Middle {
  const reduce = new Linear(at(build, 'reduce'), dim, lp);
  const each = <T>(make: (n: number) => T) => Array.from({ length: k }, (_, n) => make(n));
  const init = { init: normal(0.02), biasInit: identity(r) };
  const gen = each((n) => new Linear(at(at(build, 'gen'), n), lp, r * r, init));
  const norm = each((n) => new LayerNorm(at(at(build, 'norm'), n), r));
  return (d0, p) => {
    const e = reduce.call(p);
    capture(`${build.path}.e`, e);
    return gen.reduce((d, m, n) => {
      const w = reshape(m.call(e), [...p.shape.slice(0, -1), r, r]);
      const dn = relu(norm[n].call(timesEach(d, w)));
      capture(`${build.path}.W${n + 1}`, w);
      capture(`${build.path}.d${n + 1}`, dn);
      return dn;
    }, d0);
  };
}

/** Rows of d [B, T, r] times a matrix w of their own: [B, r, r] for all tokens of a prompt, or [B, T, r, r]. */
function timesEach(d: Tensor, w: Tensor): Tensor {
  if (w.shape.length === 3) return matmul(d, w);
  const [b, t, r] = d.shape;
  return reshape(matmul(reshape(d, [b, t, 1, r]), w), d.shape);
}

/** The r×r identity, row by row. */
function identity(r: number): Init {
  return { kind: 'values', values: Array.from({ length: r * r }, (_, i) => (i % (r + 1) === 0 ? 1 : 0)) };
}
