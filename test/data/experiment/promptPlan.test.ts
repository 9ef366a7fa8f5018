import { expect, test } from 'vitest';
import { padded, promptPlan } from '../../../src/data/experiment/promptPlan';
import { resolveConfig } from '../../../src/train/experiment/config';
import { tinyItem } from '../../train/tiny';

const plan = (...sets: string[]) => promptPlan(resolveConfig({}, sets));

test('one kind: always that one, measured with it unless told otherwise', () => {
  const p = plan('prompt=box');
  expect(p).toMatchObject({ points: 2, masks: false, evaluation: 'box' });
  expect([0, 1, 2].map(p.kindAt)).toEqual(['box', 'box', 'box']);
  expect(plan('eval.prompt=point-3')).toMatchObject({ points: 2, evaluation: 'point-3' });
});

test('several: rows as long as the longest, every step draws one by seed', () => {
  const p = plan('prompt=["point-1","point-3","box"]');
  expect(p).toMatchObject({ points: 4, evaluation: 'point-1' });
  const drawn = Array.from({ length: 60 }, (_, t) => p.kindAt(t));
  expect(new Set(drawn).size).toBe(3);
  const again = plan('prompt=["point-1","point-3","box"]');
  expect(drawn.map((_, t) => again.kindAt(t))).toEqual(drawn);
  const other = plan('prompt=["point-1","point-3","box"]', 'seed=2');
  expect(drawn.map((_, t) => other.kindAt(t))).not.toEqual(drawn);
  expect(plan('prompt=["point-1","mask"]').masks).toBe(true);
});

test('an unknown kind is named with its key', () => {
  expect(() => plan('prompt=circle')).toThrow("prompt: prompt 'circle' is unknown");
  expect(() => plan('eval.prompt=circle')).toThrow("eval.prompt: prompt 'circle' is unknown");
  expect(() => resolveConfig({ prompt: [] })).toThrow('prompt');
});

test('padding says nothing: label −1 behind what is there', () => {
  const item = tinyItem(0);
  const long = padded(item, 4);
  expect([...long.labels]).toEqual([1, -1, -1, -1]);
  expect([...long.points].slice(0, 4)).toEqual([...item.points]);
  expect(padded(item, 2)).toBe(item);
});
