import type { ImageEncoderConfig, MaskDecoderConfig, PromptEncoderConfig } from '../../models/sam/config';
import type { Act } from '../../nn/activation';
import type { GoldenTensorFile } from './files';
import type { Config } from './goldenCase';

/**
 * Upstream's constructor arguments, as a case.json writes them, turned into configurations; what is left unsaid is read
 * off the weights.
 */

/** `config[name]` as a number; `fallback` when absent. Throws when it is something else. */
export function num(config: Config, name: string, fallback?: number): number {
  const v = config[name] ?? fallback;
  if (typeof v !== 'number')
    throw new Error(`goldens: the config has no number '${name}' (it says ${JSON.stringify(v)})`);
  return v;
}

/** `config[name]` as true or false; `fallback` when absent. */
export function flag(config: Config, name: string, fallback: boolean): boolean {
  const v = config[name];
  return v === undefined || v === null ? fallback : v === true || v === 1;
}

/** `config[name]` as a list of numbers; a single number counts for both of two. */
export function nums(config: Config, name: string, fallback: readonly number[] = []): number[] {
  const v = config[name] ?? fallback;
  if (typeof v === 'number') return [v, v];
  if (!Array.isArray(v) || v.some((x) => typeof x !== 'number'))
    throw new Error(`goldens: the config has no list '${name}' (it says ${JSON.stringify(v)})`);
  return v as number[];
}

/** An activation as upstream's texts name it: `GELU`, `GELU(erf)`, `ReLU`, `nn.ReLU`. */
export function act(text: unknown, fallback: Act): Act {
  if (text === undefined || text === null) return fallback;
  const t = String(text).toLowerCase();
  if (t.includes('gelu') && !t.includes('tanh')) return 'gelu';
  if (t.includes('relu') && !t.includes('leaky')) return 'relu';
  throw new Error(`goldens: the activation '${text}' is not known`);
}

/** eps of a text like `LayerNorm(eps=1e-6)`. */
export function normEps(text: unknown, fallback: number): number {
  const m = /eps\s*=\s*([\d.eE+-]+)/.exec(String(text ?? ''));
  return m ? Number(m[1]) : fallback;
}

const has = (w: GoldenTensorFile | null, name: string) => w?.entries.has(name) ?? false;
const shapeOf = (w: GoldenTensorFile | null, name: string) => w?.entries.get(name)?.shape;

/**
 * ImageEncoderViT's arguments. `prefix` is where its keys begin in the weights. Short names (heads, glob, window, dim)
 * are those of whole-model cases.
 */
export function encoderConfig(config: Config, weights: GoldenTensorFile | null, prefix = ''): ImageEncoderConfig {
  const imgSize = num(config, 'img_size');
  const patchSize = num(config, 'patch_size', shapeOf(weights, `${prefix}patch_embed.proj.weight`)?.[2] ?? 16);
  const block = `${prefix}blocks.0.`;
  const relPosNames = has(weights, `${block}attn.rel_h`)
    ? (['rel_h', 'rel_w'] as const)
    : (['rel_pos_h', 'rel_pos_w'] as const);
  const globalAttnIndexes = nums(config, 'global_attn_indexes', nums(config, 'glob'));
  const depth = num(config, 'depth');
  const windowSize = num(config, 'window_size', num(config, 'window', 0));
  const global = Array.from({ length: depth }, (_, i) => i).find((i) => !windowSize || globalAttnIndexes.includes(i));
  const globalRows = shapeOf(weights, `${prefix}blocks.${global ?? 'none'}.attn.${relPosNames[0]}`)?.[0];
  return {
    imgSize,
    patchSize,
    inChans: num(config, 'in_chans', 3),
    embedDim: num(config, 'embed_dim'),
    depth,
    numHeads: num(config, 'num_heads', config.heads as number | undefined),
    mlpRatio: num(config, 'mlp_ratio', 4),
    outChans: num(
      config,
      'out_chans',
      (config.dim as number | undefined) ?? shapeOf(weights, `${prefix}neck.0.weight`)?.[0],
    ),
    qkvBias: flag(config, 'qkv_bias', has(weights, `${block}attn.qkv.bias`)),
    useAbsPos: flag(config, 'use_abs_pos', has(weights, `${prefix}pos_embed`)),
    useRelPos: flag(config, 'use_rel_pos', has(weights, `${block}attn.${relPosNames[0]}`)),
    windowSize,
    globalAttnIndexes,
    act: act(config.act_layer, 'gelu'),
    normEps: normEps(config.norm_layer, 1e-6),
    posEmbedSide: shapeOf(weights, `${prefix}pos_embed`)?.[1],
    relPosSide: globalRows === undefined ? undefined : (globalRows + 1) / 2,
    relPosNames,
  };
}

/** PromptEncoder's arguments. */
export function promptConfig(config: Config): PromptEncoderConfig {
  const size = (name: string) => {
    const [h, w] = nums(config, name);
    return [h, w] as const;
  };
  return {
    embedDim: num(config, 'embed_dim'),
    imageEmbeddingSize: size('image_embedding_size'),
    inputImageSize: size('input_image_size'),
    maskInChans: num(config, 'mask_in_chans', 16),
    act: act(config.activation, 'gelu'),
  };
}

/** MaskDecoder's and TwoWayTransformer's arguments. */
export function decoderConfig(config: Config, weights: GoldenTensorFile | null, prefix = ''): MaskDecoderConfig {
  const two = (config.transformer ?? {}) as Config;
  const transformerDim = num(config, 'transformer_dim');
  const hidden = shapeOf(weights, `${prefix}iou_prediction_head.layers.0.weight`)?.[0] ?? 256;
  const release = has(weights, `${prefix}transformer.layers.0.mlp.fc.weight`);
  return {
    transformerDim,
    transformer: {
      depth: num(two, 'depth', 2),
      embeddingDim: num(two, 'embedding_dim', transformerDim),
      numHeads: num(two, 'num_heads'),
      mlpDim: num(two, 'mlp_dim'),
      act: act(two.activation ?? config.twoway_mlp_activation, 'relu'),
      attentionDownsampleRate: num(two, 'attention_downsample_rate', num(config, 'attention_downsample_rate', 2)),
      ...(release ? { residualSelfAttn: true, mlpNames: ['layers.0.0', 'fc'] as const } : {}),
    },
    numMultimaskOutputs: num(
      config,
      'num_multimask_outputs',
      (shapeOf(weights, `${prefix}mask_tokens.weight`)?.[0] ?? 4) - 1,
    ),
    act: act(config.activation, 'gelu'),
    iouHeadDepth: num(config, 'iou_head_depth', headDepth(weights, prefix)),
    iouHeadHiddenDim: num(config, 'iou_head_hidden_dim', hidden),
  };
}

function headDepth(weights: GoldenTensorFile | null, prefix: string): number {
  let n = 0;
  while (has(weights, `${prefix}iou_prediction_head.layers.${n}.weight`)) n++;
  return n || 3;
}

/** The tensors of `weights` whose names begin with `prefix`, without it. */
export function withPrefix(weights: GoldenTensorFile | null, prefix: string): GoldenTensorFile | null {
  if (!weights) return null;
  const own = [...weights.entries].flatMap(([n, t]) =>
    n.startsWith(prefix) ? [[n.slice(prefix.length), t] as const] : [],
  );
  return { ...weights, entries: new Map(own) };
}
