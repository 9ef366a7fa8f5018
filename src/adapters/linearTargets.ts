import { Linear } from '../nn/linear';
import { globOf, type Module, modules, relativeTo } from '../nn/module';
import { nearNames } from '../nn/near';

/**
 * Which linear layers an adapter of weights changes. A list of words, apart by commas: `q`, `k`, `v` are the thirds of a
 * fused `qkv` (or the layers `q_proj`, `k_proj`, `v_proj`), other words are last names of layers (`lin1`, which means `fc1`, too) or patterns of
 * their paths below the host (`**.out_proj`), and `all` is every linear layer.
 */

/** One layer that is meant, and which of its thirds; null: the whole of it. */
export interface LinearTarget {
  readonly linear: Linear;
  /** Its path below the host; '' for the host itself. */
  readonly place: string;
  readonly thirds: readonly [boolean, boolean, boolean] | null;
}

const THIRDS = ['q', 'k', 'v'] as const;

/**
 * The linear layers of `host` that `words` name. A host that is a linear layer itself is meant whole, unless it is a fused
 * `qkv` and thirds are named. Throws, with near names, when a word names nothing.
 */
export function linearTargets(host: Module, words: string, adapter: string): LinearTarget[] {
  const wanted = words.split(',').map((w) => w.trim());
  const found = modules(host).flatMap((m) => (m instanceof Linear ? [m] : []));
  const place = (m: Linear) => relativeTo(host.path, m.path);
  if (host instanceof Linear) {
    const thirds = isFused(host) && wanted.every(isThird) ? thirdsOf(wanted) : null;
    return [{ linear: host, place: '', thirds }];
  }
  for (const word of wanted) {
    if (found.some((m) => names(word, m, place(m)))) continue;
    const there = [...new Set(found.map(lastName))];
    const near = nearNames(word, there, 1);
    throw new Error(
      `adapter ${adapter}: no linear layer below ${host.path || 'the model'} is meant by '${word}'${near.length ? `; did you mean ${near[0]}?` : ''}; there are ${there.join(', ') || 'none'}`,
    );
  }
  return found.flatMap((m) => {
    const by = wanted.filter((w) => names(w, m, place(m)));
    if (!by.length) return [];
    return [{ linear: m, place: place(m), thirds: isFused(m) && by.every(isThird) ? thirdsOf(by) : null }];
  });
}

/**
 * The same for an adapter whose parameters are called `lora_A` and so on, as published files have them. Throws when a layer
 * has such parameters already.
 */
export function lowRankTargets(host: Module, words: string, adapter: string): LinearTarget[] {
  const targets = linearTargets(host, words, adapter);
  for (const { linear } of targets) {
    const name = `${linear.path}.lora_A`;
    if (!host.params.has(name)) continue;
    throw new Error(
      `adapter ${adapter}: ${host.params.get(name).adapter ?? 'the base'} is attached to ${linear.path} already, and both call their parameters lora_A and lora_B; choose other layers`,
    );
  }
  return targets;
}

/** Inner and outer width of a linear layer, from its weight. */
export function widthsOf(linear: Linear): { readonly inDim: number; readonly outDim: number } {
  const [outDim, inDim] = linear.params.get(`${linear.path}.weight`).shape;
  return { inDim, outDim };
}

const lastName = (m: Module) => m.path.split('.').at(-1) ?? '';
const isThird = (word: string) => (THIRDS as readonly string[]).includes(word);
const isFused = (m: Linear) => lastName(m) === 'qkv';

function thirdsOf(words: readonly string[]): readonly [boolean, boolean, boolean] {
  return [words.includes('q'), words.includes('k'), words.includes('v')];
}

/** Both layers of an MLP have other names in some models. */
const ALIASES: Readonly<Record<string, string>> = { fc1: 'lin1', fc2: 'lin2' };

function names(word: string, m: Linear, place: string): boolean {
  const last = lastName(m);
  if (word === 'all' || word === last || word === ALIASES[last]) return true;
  if (isThird(word)) return isFused(m) || lastName(m) === `${word}_proj`;
  return globOf(word).test(place);
}
