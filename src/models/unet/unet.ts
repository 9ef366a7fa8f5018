import { Conv2d, ConvTranspose2d } from '../../nn/conv';
import { at, type Build, Module } from '../../nn/module';
import { GroupNorm } from '../../nn/norm';
import { abs, addScalar, div, equal, mul, relu, scale, sigmoid, sub } from '../../ops/pointwise';
import { maxPool2d } from '../../ops/pool';
import { mean, sum } from '../../ops/reduce';
import { concat, reshape, slice } from '../../ops/view';
import { showShape } from '../../tensor/shape';
import { constant, type Tensor } from '../../tensor/tensor';
import { PIXEL_MEAN, PIXEL_STD } from '../sam/config';
import type { Masks } from '../sam/maskDecoder';
import type { Prompts } from '../sam/promptEncoder';
import type { SegmenterConfig } from '../segmenter';

/** Sizes of a U-Net. */
export interface UNetSizes {
  /** Side of the input in pixels: a multiple of 2^levels. */
  readonly side: number;
  /** Masks that come out, one for each class of the task. */
  readonly classes: number;
  /** Channels at full resolution; they double with every level. */
  readonly width?: number;
  /** How often the resolution is halved. */
  readonly levels?: number;
}

/** Channels at full resolution by default: with four levels 1.9 million parameters. */
export const UNET_WIDTH = 16;
/** Halvings by default. */
export const UNET_LEVELS = 4;
/** Channels of a group of the norms, at least; narrow layers have fewer groups. */
const GROUPS = 8;

/** Twice convolution 3×3, GroupNorm, ReLU: x [B, inC, H, W] → [B, outC, H, W]. */
class DoubleConv extends Module<[Tensor], Tensor> {
  readonly conv1: Conv2d;
  readonly norm1: GroupNorm;
  readonly conv2: Conv2d;
  readonly norm2: GroupNorm;

  constructor(build: Build, inC: number, outC: number) {
    super(build);
    const options = { kernel: 3, padding: 1, bias: false };
    const groups = Math.min(GROUPS, outC);
    this.conv1 = new Conv2d(at(build, 'conv1'), inC, outC, options);
    this.norm1 = new GroupNorm(at(build, 'norm1'), groups, outC);
    this.conv2 = new Conv2d(at(build, 'conv2'), outC, outC, options);
    this.norm2 = new GroupNorm(at(build, 'norm2'), groups, outC);
  }

  protected forward(x: Tensor): Tensor {
    const y = relu(this.norm1.call(this.conv1.call(x)));
    return relu(this.norm2.call(this.conv2.call(y)));
  }
}

/** One level on the way up: enlarged twice by a transposed convolution, beside what the way down had there. */
class Up extends Module<[Tensor, Tensor], Tensor> {
  readonly up: ConvTranspose2d;
  readonly conv: DoubleConv;

  constructor(build: Build, channels: number) {
    super(build);
    this.up = new ConvTranspose2d(at(build, 'up'), 2 * channels, channels, { kernel: 2, stride: 2 });
    this.conv = new DoubleConv(at(build, 'conv'), 2 * channels, channels);
  }

  protected forward(x: Tensor, skip: Tensor): Tensor {
    return this.conv.call(concat([skip, this.up.call(x)], 1));
  }
}

/**
 * A plain 2-D U-Net, trained from scratch: the task-specific baseline. It takes no prompt and gives one mask for each class of its task; a
 * row of a batch is asked about one class, whose number is the x of its first point, with label −1 (padding, which everything else
 * leaves alone). Source: Ronneberger et al. 2015, with GroupNorm and padded convolutions.
 */
export class UNet extends Module<[Tensor], Tensor> {
  readonly config: SegmenterConfig;
  readonly classes: number;
  readonly inc: DoubleConv;
  readonly down: readonly DoubleConv[];
  readonly up: readonly Up[];
  readonly out: Conv2d;

  constructor(build: Build, { side, classes, width = UNET_WIDTH, levels = UNET_LEVELS }: UNetSizes) {
    super(build);
    if (side % 2 ** levels !== 0 || classes < 1)
      throw new Error(`unet: side ${side} must be a multiple of ${2 ** levels}, classes ${classes} at least 1`);
    const channels = (level: number) => width * 2 ** level;
    this.config = {
      name: `unet-${side}`,
      imageEncoder: { imgSize: side },
      promptEncoder: { embedDim: classes, imageEmbeddingSize: [side / 4, side / 4] },
      pixelMean: PIXEL_MEAN,
    };
    this.classes = classes;
    this.inc = new DoubleConv(at(build, 'inc'), 3, width);
    const each = Array.from({ length: levels }, (_, l) => l);
    this.down = each.map((l) => new DoubleConv(at(at(build, 'down'), l), channels(l), channels(l + 1)));
    this.up = each.map((l) => new Up(at(at(build, 'up'), l), channels(levels - 1 - l)));
    this.out = new Conv2d(at(build, 'out'), width, classes, { kernel: 1 });
  }

  /** Normalised image [B, 3, S, S] → logits [B, classes, S, S]. */
  protected forward(x: Tensor): Tensor {
    const skips = [this.inc.call(x)];
    for (const level of this.down) skips.push(level.call(maxPool2d(skips[skips.length - 1], { kernel: 2 })));
    let y = skips.pop()!;
    for (const level of this.up) y = level.call(y, skips.pop()!);
    return this.out.call(y);
  }

  /** Image [B, 3, S, S] in 0..255 → logits of all classes [B, classes, S, S]. */
  encode(image: Tensor): Tensor {
    const { imgSize } = this.config.imageEncoder;
    const [, c, h, w] = image.shape;
    if (image.shape.length !== 4 || c !== 3 || h !== imgSize || w !== imgSize)
      throw new Error(`unet: expected an image [B,3,${imgSize},${imgSize}], got ${showShape(image.shape)}`);
    const perChannel = (v: readonly number[]) => constant(v, [1, 3, 1, 1], 'pixel statistics');
    return this.call(div(sub(image, perChannel(PIXEL_MEAN)), perChannel(PIXEL_STD)));
  }

  /** The mask of each row's class [B, 1, S, S]; instead of an estimate of its IoU how sure the net is on average, [B, 1]. */
  decode(logits: Tensor, { points }: Prompts): Masks {
    if (!points) throw new Error('unet: every row needs a point that says its class (x, with label −1)');
    const [rows, k] = logits.shape;
    const ids = constant(
      Array.from({ length: k }, (_, i) => i),
      [1, k],
      'classes',
    );
    const hit = equal(ids, reshape(slice(slice(points, 1, 0, 1), 2, 0, 1), [rows, 1]));
    const masks = sum(mul(logits, reshape(hit, [rows, k, 1, 1])), [1], true);
    const sure = abs(addScalar(scale(sigmoid(masks), 2), -1));
    return { masks, iou: reshape(mean(sure, [2, 3]), [rows, 1]) };
  }
}

/** Builds a U-Net; its parameters are declared in `build.params`, and train. */
export function buildUNet(build: Pick<Build, 'params'>, sizes: UNetSizes): UNet {
  const unet = new UNet({ ...build, path: '' }, sizes);
  build.params.train(() => true);
  return unet;
}
