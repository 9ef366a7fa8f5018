import { expect, test } from 'vitest';
import { resolveConfig } from '../../../src/train/experiment/config';
import { merge } from '../../../src/train/experiment/merge';
import { ARM_NAMES, arm } from '../../../src/train/experiment/presets';
import { aboutRecipe, RECIPE_NAMES, recipe } from '../../../src/train/experiment/recipes';

test('every recipe goes with every arm, and leaves what trains and how fast to it', () => {
  for (const name of RECIPE_NAMES) {
    expect(aboutRecipe(name)).not.toBe('');
    for (const armName of ARM_NAMES) {
      const [alone, both] = [resolveConfig(arm(armName)), resolveConfig(merge(recipe(name), arm(armName)))];
      expect([both.adapters, both.trainable, both.train.lr]).toEqual([alone.adapters, alone.trainable, alone.train.lr]);
    }
  }
});

test('all arms of a recipe train alike: steps, batch, schedule, order and random changes', () => {
  const trains = ['zero-shot', 'lora', 'medsa-hyper', 'full'].map((name) => {
    const { lr: _, ...train } = resolveConfig(merge(recipe('small-set'), arm(name))).train;
    return train;
  });
  for (const t of trains) expect(t).toEqual(trains[0]);
  expect(trains[0]).toMatchObject({ schedule: 'cosine', patience: 4 });
  expect(trains[0].augment.flipX).toBe(0.5);
});

test('an unknown recipe names the nearest', () => {
  expect(() => recipe('small-sets')).toThrow("there is no recipe called 'small-sets'; did you mean small-set?");
});
