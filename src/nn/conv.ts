import { conv2d } from '../ops/conv2d';
import { convTranspose2d } from '../ops/convTranspose2d';
import type { Tensor } from '../tensor/tensor';
import { fanInUniform } from './init';
import { type Build, Module, param } from './module';

/** Options of both convolutions; sizes in pixels, the same in both directions. */
export interface ConvOptions {
  readonly kernel: number;
  readonly stride?: number;
  readonly padding?: number;
  readonly groups?: number;
  readonly bias?: boolean;
}

/** 2-D convolution of x [B, inC, H, W]; `weight` [outC, inC/groups, k, k], `bias` [outC]. Source: torch.nn.Conv2d. */
export class Conv2d extends Module<[Tensor], Tensor> {
  readonly weight: () => Tensor;
  readonly bias: (() => Tensor) | null;
  readonly #options: ConvOptions;

  constructor(build: Build, inC: number, outC: number, options: ConvOptions) {
    super(build);
    const { kernel: k, groups = 1 } = options;
    const init = fanInUniform((inC / groups) * k * k);
    this.#options = options;
    this.weight = param(build, 'weight', [outC, inC / groups, k, k], init);
    this.bias = options.bias === false ? null : param(build, 'bias', [outC], init);
  }

  protected forward(x: Tensor): Tensor {
    const { stride = 1, padding = 0, groups = 1 } = this.#options;
    return conv2d(x, this.weight(), this.bias?.() ?? null, { stride, padding, groups });
  }
}

/**
 * Transposed convolution of x [B, inC, H, W]; `weight` [inC, outC, k, k], `bias` [outC]. Source:
 * torch.nn.ConvTranspose2d.
 */
export class ConvTranspose2d extends Module<[Tensor], Tensor> {
  readonly weight: () => Tensor;
  readonly bias: (() => Tensor) | null;
  readonly #options: ConvOptions;

  constructor(build: Build, inC: number, outC: number, options: ConvOptions) {
    super(build);
    const k = options.kernel;
    // Torch takes the second axis of the weight for the fan-in, transposed or not.
    const init = fanInUniform(outC * k * k);
    this.#options = options;
    this.weight = param(build, 'weight', [inC, outC, k, k], init);
    this.bias = options.bias === false ? null : param(build, 'bias', [outC], init);
  }

  protected forward(x: Tensor): Tensor {
    const { stride = 1, padding = 0 } = this.#options;
    return convTranspose2d(x, this.weight(), this.bias?.() ?? null, { stride, padding, outputPadding: 0 });
  }
}
