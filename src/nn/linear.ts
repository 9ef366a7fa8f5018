import { linear } from '../ops/matmul';
import type { Tensor } from '../tensor/tensor';
import { fanInUniform, type Init, zeros } from './init';
import { type Build, Module, param } from './module';

/** How a Linear starts: torch's default, or other values for weight and bias. */
export interface LinearOptions {
  readonly bias?: boolean;
  readonly init?: Init;
  readonly biasInit?: Init;
  readonly decayWeight?: boolean;
}

/** x [..., inDim] → x·Wᵀ + b [..., outDim]; `weight` [outDim, inDim], `bias` [outDim]. Source: torch.nn.Linear. */
export class Linear extends Module<[Tensor], Tensor> {
  readonly weight: () => Tensor;
  readonly bias: (() => Tensor) | null;

  constructor(build: Build, inDim: number, outDim: number, options: LinearOptions = {}) {
    super(build);
    const init = options.init ?? fanInUniform(inDim);
    this.weight = param(build, 'weight', [outDim, inDim], init, { decay: options.decayWeight });
    this.bias =
      options.bias === false
        ? null
        : param(build, 'bias', [outDim], options.biasInit ?? options.init ?? fanInUniform(inDim));
  }

  protected forward(x: Tensor): Tensor {
    return linear(x, this.weight(), this.bias?.());
  }
}

/** A Linear whose output is zero at the start. */
export const zeroInit: LinearOptions = { init: zeros, biasInit: zeros };
