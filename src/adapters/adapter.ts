import * as v from 'valibot';
import { type Build, find, type Layer, type Module } from '../nn/module';
import type { Params } from '../nn/params';
import { checkPatterns, chooseTrainable, type Trainable } from '../nn/trainable';
import type { Leaf, Tensor } from '../tensor/tensor';

/**
 * Adapters are layers around modules that are found by path. An adapter says where it sits below its host and what it
 * does there; it never copies a block, and no backbone knows of it. Its parameters bear its name and train.
 */

/**
 * Makes one layer. `self` is the module that is wrapped; `build` is the place of new modules: the path of the host (the
 * module that `attach` was given), so that `at(build, 'Space_Adapter')` is `HOST.Space_Adapter`. `host` is for layers
 * that use more of it than what they wrap.
 */
export type Place = (self: Module, build: Build, host: Module) => Layer | Foldable;

/** A layer that comes to the same as other parameters of its module: `merge` can fold it away. */
export interface Foldable {
  readonly layer: Layer;
  readonly fold: Fold;
}

/**
 * The parameters, by name, with which the bare module computes what the wrapped one does. `value` gives a parameter as it
 * is, or as layers further inside have made it.
 */
export type Fold = (value: (name: string) => Tensor) => Readonly<Record<string, Tensor>>;

/** Layers by the pattern of the wrapped module's path relative to the host ('' is the host itself). */
export type Places = Readonly<Record<string, Place>>;

/** An adapter with its options chosen. */
export interface Adapter {
  readonly name: string;
  /** Where it is attached unless another pattern is given. */
  readonly pattern: string;
  /** The options, complete and plain: what a checkpoint stores beside the weights. */
  readonly config: Readonly<Record<string, unknown>>;
  /** True when a model with the freshly attached adapter computes what it did before. */
  readonly identityAtInit: boolean;
  /** Its layers; a function of the host where they depend on what the host is made of. */
  readonly places: Places | ((host: Module) => Places);
  /** Parameters of the base that train with it, as patterns below each host (`**.bias`, `**`). */
  readonly trains?: readonly string[];
  /** What it adds to a training step; called once per attachment, after its layers were made. */
  readonly training?: (hosts: readonly Module[]) => TrainingHooks;
}

/** An adapter's part in a training step. All of it is called while the step is traced. */
export interface TrainingHooks {
  /** A scalar that is added to the loss. */
  penalty?(): Tensor;
  /**
   * Effects after the gradients are known (rank allocation, say): `gradient` gives that of a parameter by its name,
   * `t` [1] is the number of the step, from 1.
   */
  update?(gradient: (name: string) => Tensor, t: Tensor): readonly Tensor[];
  /** State that `update` writes: saved and restored with the optimiser's. All start at zero. */
  readonly state?: readonly Leaf[];
}

/** A kind of adapter: call it with options to get an adapter. `schema` feeds panels and command-line flags. */
export interface AdapterKind<S extends ConfigSchema> {
  (config?: v.InferInput<S>): Adapter;
  readonly adapterName: string;
  readonly schema: S;
  /** Where it is attached by default. */
  readonly pattern: string;
}

/** Options are a flat object of plain values with defaults. */
export type ConfigSchema = v.GenericSchema<Record<string, unknown>, Record<string, unknown>>;

/** What an adapter does with its options. */
export type AdapterBody = Omit<Adapter, 'name' | 'config' | 'pattern'>;

/**
 * Declares a kind of adapter that is attached at `pattern` by default. Options are checked against `schema`; a wrong one
 * throws with its name.
 */
export function defineAdapter<S extends ConfigSchema>(
  name: string,
  pattern: string,
  schema: S,
  body: (config: v.InferOutput<S>) => AdapterBody,
): AdapterKind<S> {
  const make = (config: v.InferInput<S> = {} as v.InferInput<S>): Adapter => {
    const parsed = v.safeParse(schema, config);
    if (!parsed.success) {
      const issues = parsed.issues.map((i) => `${v.getDotPath(i) ?? 'options'}: ${i.message}`);
      throw new Error(`adapter ${name}: ${issues.join('; ')}`);
    }
    return { name, pattern, config: parsed.output, ...body(parsed.output) };
  };
  return Object.assign(make, { adapterName: name, schema, pattern });
}

/** Where an adapter was attached, for checkpoints and reports. */
export interface Attachment {
  readonly adapter: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly pattern: string;
  /** Paths of the wrapped modules. */
  readonly wrapped: readonly string[];
  /** Parameters of the base that train with it. */
  readonly trains: readonly string[];
  /** How `merge` folds each layer away, in the order of `wrapped`; null where that is not possible. */
  readonly folds: readonly (Fold | null)[];
  /** Its part in a training step. */
  readonly hooks: TrainingHooks;
}

/** What earlier attachments train of a model's base: a later one does not take it back. */
const trainedOfBase = new WeakMap<Params, string[]>();

/**
 * Wraps `adapter` around the modules of `model` that match `pattern` (`*` one name, `**` any number; by default the
 * adapter's own) and chooses what trains: by default all adapters and what they say of the base. Throws, with near
 * names, when the pattern or one of the adapter's places matches nothing; the model is then unchanged.
 */
export function attach(
  model: Module,
  adapter: Adapter,
  pattern: string = adapter.pattern,
  options: { readonly train?: Trainable } = {},
): Attachment {
  const hosts = find(model, pattern);
  const sites = hosts.flatMap((host) =>
    Object.entries(placesOf(adapter, host)).flatMap(([place, make]) =>
      find(host, place).map((self) => ({ host, self, make })),
    ),
  );
  const twice = sites.find((s) => s.self.wrapped().includes(adapter.name));
  if (twice) throw new Error(`attach: ${adapter.name} is attached to ${twice.self.path || 'the model'} already`);
  const trains = hosts.flatMap((host) => (adapter.trains ?? []).map((t) => (host.path ? `${host.path}.${t}` : t)));
  checkPatterns(model.params, trains);
  const folds = sites.map(({ host, self, make }) => {
    const made = make(self, { params: model.params, path: host.path, adapter: adapter.name }, host);
    const foldable = typeof made === 'function' ? null : made;
    self.wrap(adapter.name, foldable?.layer ?? (made as Layer));
    return foldable?.fold ?? null;
  });
  const ofBase = [...(trainedOfBase.get(model.params) ?? []), ...trains];
  trainedOfBase.set(model.params, ofBase);
  chooseTrainable(model.params, options.train ?? ofBase);
  const hooks = adapter.training?.(hosts) ?? {};
  const wrapped = sites.map((s) => s.self.path);
  return { adapter: adapter.name, config: adapter.config, pattern, wrapped, trains, folds, hooks };
}

function placesOf(adapter: Adapter, host: Module): Places {
  return typeof adapter.places === 'function' ? adapter.places(host) : adapter.places;
}

/** A layer around a module of one tensor in, one tensor out. */
export function layer1(f: (next: (x: Tensor) => Tensor, x: Tensor) => Tensor): Layer {
  return (next, args) => f((x) => next(x) as Tensor, args[0] as Tensor);
}

/** Width of the tokens that `self` works on. Throws when the module does not say. */
export function widthOf(self: Module): number {
  const dim = 'dim' in self ? self.dim : undefined;
  if (typeof dim !== 'number')
    throw new Error(`adapter: ${self.path || 'the model'} does not state the width of its tokens (a field 'dim')`);
  return dim;
}
