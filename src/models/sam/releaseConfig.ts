import type { SamConfig } from './config';

/**
 * The same model with the peculiarities of the published Med-SA code: norm1 inside the windows, its names of tables and
 * MLP layers, a
 * position embedding for 1024 pixels that is always resized, residual self-attention, the first `masks` of max(4,
 * masks) tokens.
 */
export function releaseConfig(config: SamConfig, masks = 1): SamConfig {
  const { imageEncoder: e, maskDecoder: d } = config;
  return {
    ...config,
    imageEncoder: {
      ...e,
      posEmbedSide: Math.floor(1024 / e.patchSize),
      norm1InWindow: true,
      relPosNames: ['rel_h', 'rel_w'],
    },
    maskDecoder: {
      ...d,
      numMultimaskOutputs: Math.max(4, masks) - 1,
      firstMasks: masks,
      transformer: { ...d.transformer, residualSelfAttn: true, mlpNames: ['layers.0.0', 'fc'] },
    },
    pixelMean: [0, 0, 0],
    pixelStd: [1, 1, 1],
  };
}
