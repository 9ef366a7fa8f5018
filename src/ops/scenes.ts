import { type Attrs, defineOp, linearGrid } from '../tensor/op';
import { numel, sameShape, showShape } from '../tensor/shape';
import { apply, type Tensor, whereIs } from '../tensor/tensor';
import { reshape, slice } from './view';

/**
 * Words of a scene, u32 (floats by their bits), written by `data/sceneWords` and read by `shaders/scenes`: a head, nine layers in
 * painting order of which the first is the ground, edges.
 *
 * Head: 0 shapes; 1 grey; 2–6 coarse and 7–11 fine noise (cells x, cells y, two keys, gain); camera: 12–13 light per pixel, 14 contrast,
 * 15 level of middle grey, 16 noise, 17 its key, 23 number of blur weights, 24… the weights from the middle outwards.
 * Layer: 0–2 base (ground) or step (shapes), 3–5 tint, 6–9 gradient and its centre, 10 coarse, 11 fine, 12 stripes, 13 speckle, 14–15 phase of
 * the stripes per pixel, 16 square, 17–18 shift of the noise, 19 key, 20–23 shadow (x, y, depth, deviation), 24–27 box of pixels (ends
 * excluded), 28 edges, 29 word of the first, 30–31 pixel at the centre. Edges: four words, see outline.wgsl.
 */
export const SCENE = {
  head: 64,
  layer: 32,
  layers: 9,
  /** Edges that a shape has at most. */
  edges: 80,
  /** Blur weights that the head has room for. */
  weights: 40,
  /** All words of a scene. */
  words: 64 + 9 * 32 + 8 * 80 * 4,
} as const;

/** Kinds of prompt in `ask`: a click; two on the object; one on it and one beside it; its box. */
export const ASK = { point: 0, onto: 1, beside: 2, box: 3 } as const;

interface Side extends Attrs {
  readonly side: number;
}

const layerConsts = { WORDS: SCENE.words, HEAD: SCENE.head, LAYER: SCENE.layer };

const coloursOp = defineOp<Side>({
  name: 'sceneColours',
  infer: ([words]) => ({ shape: [words.shape[0], SCENE.layers, 4], dtype: 'f32' }),
  vjp: ({ ins }) => ins.map(() => null),
  kernels: ({ ins: [words], attrs: { side } }) => [
    {
      variant: 'naive',
      file: 'scenes/colours.wgsl',
      consts: { ...layerConsts, SCENES: words.shape[0], SIDE: side },
      grid: linearGrid(words.shape[0]),
    },
  ],
});

/** An op with a thread per value of [B, C, S, S] that reads the words first. */
function planeOp(name: string, file: string, channels: number, consts: Readonly<Record<string, number>>) {
  return defineOp<Side>({
    name,
    infer: ([words], { side }) => ({ shape: [words.shape[0], channels, side, side], dtype: 'f32' }),
    vjp: ({ ins }) => ins.map(() => null),
    kernels: ({ ins: [words], out, attrs: { side } }) => [
      {
        variant: 'naive',
        file,
        consts: { ...consts, SCENES: words.shape[0], SIDE: side },
        grid: linearGrid(name === 'scenePaint' ? numel(out.shape) / channels : numel(out.shape)),
      },
    ],
  });
}

const paintOp = planeOp('scenePaint', 'scenes/paint.wgsl', 4, layerConsts);
const blurOp = planeOp('sceneBlur', 'scenes/blurRows.wgsl', 3, { WORDS: SCENE.words });
const cameraOp = planeOp('sceneCamera', 'scenes/camera.wgsl', 3, { WORDS: SCENE.words });

const numberOp = defineOp<{ readonly least: number }>({
  name: 'sceneNumber',
  infer: ([painted]) => ({ shape: [painted.shape[0], 4 + painted.shape[2] ** 2], dtype: 'f32' }),
  vjp: ({ ins }) => ins.map(() => null),
  kernels: ({ ins: [painted], attrs: { least } }) => [
    {
      variant: 'naive',
      file: 'scenes/number.wgsl',
      consts: { SIDE: painted.shape[2], LEAST: least },
      grid: [painted.shape[0], 1, 1],
    },
  ],
});

/** Pictures and their instances, on the GPU. */
export interface DrawnScenes {
  /** [B, 3, S, S], whole numbers 0..255. */
  readonly image: Tensor;
  /** [B, 4 + S²]: number of instances, three zeros, instance of every pixel (0 background). */
  readonly ids: Tensor;
}

/**
 * Paints scenes of `side` pixels from their words (u32 [B, SCENE.words]); instances of fewer than `least` visible pixels become
 * background. The ids come out of whole numbers alone and are the same on every device; colours are f32. No gradient.
 */
export function drawScenes(words: Tensor, side: number, least: number): DrawnScenes {
  if (words.dtype !== 'u32' || !sameShape(words.shape, [words.shape[0], SCENE.words])) {
    const got = `${words.dtype} ${showShape(words.shape)}`;
    throw new Error(`${whereIs('drawScenes')}: expected words u32 [B,${SCENE.words}], got ${got}`);
  }
  const painted = apply(paintOp, [words, apply(coloursOp, [words], { side })], { side });
  const image = apply(cameraOp, [words, apply(blurOp, [words, painted], { side })], { side });
  return { image, ids: apply(numberOp, [painted], { least }) };
}

interface Rows extends Attrs {
  readonly objects: number;
  readonly side: number;
}

const targetOp = defineOp<Rows & { readonly cell: number }>({
  name: 'sceneTarget',
  infer: ([ask], { side, cell }) => ({ shape: [ask.shape[0], 1, (side / cell) ** 2], dtype: 'f32' }),
  vjp: ({ ins }) => ins.map(() => null),
  kernels: ({ ins: [ask], out, attrs: { objects, side, cell } }) => [
    {
      variant: 'naive',
      file: 'scenes/target.wgsl',
      consts: { ROWS: ask.shape[0], OBJECTS: objects, SIDE: side, CELL: cell },
      grid: linearGrid(numel(out.shape)),
    },
  ],
});

const promptsOp = defineOp<Rows & { readonly tokens: number }>({
  name: 'scenePrompts',
  infer: ([ask], { tokens }) => ({ shape: [ask.shape[0], 3 * tokens], dtype: 'f32' }),
  vjp: ({ ins }) => ins.map(() => null),
  kernels: ({ ins: [ask], attrs: { objects, side, tokens } }) => [
    {
      variant: 'naive',
      file: 'scenes/prompts.wgsl',
      consts: { OBJECTS: objects, SIDE: side, TOKENS: tokens },
      grid: [ask.shape[0], 1, 1],
    },
  ],
});

const tokensOp = defineOp<{ readonly patch: number; readonly side: number }>({
  name: 'sceneTokens',
  infer: ([ids], { patch, side }) => ({ shape: [ids.shape[0], 2, (side / patch) ** 2], dtype: 'f32' }),
  vjp: ({ ins }) => ins.map(() => null),
  kernels: ({ ins: [ids], out, attrs: { patch, side } }) => [
    {
      variant: 'naive',
      file: 'scenes/tokens.wgsl',
      consts: { SCENES: ids.shape[0], SIDE: side, PATCH: patch },
      grid: linearGrid(numel(out.shape) / 2),
    },
  ],
});

/** `objects` rows a scene, checked. */
function rowsOf(name: string, ask: Tensor, ids: Tensor, objects: number): Rows {
  if (ask.dtype !== 'u32' || !sameShape(ask.shape, [ids.shape[0] * objects, 4])) {
    const got = `${ask.dtype} ${showShape(ask.shape)}`;
    throw new Error(`${whereIs(name)}: expected ask u32 [${ids.shape[0] * objects},4], got ${got}`);
  }
  return { objects, side: Math.sqrt(ids.shape[1] - 4) };
}

/** Part of each cell of `cell`² pixels that a row's instance covers: [R, 1, (S / cell)²]. */
export function sceneTarget(ask: Tensor, ids: Tensor, objects: number, cell: number): Tensor {
  return apply(targetOp, [ask, ids], { ...rowsOf('sceneTarget', ask, ids, objects), cell });
}

/**
 * Prompts of R = B·objects rows, as `ask` (u32 [R, 4]: kind of `ASK`, two keys, a word that the rows of a scene share) wants them:
 * points [R, T, 2] in pixels and labels [R, T] (1, 0, −1 padding, 2, 3). Rows of a scene ask about its instances in turn.
 */
export function scenePrompts(ask: Tensor, ids: Tensor, objects: number, tokens: number) {
  const all = apply(promptsOp, [ask, ids], { ...rowsOf('scenePrompts', ask, ids, objects), tokens });
  const rows = ask.shape[0];
  return {
    points: reshape(slice(all, 1, 0, 2 * tokens), [rows, tokens, 2]),
    labels: slice(all, 1, 2 * tokens, tokens),
  };
}

/** Instance that covers most of each token of `patch`² pixels, and 1 where it covers at least three quarters: both [B, (S / patch)²]. */
export function sceneTokens(ids: Tensor, patch: number): { readonly ids: Tensor; readonly pure: Tensor } {
  const side = Math.sqrt(ids.shape[1] - 4);
  const both = apply(tokensOp, [ids], { patch, side });
  const plane = (i: number) => reshape(slice(both, 1, i, 1), [ids.shape[0], (side / patch) ** 2]);
  return { ids: plane(0), pure: plane(1) };
}
