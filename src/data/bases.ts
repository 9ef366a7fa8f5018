// The bases that are known by name: sizes, and how each is built, as its own code has it or as the published Med-SA's.
import { EFFICIENT_SAM_ROWS, type EfficientSamConfig } from '../models/efficientSam/config';
import { EfficientSam } from '../models/efficientSam/efficientSam';
import { SAM_ROWS, type SamName, samConfig } from '../models/sam/config';
import { releaseConfig } from '../models/sam/releaseConfig';
import { buildSam, Sam } from '../models/sam/sam';
import { makeParams } from '../nn/params';
import type { Shape } from '../tensor/shape';

/** A model that adapters can be loaded onto. */
export type BaseModel = Sam | EfficientSam;

/** Sizes of the encoder. */
export interface BaseSizes {
  readonly name: string;
  /** Width of the tokens. */
  readonly width: number;
  /** Blocks. */
  readonly depth: number;
}

/** A known base. */
export interface KnownBase extends BaseSizes {
  readonly family: 'sam' | 'efficient-sam';
  /** The model with its initial values; `release`: as the published Med-SA builds it. */
  build(release: boolean): BaseModel;
}

/** EfficientSAM as the copy in the published Med-SA is configured. */
const efficientCopy = (config: EfficientSamConfig): EfficientSamConfig => ({
  ...config,
  normEps: 1e-5,
  mlpNames: ['lin1', 'lin2'],
  relPosSide: Math.floor(config.imgSize / config.patchSize),
});

const fresh = () => ({ params: makeParams() });

/** By name. */
export const KNOWN_BASES: ReadonlyMap<string, KnownBase> = new Map<string, KnownBase>([
  ...Object.values(SAM_ROWS).map(({ name, embedDim, depth }): [string, KnownBase] => {
    const config = samConfig(name as SamName);
    const build = (release: boolean) => buildSam(fresh(), release ? releaseConfig(config) : config);
    return [name, { name, width: embedDim, depth, family: 'sam', build }];
  }),
  ...Object.values(EFFICIENT_SAM_ROWS).map((row): [string, KnownBase] => {
    const build = (release: boolean) => new EfficientSam({ ...fresh(), path: '' }, release ? efficientCopy(row) : row);
    return [row.name, { name: row.name, width: row.embedDim, depth: row.depth, family: 'efficient-sam', build }];
  }),
]);

/** The base of these sizes; null where none has them. */
export const baseOfSizes = (width: number | undefined, depth: number | undefined): KnownBase | null =>
  [...KNOWN_BASES.values()].find((b) => b.width === width && b.depth === depth) ?? null;

/** Names and shapes of a model's parameters. */
export const shapesIn = (model: BaseModel): Map<string, Shape> =>
  new Map(model.params.all().map((p) => [p.name, p.shape]));

/** Sizes of a model, whether it is built as the published code, and how to build another like it. */
export function aboutModel(model: BaseModel): BaseSizes & { readonly release: boolean; fresh(): BaseModel } {
  if (model instanceof Sam) {
    const { name, imageEncoder: e } = model.config;
    const again = () => buildSam(fresh(), model.config);
    return { name, width: e.embedDim, depth: e.depth, release: e.relPosNames?.[0] === 'rel_h', fresh: again };
  }
  const { name, embedDim, depth, mlpNames } = model.config;
  const again = () => new EfficientSam({ ...fresh(), path: '' }, model.config);
  return { name, width: embedDim, depth, release: mlpNames[0] === 'lin1', fresh: again };
}
