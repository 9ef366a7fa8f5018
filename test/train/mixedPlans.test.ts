import { expect, test } from 'vitest';
import { attach } from '../../src/adapters/adapter';
import { ADAPTERS, adapterKind } from '../../src/adapters/all';
import { samConfig } from '../../src/models/sam/config';
import { buildSam } from '../../src/models/sam/sam';
import { makeParams } from '../../src/nn/params';
import { planStep } from '../../src/plan/plan';
import { trace } from '../../src/tensor/tensor';
import { trainingGraph } from '../../src/train/trainGraph';
import { shapeOf } from '../../src/train/trainItem';
import { trainLeaves } from '../../src/train/trainLeaves';
import { caps } from '../plan/caps';
import { tinyConfig } from './tiny';

test.each([...ADAPTERS.keys()])(
  'a step with %s in 16 bits and with remat: everything that is read has its place',
  (name) => {
    const sam = buildSam({ params: makeParams(3) }, samConfig('sam-nano'));
    const attachment = attach(sam, adapterKind(name)());
    const hooks = [attachment.hooks];
    const config = { ...tinyConfig, iouWeight: 1, precision: 'packed16', remat: 'blocks' } as const;
    const parts = { sam, shape: shapeOf(config, sam.config), config, hooks };
    const leaves = trainLeaves(config, sam.params.layout().total, hooks);
    const { list, placement } = planStep(
      trace(() => trainingGraph(parts, leaves)),
      caps,
    );
    for (const d of list) {
      for (const { tensor } of d.refs) expect(tensor.leaf ?? placement.slots.get(tensor), d.result.path).toBeTruthy();
    }
    expect(list.some((d) => d.result.dtype === 'f16')).toBe(true);
  },
);
