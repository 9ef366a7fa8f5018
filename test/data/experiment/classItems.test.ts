import { expect, test } from 'vitest';
import { classData, classNames } from '../../../src/data/experiment/classItems';
import { phantomData } from '../../../src/data/experiment/imageData';
import type { Evaluated } from '../../../src/train/evaluator';
import { resolveConfig } from '../../../src/train/experiment/config';
import type { TrainItem } from '../../../src/train/trainItem';

const { data: config } = resolveConfig({ data: { maxTrain: 3, maxVal: 3 } });
const data = await phantomData(config, 32);
const classed = classData(data);
const names = classNames(data);

test('classes in the order of the alphabet', () => {
  expect(names).toEqual([...names].sort());
  expect(names.length).toBe(new Set(data.val.map((o) => o.slice(o.indexOf(': ') + 2))).size);
});

test('rows say their class in a padding point; images and masks are the same', () => {
  const plan = { seed: 1, batch: 4, prompt: 'point-1' };
  const [own, other] = [data.batch(plan, 0), classed.batch(plan, 0)];
  other.forEach((item, i) => {
    expect([item.image, item.mask, item.className]).toEqual([own[i].image, own[i].mask, own[i].className]);
    expect([...item.points]).toEqual([names.indexOf(item.className), 0]);
    expect([...item.labels]).toEqual([-1]);
  });
});

test('what is measured is asked in the same way and scored on the same objects', async () => {
  const asked: TrainItem[] = [];
  const predict = async (rows: readonly TrainItem[]) => {
    asked.push(...rows);
    return rows.map(
      (r): Evaluated => ({
        ...{
          id: r.id,
          className: r.className,
          mask: r.mask,
          score: 1,
          dice: 1,
          iou: 1,
          predicted: 1,
          truth: 1,
          empty: 'no',
        },
        logits: Float32Array.from(r.mask),
      }),
    );
  };
  const set = classed.evaluation('box');
  const results = await set.evaluate(predict, 2, () => {});
  expect(results.map((r) => `${r.id}: ${r.className}`)).toEqual(data.val);
  expect(asked.every((i) => i.labels.join() === '-1' && names[i.points[0]] === i.className)).toBe(true);
  expect(classed.validation('box')).toBeNull();
});
