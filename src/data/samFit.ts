// Which model of the SAM family a checkpoint belongs to, by its names and shapes.
import { SAM_ROWS, type SamConfig, type SamName, samConfig } from '../models/sam/config';
import { releaseConfig } from '../models/sam/releaseConfig';
import { buildSam } from '../models/sam/sam';
import { makeParams } from '../nn/params';
import type { Shape } from '../tensor/shape';
import { type KeyReport, matchKeys } from './keyMap';
import type { TensorFile } from './tensorFile';

/** Names and shapes that a bare model of `config` wants. */
export function samShapes(config: SamConfig): Map<string, Shape> {
  const params = makeParams();
  buildSam({ params }, config);
  return new Map(params.all().map((p) => [p.name, p.shape]));
}

/** A row of the family and how well a file fits it. */
export interface SamFit {
  readonly config: SamConfig;
  readonly report: KeyReport;
}

/** The row of which the file holds most tensors in the right shape; with `release` under the published Med-SA's names. */
export function fitSam(file: TensorFile, release = false): SamFit {
  let best: SamFit | null = null;
  for (const name of Object.keys(SAM_ROWS) as SamName[]) {
    const config = release ? releaseConfig(samConfig(name)) : samConfig(name);
    const report = matchKeys(samShapes(config), file, { strict: false });
    if (!best || report.placed.length > best.report.placed.length) best = { config, report };
  }
  return best!;
}
