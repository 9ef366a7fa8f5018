import { attach } from '../adapters/adapter';
import { medsa } from '../adapters/medsa';
import type { Caps } from '../gpu/device';
import { showBytes } from '../gpu/errors';
import { samConfig } from '../models/sam/config';
import { buildSam } from '../models/sam/sam';
import { makeParams } from '../nn/params';
import { planStep } from '../plan/plan';
import { trace } from '../tensor/tensor';
import { TRAIN_DEFAULTS, type TrainConfig } from '../train/trainConfig';
import { trainingGraph } from '../train/trainGraph';
import { shapeOf } from '../train/trainItem';
import { trainLeaves } from '../train/trainLeaves';

/** Planned bytes of one adapter step. */
export interface MemoryRow {
  readonly size: number;
  readonly option: string;
  /** Everything computed, as planned objects; the most that is alive at a time. */
  readonly planned: number;
  readonly peakLive: number;
  /** Parameters, optimiser state and constants. */
  readonly state: number;
  readonly dispatches: number;
}

const OPTIONS: readonly (readonly [string, Partial<TrainConfig>])[] = [
  ['f32', {}],
  ['f32, remat', { remat: 'blocks' }],
  ['16-bit storage', { precision: 'mixed' }],
  ['16-bit storage, remat', { remat: 'blocks', precision: 'mixed' }],
];

/** A Med-SA step of SAM ViT-B (batch 1) at each image size, with every way to save memory; planned, not run. */
export function memoryRows(caps: Caps, sizes: readonly number[] = [256, 512, 1024]): MemoryRow[] {
  return sizes.flatMap((size) =>
    OPTIONS.map(([option, changes]): MemoryRow => {
      const sam = buildSam({ params: makeParams(1) }, samConfig('vit_b', { imgSize: size }));
      attach(sam, medsa());
      const config = { ...TRAIN_DEFAULTS, batch: 1, ...changes };
      const parts = { sam, shape: shapeOf(config, sam.config), config, hooks: [] };
      const leaves = trainLeaves(config, sam.params.layout().total);
      const { bytes, list } = planStep(
        trace(() => trainingGraph(parts, leaves)),
        caps,
      );
      const { planned, peakLive, state } = bytes;
      return { size, option, planned, peakLive, state, dispatches: list.length };
    }),
  );
}

/** The rows as a table of texts; the first is its head. */
export function memoryTable(rows: readonly MemoryRow[]): string[][] {
  const head = ['image', 'storage', 'planned', 'alive at most', 'parameters and state', 'dispatches'];
  const body = rows.map((r) => [
    `${r.size}²`,
    r.option,
    showBytes(r.planned),
    showBytes(r.peakLive),
    showBytes(r.state),
    `${r.dispatches}`,
  ]);
  return [head, ...body];
}
