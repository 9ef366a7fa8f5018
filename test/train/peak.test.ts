import { expect, test } from 'vitest';
import { attach } from '../../src/adapters/adapter';
import { medsa } from '../../src/adapters/medsa';
import { samConfig } from '../../src/models/sam/config';
import { buildSam } from '../../src/models/sam/sam';
import { makeParams } from '../../src/nn/params';
import { type PlanData, planStep } from '../../src/plan/plan';
import { bytesOf } from '../../src/tensor/shape';
import { trace } from '../../src/tensor/tensor';
import { TRAIN_DEFAULTS, type TrainConfig } from '../../src/train/trainConfig';
import { trainingGraph } from '../../src/train/trainGraph';
import { shapeOf } from '../../src/train/trainItem';
import { trainLeaves } from '../../src/train/trainLeaves';
import { caps } from '../plan/caps';

/** A step of Med-SA on ViT-B at 1024², one image, adapters and decoder of the paper; no GPU is needed to plan it. */
function vitB(changes: Partial<TrainConfig>): PlanData {
  const sam = buildSam({ params: makeParams(1) }, samConfig('vit_b'));
  attach(sam, medsa());
  const config = { ...TRAIN_DEFAULTS, batch: 1, ...changes };
  const parts = { sam, shape: shapeOf(config, sam.config), config, hooks: [] };
  return planStep(
    trace(() => trainingGraph(parts, trainLeaves(config, sam.params.layout().total))),
    caps,
  );
}

const GIB = 2 ** 30;
/** Of one block of 4096 tokens: queries, keys and values of all heads. */
const QKV = 4096 * 3 * 768 * 4;

test.each([
  [2.1, {}],
  [0.5, { remat: 'blocks' }],
  [0.25, { remat: 'blocks', precision: 'mixed' }],
  [0.25, { remat: 'blocks', precision: 'packed16' }],
] as const)('a step takes at most %f GiB with %o', (most, changes) => {
  const { bytes, list } = vitB(changes);
  expect(bytes.planned).toBeLessThanOrEqual(most * GIB);
  expect(bytes.planned).toBeLessThan(1.2 * bytes.peakLive);
  // Attention scores are never stored.
  const attention = list.filter((d) => /blocks\.(2|5|8|11)\.attn/.test(d.result.path));
  expect(attention.length).toBeGreaterThan(20);
  for (const d of attention) expect(bytesOf(d.result)).toBeLessThanOrEqual(QKV);
});
