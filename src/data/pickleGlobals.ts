// The whole list of names that a pickle may mention, and what stands for them here. Nothing is ever imported or called
// by name: a name outside the list ends the reading with that name in the message.
import { CheckpointError } from './errors';
import { isDict, isSet, makeDict, makeSet, type PickleDict, type PickleSet } from './pickleValues';
import { rebuildTensor, type TensorRef } from './torchTensor';

/** A whitelisted name. `make` gives what calling it gives; names without it can only be mentioned (dtypes, storages). */
export interface PickleGlobal {
  readonly kind: 'global';
  readonly name: string;
  readonly make?: (args: readonly unknown[]) => unknown;
  /** For a storage class: dtype and bytes of an element ('U8' for untyped storages). */
  readonly storageDtype?: string;
  /** For a torch dtype: its name. */
  readonly dtype?: string;
}

const storageDtypes: Record<string, string> = {
  FloatStorage: 'F32',
  DoubleStorage: 'F64',
  HalfStorage: 'F16',
  BFloat16Storage: 'BF16',
  LongStorage: 'I64',
  IntStorage: 'I32',
  ShortStorage: 'I16',
  CharStorage: 'I8',
  ByteStorage: 'U8',
  BoolStorage: 'BOOL',
  UntypedStorage: 'U8',
};
const dtypeNames =
  'float32 float float64 double float16 half bfloat16 int64 long int32 int int16 short int8 uint8 bool';

const fail = (what: string): never => {
  throw new CheckpointError(`pickle: ${what} — the file is damaged; get it again`);
};

/** Elements of a list, tuple, set or of a dict's keys. */
function elements(value: unknown): Iterable<unknown> {
  if (value === undefined) return [];
  if (Array.isArray(value)) return value;
  if (isSet(value)) return value.items;
  return isDict(value) ? value.items.keys() : fail('a container is made from something that holds nothing');
}

/** dict(x), OrderedDict(x): from another dict or from pairs. */
function dictOf(args: readonly unknown[]): PickleDict {
  const dict = makeDict();
  const [from] = args;
  for (const pair of isDict(from) ? from.items : elements(from)) {
    if (!Array.isArray(pair) || pair.length !== 2) return fail('a dict is made from something else than pairs');
    dict.items.set(pair[0], pair[1]);
  }
  return dict;
}

const setOf = (args: readonly unknown[]): PickleSet => makeSet(elements(args[0]));

/** bytearray(), bytes(): from bytes, or from nothing. */
function makeBytes(args: readonly unknown[]): Uint8Array {
  if (args.length === 0) return new Uint8Array(0);
  return args[0] instanceof Uint8Array ? args[0] : fail('a bytearray is made from something else than bytes');
}

/** _codecs.encode(text, 'latin1'): how protocol 2 writes bytes. */
function encodeLatin1(args: readonly unknown[]): Uint8Array {
  const [text, codec] = args;
  if (typeof text !== 'string' || codec !== 'latin1') return fail('_codecs.encode is used for more than bytes');
  return Uint8Array.from(text, (c) => c.charCodeAt(0));
}

const parameter = (args: readonly unknown[]): TensorRef => {
  const data = args[0] as TensorRef | undefined;
  return data?.kind === 'tensor' ? data : fail('a parameter is made from something else than a tensor');
};

/** defaultdict(factory): the factory is only ever one of this list and is not kept. */
const makeDefaultDict = (args: readonly unknown[]) => dictOf(args.slice(1));
const list = (args: readonly unknown[]) => [...elements(args[0])];

const makers: Record<string, NonNullable<PickleGlobal['make']>> = {
  'torch._utils._rebuild_tensor_v2': rebuildTensor,
  'torch._utils._rebuild_parameter': parameter,
  'torch.Size': list,
  'collections.OrderedDict': dictOf,
  'collections.Counter': dictOf,
  'collections.defaultdict': makeDefaultDict,
  'collections.deque': list,
  '_codecs.encode': encodeLatin1,
};
for (const builtins of ['builtins', '__builtin__']) {
  const rows = {
    dict: dictOf,
    list,
    tuple: list,
    set: setOf,
    frozenset: setOf,
    bytearray: makeBytes,
    bytes: makeBytes,
  };
  for (const [name, make] of Object.entries(rows)) makers[`${builtins}.${name}`] = make;
  // Only as the factory of a defaultdict; calling them is refused, because nothing plain is pickled that way.
  for (const name of ['int', 'float', 'str', 'bool']) makers[`${builtins}.${name}`] = () => fail(`${name}() is called`);
}

const table = new Map<string, PickleGlobal>();
for (const [name, make] of Object.entries(makers)) table.set(name, { kind: 'global', name, make });
for (const [storage, storageDtype] of Object.entries(storageDtypes)) {
  for (const module of ['torch', 'torch.cuda', 'torch.storage']) {
    table.set(`${module}.${storage}`, { kind: 'global', name: `${module}.${storage}`, storageDtype });
  }
}
for (const dtype of dtypeNames.split(' ')) {
  table.set(`torch.${dtype}`, { kind: 'global', name: `torch.${dtype}`, dtype: `torch.${dtype}` });
}

/** The name of torch's storage class for a dtype (F32: FloatStorage). `CheckpointError` where torch has none. */
export function findStorageClass(dtype: string): string {
  const found = Object.entries(storageDtypes).find(([, d]) => d === dtype);
  if (found) return found[0];
  throw new CheckpointError(`dtype ${dtype}: torch has no storage for it — convert it to F32`);
}

/** The whitelisted name `module.name`; `CheckpointError` with that name for anything else. */
export function findGlobal(module: string, name: string): PickleGlobal {
  const full = `${module}.${name}`;
  const found = table.get(full);
  if (found) return found;
  throw new CheckpointError(
    `pickle: the file names ${JSON.stringify(full)}, which is not on the list of tensors and plain containers; it was refused and nothing was run — in Python, save the state_dict() alone: torch.save(model.state_dict(), path)`,
  );
}
