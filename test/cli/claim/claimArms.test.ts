import { expect, test } from 'vitest';
import { attach } from '../../../src/adapters/adapter';
import { adapterKind } from '../../../src/adapters/all';
import { ABOUT_RATES, CLAIM_ARMS, claimArms } from '../../../src/cli/claim/claimArms';
import { samConfig } from '../../../src/models/sam/config';
import { buildSam } from '../../../src/models/sam/sam';
import { makeParams } from '../../../src/nn/params';
import { resolveConfig } from '../../../src/train/experiment/config';

test('arms by name and by group, in the order of the tables', () => {
  expect(claimArms()).toEqual(CLAIM_ARMS);
  expect(claimArms(['full', 'lora']).map((a) => a.name)).toEqual(['lora', 'full']);
  expect([...claimArms(['main']), ...claimArms(['ablation'])]).toEqual(CLAIM_ARMS);
  expect(new Set(CLAIM_ARMS.map((a) => a.title)).size).toBe(CLAIM_ARMS.length);
});

test('Med-SA and its ablations train at most 5 % of a small base', () => {
  for (const name of ['sam-nano', 'sam-micro'] as const) {
    for (const { title, images, volumes } of CLAIM_ARMS.filter((a) => a.name.startsWith('med-sa'))) {
      for (const config of [images, volumes].filter((c) => c !== null)) {
        const params = makeParams();
        const sam = buildSam({ params }, samConfig(name));
        params.train(() => false);
        for (const { name: kind, pattern, ...options } of resolveConfig(config).adapters)
          attach(sam, adapterKind(kind)(options), pattern);
        expect(params.counts().percent, `${name}, ${title}`).toBeLessThan(5);
        expect(params.counts().percent, `${name}, ${title}`).toBeGreaterThan(2);
      }
    }
  }
});

test('adapters, Med-SA and what is compared with it have one rate on images and one on volumes, and the text names both', () => {
  const rates = (kind: 'images' | 'volumes') =>
    CLAIM_ARMS.filter((a) => /^(adapters|med-sa)/.test(a.name) && a[kind]).map((a) => resolveConfig(a[kind]!).train.lr);
  for (const kind of ['images', 'volumes'] as const) {
    const [rate, ...others] = new Set(rates(kind));
    expect(others, kind).toEqual([]);
    expect(ABOUT_RATES).toContain(`Rates on ${kind}: adapters and Med-SA ${rate},`);
  }
});

test('a wrong name is answered with the nearest', () => {
  expect(() => claimArms(['ful'])).toThrow('--arms ful: there is no such arm; did you mean full?');
});
