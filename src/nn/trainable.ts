import { globOf } from './module';
import { nearNames } from './near';
import type { Params } from './params';

/**
 * What trains: only adapters (the default), adapters and the mask decoder (as the published Med-SA code), everything,
 * nothing, or
 * adapters and the parameters whose names match one of the patterns (`*` one name, `**` any number of names).
 */
export type Trainable = 'adapters' | 'decoder' | 'all' | 'none' | readonly string[];

/** Marks the parameters of `params` accordingly. Throws with near names when a pattern matches nothing. */
export function chooseTrainable(params: Params, which: Trainable): void {
  if (which === 'all' || which === 'none') {
    params.train(() => which === 'all');
    return;
  }
  const patterns = which === 'adapters' ? [] : which === 'decoder' ? ['mask_decoder.**'] : which;
  checkPatterns(params, patterns);
  const globs = patterns.map(globOf);
  params.train((p) => p.adapter !== null || globs.some((g) => g.test(p.name)));
}

/** Throws with near names when one of the patterns matches no parameter's name. */
export function checkPatterns(params: Params, patterns: readonly string[]): void {
  const names = params.all().map((p) => p.name);
  for (const pattern of patterns) {
    const glob = globOf(pattern);
    if (names.some((n) => glob.test(n))) continue;
    const near = nearNames(pattern, names);
    throw new Error(
      `trainable: no parameter matches '${pattern}'${near.length ? `; near names: ${near.join(', ')}` : ''}`,
    );
  }
}
