// A pickle interpreter (protocols 2-5) that can only make plain values. Names go through pickleGlobals.ts; there is no
// way from here to a function that is not on that list. The opcodes are those of Python's pickletools.
import { CheckpointError } from './errors';
import { type ByteCursor, byteCursor } from './pickleBytes';
import { findGlobal, type PickleGlobal } from './pickleGlobals';
import { isDict, isSet, makeDict, makeSet } from './pickleValues';

/** What a pickle gave, and where it ended. */
export interface Unpickled {
  readonly value: unknown;
  readonly end: number;
}

/** Most opcodes followed and elements copied by calls; a ViT-H checkpoint with its optimiser needs some 100,000. */
const maxSteps = 4_000_000;
const mark = Symbol('mark');
function fail(what: string): never {
  throw new CheckpointError(`pickle: ${what} — the file is damaged; get it again`);
}

const sizeOf = (x: unknown): number => {
  if (Array.isArray(x) || typeof x === 'string') return x.length;
  return isDict(x) || isSet(x) ? x.items.size : 0;
};

/** The interpreter's state; `persistent` makes storages of what the file says about them. */
interface Machine {
  readonly stack: unknown[];
  readonly memo: Map<number, unknown>;
  readonly bytes: ByteCursor;
  readonly persistent: (id: unknown) => unknown;
  copied: number;
}

function top(m: Machine): unknown {
  const value = m.stack[m.stack.length - 1];
  return m.stack.length === 0 || value === mark ? fail('its stack runs empty') : value;
}

function pop(m: Machine): unknown {
  const value = top(m);
  m.stack.pop();
  return value;
}

/** Everything above the last mark, and the mark itself, taken off. */
function popMark(m: Machine): unknown[] {
  const at = m.stack.lastIndexOf(mark);
  if (at < 0) return fail('it has no mark where one is needed');
  const items = m.stack.splice(at);
  items.shift();
  return items;
}

function recall(m: Machine, index: number): void {
  if (!m.memo.has(index)) fail(`it recalls value ${index}, which was never kept`);
  m.stack.push(m.memo.get(index));
}

function mention(m: Machine, module: unknown, name: unknown): void {
  if (typeof module !== 'string' || typeof name !== 'string') fail('it names something without words');
  m.stack.push(findGlobal(module, name));
}

/** Calling: only a whitelisted name that can be called. */
function reduce(m: Machine): void {
  const args = pop(m);
  const callee = pop(m) as PickleGlobal | undefined;
  if (callee?.kind !== 'global' || !callee.make) {
    const what = callee?.kind === 'global' ? callee.name : 'something that is no name';
    throw new CheckpointError(`pickle: it calls ${what}, which is refused — save the state_dict() alone`);
  }
  if (!Array.isArray(args)) fail(`it calls ${callee.name} without arguments`);
  // A call may copy a remembered container: without a limit a small file could fill the memory in this way.
  for (const arg of args) m.copied += sizeOf(arg);
  if (m.copied > maxSteps) fail(`its calls copy more than ${maxSteps} elements`);
  m.stack.push(callee.make(args));
}

/** State of an object: attributes of a dict (`_metadata` of a state_dict) are dropped, anything else is refused. */
function build(m: Machine): void {
  const state = pop(m);
  if (!isDict(top(m)) || !(isDict(state) || state === null)) {
    throw new CheckpointError(
      'pickle: it sets the state of something that is no dict, which is refused — save the state_dict() alone',
    );
  }
}

function append(m: Machine, items: unknown[]): void {
  const list = top(m);
  if (!Array.isArray(list)) fail('it appends to something that is no list');
  for (const item of items) list.push(item);
}

function addToSet(m: Machine, items: unknown[]): void {
  const set = top(m);
  if (!isSet(set)) fail('it adds to something that is no set');
  for (const item of items) set.items.add(item);
}

function setItems(m: Machine, items: unknown[]): void {
  const dict = top(m);
  if (!isDict(dict) || items.length % 2) fail('it sets items of something that is no dict');
  for (let i = 0; i < items.length; i += 2) dict.items.set(items[i], items[i + 1]);
}

type Opcode = (m: Machine) => void;
/** The last n values as one tuple, in the order in which they were pushed. */
const tuple =
  (n: number): Opcode =>
  (m) =>
    void m.stack.push(Array.from({ length: n }, () => pop(m)).reverse());
const refuse =
  (what: string): Opcode =>
  () => {
    throw new CheckpointError(`pickle: it uses ${what}, which is refused — save the state_dict() alone`);
  };
/** An opcode that pushes what `make` gives. */
const push =
  (make: (m: Machine) => unknown): Opcode =>
  (m) =>
    void m.stack.push(make(m));
const text = (size: 1 | 4 | 8) => push((m) => m.bytes.text(m.bytes.uint(size)));
const raw = (size: 1 | 4 | 8) => push((m) => m.bytes.take(m.bytes.uint(size)).slice());

/** Opcode letter or code → what it does. Protocol 0 text numbers are left out: torch never writes them. */
const opcodes: Record<string, Opcode> = {
  '(': push(() => mark),
  '0': (m) => void (m.stack[m.stack.length - 1] === mark ? m.stack.pop() : pop(m)),
  '1': (m) => void popMark(m),
  '2': push(top),
  N: push(() => null),
  '\x88': push(() => true),
  '\x89': push(() => false),
  J: push((m) => m.bytes.int32()),
  K: push((m) => m.bytes.uint(1)),
  M: push((m) => m.bytes.uint(2)),
  '\x8a': push((m) => m.bytes.long(m.bytes.uint(1))),
  '\x8b': push((m) => m.bytes.long(m.bytes.uint(4))),
  G: push((m) => m.bytes.float64()),
  T: text(4),
  U: text(1),
  X: text(4),
  '\x8c': text(1),
  '\x8d': text(8),
  B: raw(4),
  C: raw(1),
  '\x8e': raw(8),
  '\x96': raw(8),
  ']': push(() => []),
  a: (m) => append(m, [pop(m)]),
  e: (m) => append(m, popMark(m)),
  l: push(popMark),
  ')': push(() => []),
  t: push(popMark),
  '\x85': tuple(1),
  '\x86': tuple(2),
  '\x87': tuple(3),
  '}': push(makeDict),
  d: (m) => {
    const items = popMark(m);
    m.stack.push(makeDict());
    setItems(m, items);
  },
  s: (m) => setItems(m, [pop(m), pop(m)].reverse()),
  u: (m) => setItems(m, popMark(m)),
  '\x8f': push(() => makeSet()),
  '\x90': (m) => addToSet(m, popMark(m)),
  '\x91': push((m) => makeSet(popMark(m))),
  h: (m) => recall(m, m.bytes.uint(1)),
  j: (m) => recall(m, m.bytes.uint(4)),
  q: (m) => void m.memo.set(m.bytes.uint(1), top(m)),
  r: (m) => void m.memo.set(m.bytes.uint(4), top(m)),
  '\x94': (m) => void m.memo.set(m.memo.size, top(m)),
  c: (m) => mention(m, m.bytes.line(), m.bytes.line()),
  '\x93': (m) => {
    const name = pop(m);
    mention(m, pop(m), name);
  },
  R: reduce,
  '\x81': reduce,
  b: build,
  Q: push((m) => m.persistent(pop(m))),
  '\x80': (m) => {
    const protocol = m.bytes.uint(1);
    if (protocol < 2 || protocol > 5) fail(`it is of protocol ${protocol}; 2 to 5 are known`);
  },
  '\x95': (m) => void m.bytes.uint(8), // FRAME: only a hint how much to read ahead
  i: (m) => {
    findGlobal(m.bytes.line(), m.bytes.line()); // refuses by name
    refuse('an instance of a class')(m);
  },
  o: refuse('an instance of a class'),
  '\x92': refuse('an instance of a class with keywords'),
  '\x82': refuse("Python's extension registry"),
  '\x83': refuse("Python's extension registry"),
  '\x84': refuse("Python's extension registry"),
  '\x97': refuse('buffers outside the file'),
  '\x98': refuse('buffers outside the file'),
};
const dispatch = Array.from({ length: 256 }, (_, code) => opcodes[String.fromCharCode(code)]);

/**
 * Runs the pickle that begins at `start`. Values: null, boolean, number (bigint where a whole number leaves 2^53),
 * string, Uint8Array, arrays (list and tuple), PickleDict, PickleSet, and what `persistent` makes of torch's storages.
 * `CheckpointError` for damage and for every name that is not whitelisted; `PickleEnd` where the bytes end too early.
 */
export function unpickle(bytes: Uint8Array, start: number, persistent: (id: unknown) => unknown): Unpickled {
  const cursor = byteCursor(bytes, start);
  const machine: Machine = { stack: [], memo: new Map(), bytes: cursor, persistent, copied: 0 };
  for (let n = 0; n < maxSteps; n++) {
    const code = cursor.uint(1);
    if (code === 0x2e) {
      const value = pop(machine);
      return { value, end: cursor.at() };
    }
    const run = dispatch[code];
    if (!run) fail(`unknown opcode ${code} at byte ${cursor.at() - 1}`);
    run(machine);
  }
  return fail(`it has more than ${maxSteps} steps`);
}
