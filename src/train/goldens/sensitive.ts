import type { Sensitive } from './check';
import { num } from './configs';
import type { CaseInfo, Config } from './goldenCase';

/**
 * Elements of `deltaN.KEY` in which Adam turns rounding of a gradient near zero into full steps, as the case lists them
 * under `delta_sensitive`: two runs may be 2·lr apart in each of the N steps.
 */
export function sensitiveElements(info: CaseInfo): Map<string, Sensitive> {
  const stated = info.delta_sensitive as Config | undefined;
  const lists = Object.entries((stated?.elements ?? {}) as Readonly<Record<string, readonly number[]>>);
  if (!lists.length) return new Map();
  const lr = num((info.optimizer ?? {}) as Config, 'lr');
  return new Map(
    lists.map(([name, elements]) => {
      const steps = Number(/^delta(\d+)\./.exec(name)?.[1] ?? num(info, 'steps', 1));
      return [name, { elements, tolerance: 2 * lr * steps }];
    }),
  );
}
