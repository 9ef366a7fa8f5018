import type { Shape } from '../tensor/shape';
import { atPath, type Tensor } from '../tensor/tensor';
import { capture } from './capture';
import type { Init } from './init';
import { nearNames } from './near';
import type { Params } from './params';

/**
 * Modules carry parameters under upstream's names and say how a value is computed from tensors. A call goes through the
 * layers that were wrapped around the module (adapters), outermost first, and ends in `forward`. Wrap points without
 * parameters are modules too: they give adapters a place to sit.
 */

/** Where a module is being built: the store, the path so far, and who owns new parameters. */
export interface Build {
  readonly params: Params;
  readonly path: string;
  /** Name of the adapter under construction: its parameters are marked as its own, and train. */
  readonly adapter?: string;
}

/** The place of child `name`. */
export function at(build: Build, name: string | number): Build {
  return { ...build, path: build.path ? `${build.path}.${name}` : `${name}` };
}

/** Options of a parameter that differ from the defaults. */
export interface ParamOptions {
  readonly buffer?: boolean;
  readonly decay?: boolean;
}

/** Declares parameter `name` of the module at `build`; the result gives its tensor inside a trace. */
export function param(build: Build, name: string, shape: Shape, init: Init, options: ParamOptions = {}): () => Tensor {
  const full = at(build, name).path;
  const { params, adapter = null } = build;
  params.declare({ name: full, shape, init, adapter, trainable: adapter !== null, ...options });
  return () => params.tensor(full);
}

/** What a module returns: one tensor, several, or none where an input is optional. */
export type Result = Tensor | readonly (Tensor | null)[] | { readonly [key: string]: Tensor | null } | null;

/** A layer around a module: may call `next` with the same or other arguments, twice, or not at all. */
export type Layer<A extends readonly unknown[] = readonly unknown[], R = Result> = (
  next: (...args: A) => R,
  args: A,
) => R;

/** Base of all modules. `A` are the arguments of a call, `R` is its result. */
export abstract class Module<A extends readonly unknown[] = readonly never[], R extends Result = Result> {
  readonly path: string;
  /** The store that holds the parameters of the whole model. */
  readonly params: Params;
  /** Each a Layer that returns R; kept loose, because a private field would make the class invariant in it. */
  readonly #layers: { readonly name: string; readonly layer: unknown }[] = [];

  constructor(build: Build) {
    this.path = build.path;
    this.params = build.params;
  }

  /** The module's own computation, as upstream. */
  protected abstract forward(...args: A): R;

  /** Runs the layers around the module, then `forward`. */
  call(...args: A): R {
    return atPath(this.path, () => this.#run(this.#layers.length - 1, args));
  }

  #run(i: number, args: readonly unknown[]): R {
    if (i < 0) {
      const out = this.forward(...(args as A));
      capture(this.path, out);
      return out;
    }
    const layer = this.#layers[i].layer as Layer<readonly unknown[], R>;
    return layer((...inner) => this.#run(i - 1, inner), args);
  }

  /**
   * Puts `layer` around everything wrapped so far; it must take and give what `forward` does. `name` is what `wrapped`
   * reports.
   */
  wrap(name: string, layer: Layer): void {
    this.#layers.push({ name, layer });
  }

  /** Names of the layers around this module, innermost first. */
  wrapped(): readonly string[] {
    return this.#layers.map((l) => l.name);
  }

  /** Modules in the fields of this one, in order of the fields. */
  children(): readonly Module[] {
    return Object.values(this).flatMap((v) =>
      v instanceof Module ? [v] : Array.isArray(v) ? v.filter((x) => x instanceof Module) : [],
    );
  }
}

/** `root` and all modules below it, in depth-first order. */
export function modules(root: Module): Module[] {
  return [root, ...root.children().flatMap(modules)];
}

/**
 * Modules below (or at) `root` whose path, relative to the root's, matches `pattern`: `*` stands for one name, `**` for
 * any number of
 * names, '' for the root itself. Throws with near names when nothing matches.
 */
export function find(root: Module, pattern: string): Module[] {
  const relative = modules(root).map((m) => ({ m, path: relativeTo(root.path, m.path) }));
  const wanted = globOf(pattern);
  const hits = relative.filter((r) => wanted.test(r.path)).map((r) => r.m);
  if (hits.length) return hits;
  const paths = relative.map((r) => r.path);
  const near = nearNames(pattern, [...new Set([...paths, ...paths.map((p) => p.replace(/\b\d+\b/g, '*'))])]);
  const where = root.path ? ` below ${root.path}` : '';
  throw new Error(
    `find: no module${where} matches '${pattern}'${near.length ? `; near names: ${near.join(', ')}` : ''}`,
  );
}

/** A pattern of `find` as a regular expression over paths. */
export function globOf(pattern: string): RegExp {
  const text = pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replace(/\*\*|\*/g, (s) => (s === '**' ? '.*' : '[^.]+'));
  return new RegExp(`^${text}$`);
}

/** A path below `root` without that: '' for the root itself. */
export function relativeTo(root: string, path: string): string {
  if (!root) return path;
  return path === root ? '' : path.slice(root.length + 1);
}
