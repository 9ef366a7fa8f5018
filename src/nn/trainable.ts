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
  const globs = patterns.map(globOf);
  const names = params.all().map((p) => p.name);
  for (const [i, glob] of globs.entries()) {
    if (names.some((n) => glob.test(n))) continue;
    const near = nearNames(patterns[i], names);
    throw new Error(
      `trainable: no parameter matches '${patterns[i]}'${near.length ? `; near names: ${near.join(', ')}` : ''}`,
    );
  }
  params.train((p) => p.adapter !== null || globs.some((g) => g.test(p.name)));
}
