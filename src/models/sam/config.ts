import type { Act } from '../../nn/activation';

/**
 * Configurations of the SAM family, as rows: upstream's three, this project's own small ones, and one for tests.
 * Everything in which the published Med-SA code differs from SAM is an option here, never a second copy of a block.
 */

/** Of the image encoder. Sizes in pixels (`imgSize`, `patchSize`) or tokens (`windowSize`). */
export interface ImageEncoderConfig {
  readonly imgSize: number;
  readonly patchSize: number;
  readonly inChans: number;
  readonly embedDim: number;
  readonly depth: number;
  readonly numHeads: number;
  readonly mlpRatio: number;
  readonly outChans: number;
  readonly qkvBias: boolean;
  readonly useAbsPos: boolean;
  readonly useRelPos: boolean;
  /** 0: every block is global. */
  readonly windowSize: number;
  readonly globalAttnIndexes: readonly number[];
  readonly act: Act;
  readonly normEps: number;
  /**
   * Side of the stored position embedding in tokens; resized (bicubic) when the image has another number. Absent:
   * imgSize / patchSize.
   */
  readonly posEmbedSide?: number;
  /** Tokens per side for which global blocks store relative positions. Absent: imgSize / patchSize. */
  readonly relPosSide?: number;
  /** Published Med-SA code: norm1 is applied inside the windows, so padding enters attention as norm1's bias. */
  readonly norm1InWindow?: boolean;
  /** Names of the relative position tables; the published Med-SA code has its own. */
  readonly relPosNames?: readonly [string, string];
}

/** Of the prompt encoder. */
export interface PromptEncoderConfig {
  readonly embedDim: number;
  /** Tokens of the image embedding (rows, columns). */
  readonly imageEmbeddingSize: readonly [number, number];
  /** Pixels of the padded input (rows, columns). */
  readonly inputImageSize: readonly [number, number];
  readonly maskInChans: number;
  readonly act: Act;
}

/** Of the two-way transformer. */
export interface TwoWayConfig {
  readonly depth: number;
  readonly embeddingDim: number;
  readonly numHeads: number;
  readonly mlpDim: number;
  readonly act: Act;
  readonly attentionDownsampleRate: number;
  /**
   * Published Med-SA code: self-attention keeps its residual in layer 0, later layers add the position code to the
   * tokens themselves.
   */
  readonly residualSelfAttn?: boolean;
  /** Names of the two linear layers of the MLP; the published Med-SA code has its own. */
  readonly mlpNames?: readonly [string, string];
}

/** Of the mask decoder. */
export interface MaskDecoderConfig {
  readonly transformerDim: number;
  readonly transformer: TwoWayConfig;
  readonly numMultimaskOutputs: number;
  readonly act: Act;
  readonly iouHeadDepth: number;
  readonly iouHeadHiddenDim: number;
  /**
   * Published Med-SA code: the first n masks are returned whatever is asked, from max(4, n) tokens. Absent: SAM's
   * single / multimask rule.
   */
  readonly firstMasks?: number;
}

/** The whole model. */
export interface SamConfig {
  readonly name: string;
  readonly imageEncoder: ImageEncoderConfig;
  readonly promptEncoder: PromptEncoderConfig;
  readonly maskDecoder: MaskDecoderConfig;
  /** Per channel of an image in 0..255. */
  readonly pixelMean: readonly number[];
  readonly pixelStd: readonly number[];
}

/** Pixel statistics of ImageNet, as SAM uses them. */
export const PIXEL_MEAN = [123.675, 116.28, 103.53];
/** Deviation per channel, same source. */
export const PIXEL_STD = [58.395, 57.12, 57.375];

/** What differs between the rows; everything else is as in upstream's `_build_sam`. */
export interface SamRow {
  readonly name: string;
  readonly imgSize: number;
  readonly patchSize: number;
  readonly embedDim: number;
  readonly depth: number;
  readonly numHeads: number;
  readonly globalAttnIndexes: readonly number[];
  readonly windowSize: number;
  readonly promptDim: number;
  readonly maskInChans?: number;
  readonly twoWayMlpDim: number;
  readonly twoWayHeads: number;
  readonly iouHeadHiddenDim: number;
}

const big = {
  imgSize: 1024,
  patchSize: 16,
  windowSize: 14,
  promptDim: 256,
  twoWayMlpDim: 2048,
  twoWayHeads: 8,
  iouHeadHiddenDim: 256,
};

/** The rows by name. */
export const SAM_ROWS = {
  vit_b: { ...big, name: 'vit_b', embedDim: 768, depth: 12, numHeads: 12, globalAttnIndexes: [2, 5, 8, 11] },
  vit_l: { ...big, name: 'vit_l', embedDim: 1024, depth: 24, numHeads: 16, globalAttnIndexes: [5, 11, 17, 23] },
  vit_h: { ...big, name: 'vit_h', embedDim: 1280, depth: 32, numHeads: 16, globalAttnIndexes: [7, 15, 23, 31] },
  'sam-micro': {
    name: 'sam-micro',
    imgSize: 256,
    patchSize: 16,
    embedDim: 128,
    depth: 8,
    numHeads: 4,
    globalAttnIndexes: [1, 3, 5, 7],
    windowSize: 8,
    promptDim: 128,
    twoWayMlpDim: 512,
    twoWayHeads: 8,
    iouHeadHiddenDim: 128,
  },
  'sam-nano': {
    name: 'sam-nano',
    imgSize: 128,
    patchSize: 8,
    embedDim: 64,
    depth: 4,
    numHeads: 2,
    globalAttnIndexes: [1, 3],
    windowSize: 8,
    promptDim: 64,
    twoWayMlpDim: 128,
    twoWayHeads: 2,
    iouHeadHiddenDim: 64,
  },
  tiny: {
    name: 'tiny',
    imgSize: 64,
    patchSize: 16,
    embedDim: 16,
    depth: 2,
    numHeads: 2,
    globalAttnIndexes: [1],
    windowSize: 3,
    promptDim: 16,
    twoWayMlpDim: 32,
    twoWayHeads: 2,
    iouHeadHiddenDim: 16,
  },
} satisfies Record<string, SamRow>;

/** Names of the configurations. */
export type SamName = keyof typeof SAM_ROWS;

/** The full configuration of a row. `changes` override single entries of the row (another image or patch size, say). */
export function samConfig(name: SamName, changes: Partial<SamRow> = {}): SamConfig {
  return configOfRow({ ...SAM_ROWS[name], ...changes });
}

/** Fills in what all rows have in common. Source: segment_anything/build_sam.py. */
export function configOfRow(row: SamRow): SamConfig {
  const side = Math.floor(row.imgSize / row.patchSize);
  const promptEncoder: PromptEncoderConfig = {
    embedDim: row.promptDim,
    imageEmbeddingSize: [side, side],
    inputImageSize: [row.imgSize, row.imgSize],
    maskInChans: row.maskInChans ?? 16,
    act: 'gelu',
  };
  return {
    name: row.name,
    imageEncoder: encoderOfRow(row),
    promptEncoder,
    maskDecoder: decoderOfRow(row),
    pixelMean: PIXEL_MEAN,
    pixelStd: PIXEL_STD,
  };
}

function encoderOfRow(row: SamRow): ImageEncoderConfig {
  return {
    imgSize: row.imgSize,
    patchSize: row.patchSize,
    inChans: 3,
    embedDim: row.embedDim,
    depth: row.depth,
    numHeads: row.numHeads,
    mlpRatio: 4,
    outChans: row.promptDim,
    qkvBias: true,
    useAbsPos: true,
    useRelPos: true,
    windowSize: row.windowSize,
    globalAttnIndexes: row.globalAttnIndexes,
    act: 'gelu',
    normEps: 1e-6,
  };
}

function decoderOfRow(row: SamRow): MaskDecoderConfig {
  return {
    transformerDim: row.promptDim,
    transformer: {
      depth: 2,
      embeddingDim: row.promptDim,
      numHeads: row.twoWayHeads,
      mlpDim: row.twoWayMlpDim,
      act: 'relu',
      attentionDownsampleRate: 2,
    },
    numMultimaskOutputs: 3,
    act: 'gelu',
    iouHeadDepth: 3,
    iouHeadHiddenDim: row.iouHeadHiddenDim,
  };
}
