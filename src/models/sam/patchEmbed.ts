import { Conv2d } from '../../nn/conv';
import { at, type Build, Module } from '../../nn/module';
import { permute } from '../../ops/view';
import type { Tensor } from '../../tensor/tensor';

/**
 * Image [B, inC, H, W] to tokens [B, H/patch, W/patch, dim] with one strided convolution. Source: segment_anything's
 * PatchEmbed.
 */
export class PatchEmbed extends Module<[Tensor], Tensor> {
  readonly proj: Conv2d;

  constructor(build: Build, patchSize: number, inChans: number, embedDim: number) {
    super(build);
    this.proj = new Conv2d(at(build, 'proj'), inChans, embedDim, { kernel: patchSize, stride: patchSize });
  }

  protected forward(x: Tensor): Tensor {
    return permute(this.proj.call(x), [0, 2, 3, 1]);
  }
}
