/** From what an inside plan gave to what the page is told: maps over the image's tokens, statistics, matrices. */
import type { Activation, AttentionMap, GeneratedMatrix, InsidePart, TokenMap } from '../insideProtocol';
import { histogramOf, tokenMaps } from './activationStats';
import { type AttentionParts, attentionRow, onGrid, type TokenGrid, windowOf } from './attentionRow';
import type { Model } from './model';
import type { Picture } from './picture';

type Place = Pick<Picture, 'original' | 'input'>;

/** The blocks of the encoder and the layers of the decoder's transformer. */
export function partsOf({ sam }: Pick<Model, 'sam'>): readonly InsidePart[] {
  const { depth, numHeads: heads, windowSize, globalAttnIndexes } = sam.config.imageEncoder;
  const blocks = Array.from({ length: depth }, (_, i) => ({
    ...{ path: `image_encoder.blocks.${i}`, heads, window: globalAttnIndexes.includes(i) ? 0 : windowSize },
  }));
  const layers = Array.from({ length: sam.config.maskDecoder.transformer.depth }, (_, i) => ({
    ...{ path: `mask_decoder.transformer.layers.${i}`, heads: 0, window: 0 },
  }));
  return [...blocks, ...layers];
}

/** The tokens of the image as `part` sees them. Throws when the model has no such part. */
export function gridOf(model: Pick<Model, 'sam'>, part: string): TokenGrid {
  const found = partsOf(model).find((p) => p.path === part);
  if (!found) throw new Error(`there is no part ${part} in ${model.sam.config.name}`);
  const [rows, columns] = model.sam.config.promptEncoder.imageEmbeddingSize;
  return { rows, columns, window: found.window };
}

/** Size of a token in pixels of the slice. */
export function cellOf({ sam }: Pick<Model, 'sam'>, { original, input }: Place): readonly [number, number] {
  const { patchSize } = sam.config.imageEncoder;
  return [(patchSize * original[1]) / input.width, (patchSize * original[0]) / input.height];
}

/** The outputs of an attention plan. */
export function partsFrom(
  found: ReadonlyMap<string, Float32Array>,
  shapes: ReadonlyMap<string, readonly number[]>,
): AttentionParts {
  const [, heads, n, d] = shapes.get('q')!;
  const [relH, relW] = [found.get('relH') ?? null, found.get('relW') ?? null];
  return { q: found.get('q')!, k: found.get('k')!, relH, relW, heads, n, m: shapes.get('k')![2], d };
}

/** Where the token at (x, y), pixels of the slice, looks; outside the image the nearest one. */
export function attentionMap(
  parts: AttentionParts,
  grid: TokenGrid,
  cell: readonly [number, number],
  { x, y, head }: { readonly x: number; readonly y: number; readonly head: number | null },
): AttentionMap {
  if (head !== null && !(head >= 0 && head < parts.heads))
    throw new Error(`head ${head}: there are heads 0 to ${parts.heads - 1}`);
  const held = (v: number, most: number) => Math.min(most - 1, Math.max(0, Math.floor(v)));
  const token = [held(y / cell[1], grid.rows), held(x / cell[0], grid.columns)] as const;
  const at = windowOf(grid, ...token);
  const { values, elsewhere } = onGrid(grid, attentionRow(parts, at.b, at.n, head), at);
  return { rows: grid.rows, columns: grid.columns, cell, values, token, elsewhere };
}

/** An activation in numbers, and as a map where its tokens are the image's. */
export function activationOf(
  path: string,
  values: Float32Array,
  shape: readonly number[],
  grid: TokenGrid,
  cell: readonly [number, number],
): Activation {
  const maps = tokenMaps(values, shape, grid);
  const map = (v: Float32Array<ArrayBuffer>): TokenMap => ({ rows: grid.rows, columns: grid.columns, cell, values: v });
  return { path, shape, mean: maps && map(maps.mean), size: maps && map(maps.size), histogram: histogramOf(values) };
}

/** A generated matrix called `block n`; of several (one a token) the first. */
export function matrixOf(name: string, values: Float32Array, shape: readonly number[]): GeneratedMatrix {
  const [block, n] = name.split(' ');
  const r = shape[shape.length - 1];
  return { block, n: Number(n), r, values: values.slice(0, r * r) as Float32Array<ArrayBuffer> };
}
