import { expect, test } from 'vitest';
import { openSafetensors } from '../../src/data/safetensors';
import { readF32 } from '../../src/data/tensorFile';
import { labelScores, logitScore, maskScore, summariseScores } from '../../src/train/metrics';
import { needShared, readShared } from '../harness/shared';

test.each([
  ['partly', [1, 1, 1, 0], [0, 1, 1, 1], { dice: 4 / 6, iou: 2 / 4, predicted: 3, truth: 3, empty: 'no' }],
  ['equal, any value but 0 counts', [0, 7], [0, 255], { dice: 1, iou: 1, predicted: 1, truth: 1, empty: 'no' }],
  ['apart', [1, 0], [0, 1], { dice: 0, iou: 0, predicted: 1, truth: 1, empty: 'no' }],
  ['both empty', [0, 0], [0, 0], { dice: 1, iou: 1, predicted: 0, truth: 0, empty: 'both' }],
  ['nothing predicted', [0, 0], [0, 1], { dice: 0, iou: 0, predicted: 0, truth: 1, empty: 'one' }],
  ['nothing to find', [1, 1], [0, 0], { dice: 0, iou: 0, predicted: 2, truth: 0, empty: 'one' }],
])('%s', (_what, pred, truth, score) => {
  expect(maskScore(pred, truth)).toEqual(score);
});

test('a logit of exactly 0 is background', () => {
  expect(logitScore([0, -1, 1e-30, NaN], [1, 0, 1, 0])).toMatchObject({ predicted: 1, dice: 2 / 3 });
});

test('masks of different sizes are refused', () => {
  expect(() => maskScore([1], [1, 0])).toThrow(/prediction has 1 pixels, the truth 2/);
  expect(() => labelScores([1], [1, 0], [1])).toThrow(/resize/);
});

test('means by class and over all', () => {
  const row = (id: string, className: string, pred: number[], truth: number[]) => ({
    id,
    className,
    ...maskScore(pred, truth),
  });
  const summary = summariseScores([
    row('a', 'disc', [1, 1], [1, 1]),
    row('a', 'cup', [0, 0], [0, 1]),
    row('b', 'disc', [1, 1], [1, 0]),
    row('c', 'disc', [0, 0], [0, 0]),
  ]);
  expect(summary.classes.map((c) => c.className)).toEqual(['disc', 'cup']);
  const [disc, cup] = summary.classes;
  expect(disc).toMatchObject({ n: 3, oneEmpty: 0, bothEmpty: 1 });
  expect(disc.dice).toBeCloseTo((1 + 2 / 3 + 1) / 3, 12);
  expect(disc.iou).toBeCloseTo((1 + 1 / 2 + 1) / 3, 12);
  expect(cup).toMatchObject({ n: 1, dice: 0, iou: 0, oneEmpty: 1 });
  expect(summary.overall).toMatchObject({ n: 4, oneEmpty: 1, bothEmpty: 1 });
  expect(summary.overall.dice).toBeCloseTo((1 + 0 + 2 / 3 + 1) / 4, 12);
  expect(summary.classMean.dice).toBeCloseTo(disc.dice / 2, 12);
  expect(summary.cases).toBe(3);
});

test('without scores there is no mean', () => {
  const { overall, classes, cases } = summariseScores([]);
  expect([overall.n, overall.dice, classes.length, cases]).toEqual([0, NaN, 0, 0]);
});

test('Dice and IoU of the reference numbers: masks, label maps, threshold', async (context) => {
  await needShared(context, 'goldens');
  const file = await openSafetensors(new Blob([await readShared('goldens', 'paper-prompts-metrics/io.safetensors')]));
  const get = (name: string) => readF32(file.entries.get(name)!);
  const info = JSON.parse(new TextDecoder().decode(await readShared('goldens', 'paper-prompts-metrics/case.json')));
  for (const name of info.pairs as string[]) {
    const score = maskScore(await get(`in.masks.${name}.pred`), await get(`in.masks.${name}.gt`));
    expect(score.dice).toBeCloseTo((await get(`masks.${name}.dice`))[0], 5);
    expect(score.iou).toBeCloseTo((await get(`masks.${name}.iou`))[0], 5);
    const state = (await get(`masks.${name}.state`))[0];
    expect(score.empty).toBe(['no', 'one', 'both'][state]);
  }
  const classes = labelScores(await get('in.classes.pred'), await get('in.classes.gt'), [1, 2, 3, 4]);
  const dice = await get('classes.dice');
  const iou = await get('classes.iou');
  classes.forEach((score, i) => {
    expect(score.dice).toBeCloseTo(dice[i], 5);
    expect(score.iou).toBeCloseTo(iou[i], 5);
  });
  const threshold = logitScore(await get('in.threshold.logits'), await get('in.threshold.gt'));
  expect(threshold.dice).toBeCloseTo((await get('threshold.dice'))[0], 5);
  expect(threshold.iou).toBeCloseTo((await get('threshold.iou'))[0], 5);
});
