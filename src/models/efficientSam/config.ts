import type { Act } from '../../nn/activation';

/** Configurations of EfficientSAM, as rows. Options tell upstream's code from the copy that the published Med-SA carries. */
export interface EfficientSamConfig {
  readonly name: string;
  /** Side of the image that the encoder sees, in pixels. */
  readonly imgSize: number;
  readonly patchSize: number;
  readonly embedDim: number;
  readonly depth: number;
  readonly numHeads: number;
  readonly mlpRatio: number;
  /** Of the norms in the blocks. */
  readonly normEps: number;
  /** Names of both layers of an encoder MLP. */
  readonly mlpNames: readonly [string, string];
  /** Tokens per side for which relative positions are stored; null: there are none. */
  readonly relPosSide: number | null;
  /** Tokens per side of the stored position embedding, which has one more entry in front (the class token's). */
  readonly posEmbedSide: number;
  /** Width of image embedding and prompts. */
  readonly promptDim: number;
  /** Points that one query can have. */
  readonly maxPoints: number;
  readonly twoWay: { readonly depth: number; readonly numHeads: number; readonly mlpDim: number };
  /** Channels after each doubling of the decoder's map. */
  readonly upscaling: readonly number[];
  readonly numMultimaskOutputs: number;
  /** Hidden layers of the hypernetworks and of the IoU head. */
  readonly hyperDepth: number;
  readonly iouHeadDepth: number;
  readonly iouHeadHiddenDim: number;
  readonly act: Act;
  /** Per channel of an image in 0..1. */
  readonly pixelMean: readonly number[];
  readonly pixelStd: readonly number[];
}

const common = {
  imgSize: 1024,
  patchSize: 16,
  depth: 12,
  mlpRatio: 4,
  normEps: 1e-6,
  mlpNames: ['fc1', 'fc2'],
  relPosSide: null,
  posEmbedSide: 14,
  promptDim: 256,
  maxPoints: 6,
  twoWay: { depth: 2, numHeads: 8, mlpDim: 2048 },
  upscaling: [64, 32],
  numMultimaskOutputs: 3,
  hyperDepth: 2,
  iouHeadDepth: 2,
  iouHeadHiddenDim: 256,
  act: 'gelu',
  pixelMean: [0.485, 0.456, 0.406],
  pixelStd: [0.229, 0.224, 0.225],
} as const;

/** The rows by name: upstream's two, and one for tests. Source: efficient_sam/build_efficient_sam.py. */
export const EFFICIENT_SAM_ROWS = {
  efficient_sam_vitt: { ...common, name: 'efficient_sam_vitt', embedDim: 192, numHeads: 3 },
  efficient_sam_vits: { ...common, name: 'efficient_sam_vits', embedDim: 384, numHeads: 6 },
  efficient_tiny: {
    ...common,
    name: 'efficient_tiny',
    imgSize: 64,
    embedDim: 16,
    depth: 2,
    numHeads: 2,
    posEmbedSide: 3,
    promptDim: 16,
    twoWay: { depth: 2, numHeads: 2, mlpDim: 32 },
    upscaling: [8, 4],
    iouHeadHiddenDim: 16,
  },
} satisfies Record<string, EfficientSamConfig>;
