import { nearNames } from '../../nn/near';
import { ConfigError } from './configError';
import type { Json } from './overrides';

/** How to train on data of some kind, whatever trains: what all arms of a comparison share. */
interface Recipe {
  readonly about: string;
  readonly config: { readonly [key: string]: Json };
}

/** Changes that leave an organ an organ: a mirror, small turns and sizes, the light of another device. */
const GENTLE_CHANGES: Json = { flipX: 0.5, rotate: 15, scale: 0.2, shift: 0.05, contrast: 0.15, brightness: 12 };

/** Recipes by name. They say nothing of the learning rate, which belongs to the arm, nor of the number of steps. */
const RECIPES: Readonly<Record<string, Recipe>> = {
  'small-set': {
    about: 'for a dozen to a few dozen images: random changes, the best step by images held back, decay, cosine',
    config: {
      data: { validation: 0.2 },
      train: { schedule: 'cosine', weightDecay: 0.05, patience: 4, augment: GENTLE_CHANGES },
      eval: { times: 1, validations: 8 },
    },
  },
};

/** Names of the recipes. */
export const RECIPE_NAMES: readonly string[] = Object.keys(RECIPES);

/** What a recipe is for, in a few words. */
export const aboutRecipe = (name: string): string => RECIPES[name]?.about ?? '';

/** The part of an experiment's config that a recipe sets. `ConfigError` with the nearest name where there is none. */
export function recipe(name: string): Recipe['config'] {
  if (Object.hasOwn(RECIPES, name)) return RECIPES[name].config;
  const [near] = nearNames(name, RECIPE_NAMES, 1);
  throw new ConfigError(
    `there is no recipe called '${name}'${near ? `; did you mean ${near}?` : ''}; there are ${RECIPE_NAMES.join(', ')}`,
  );
}
