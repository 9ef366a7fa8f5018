// Which known base a checkpoint belongs to, by its names and shapes.
import { SAM_ROWS, type SamConfig, type SamName, samConfig } from '../models/sam/config';
import { buildSam } from '../models/sam/sam';
import { makeParams } from '../nn/params';
import type { Shape } from '../tensor/shape';
import { KNOWN_BASES, type KnownBase, shapesIn } from './bases';
import { type KeyReport, matchKeys } from './keyMap';
import type { TensorFile } from './tensorFile';

/** Names and shapes that a bare model of `config` wants. */
export const samShapes = (config: SamConfig): Map<string, Shape> =>
  shapesIn(buildSam({ params: makeParams() }, config));

/** A known base and how well a file fits it. */
export interface BaseFit {
  readonly base: KnownBase;
  readonly report: KeyReport;
}

/**
 * The base of a family of which the file holds most tensors in the right shape; with `release` as the published Med-SA
 * builds and names it.
 */
export function fitBase(file: TensorFile, family: KnownBase['family'] = 'sam', release = false): BaseFit {
  let best: BaseFit | null = null;
  for (const base of KNOWN_BASES.values()) {
    if (base.family !== family) continue;
    const report = matchKeys(shapesIn(base.build(release)), file, { strict: false });
    if (!best || report.placed.length > best.report.placed.length) best = { base, report };
  }
  return best!;
}

/** The configuration of SAM's family that a file fits best (its own names and sizes, whatever it is named like). */
export function fitSam(file: TensorFile, release = false): SamConfig {
  const { name } = fitBase(file, 'sam', release).base;
  return samConfig((Object.hasOwn(SAM_ROWS, name) ? name : 'vit_b') as SamName);
}
