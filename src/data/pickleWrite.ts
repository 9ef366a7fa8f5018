// Plain values as a pickle of protocol 2, which every Python and every torch reads. Nothing is remembered (no memo): a
// value that is mentioned twice is written twice. The opcodes are those of Python's pickletools.
import { viewOf } from './bytes';
import { CheckpointError } from './errors';

/** A Python tuple. */
export interface PyTuple {
  readonly kind: 'tuple';
  readonly items: readonly PyValue[];
}

/** A Python dict (`ordered`: collections.OrderedDict), in the order of its items; keys may be whole numbers. */
export interface PyDict {
  readonly kind: 'dict' | 'ordered';
  readonly items: ReadonlyMap<string | number, PyValue>;
}

/** A float even where the value is whole (0.0, not 0). */
export interface PyFloat {
  readonly kind: 'float';
  readonly value: number;
}

/** A name of a module: a class or function that the reader must know. */
export interface PyGlobal {
  readonly kind: 'global';
  readonly module: string;
  readonly name: string;
}

/** A call of such a name. */
export interface PyCall {
  readonly kind: 'call';
  readonly callee: PyGlobal;
  readonly args: readonly PyValue[];
}

/** A reference to something outside the pickle (torch: a storage). */
export interface PyPersistent {
  readonly kind: 'persistent';
  readonly id: PyValue;
}

/** What a pickle can be made of. Whole numbers become int, others float; arrays become lists, Maps dicts. */
export type PyValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | readonly PyValue[]
  | ReadonlyMap<string | number, PyValue>
  | PyTuple
  | PyDict
  | PyFloat
  | PyGlobal
  | PyCall
  | PyPersistent;

/** A tuple of these. */
export const pyTuple = (...items: PyValue[]): PyTuple => ({ kind: 'tuple', items });

/** A float. */
export const pyFloat = (value: number): PyFloat => ({ kind: 'float', value });

/** An OrderedDict, as a state_dict is one. */
export const pyOrdered = (items: Iterable<readonly [string | number, PyValue]> = []): PyDict => ({
  kind: 'ordered',
  items: new Map(items),
});

const utf8 = new TextEncoder();
const orderedDict: PyGlobal = { kind: 'global', module: 'collections', name: 'OrderedDict' };
const codecsEncode: PyGlobal = { kind: 'global', module: '_codecs', name: 'encode' };
const maxDepth = 100;

/** Bytes collected in pieces. */
interface Sink {
  readonly pieces: Uint8Array[];
  depth: number;
}

const put = (out: Sink, ...codes: number[]) => void out.pieces.push(Uint8Array.from(codes));
const op = (out: Sink, letter: string) => put(out, letter.charCodeAt(0));

function number32(out: Sink, letter: string, value: number): void {
  const bytes = new Uint8Array(5);
  bytes[0] = letter.charCodeAt(0);
  viewOf(bytes).setInt32(1, value, true);
  out.pieces.push(bytes);
}

function putText(out: Sink, text: string): void {
  const bytes = utf8.encode(text);
  number32(out, 'X', bytes.length);
  out.pieces.push(bytes);
}

function putFloat(out: Sink, value: number): void {
  const bytes = new Uint8Array(9);
  bytes[0] = 0x47;
  viewOf(bytes).setFloat64(1, value, false);
  out.pieces.push(bytes);
}

function putLong(out: Sink, value: bigint): void {
  let length = 1;
  while (BigInt.asIntN(8 * length, value) !== value) length++;
  if (length > 255) throw new CheckpointError('writing a pickle: a whole number of more than 255 bytes — use a float');
  put(out, 0x8a, length, ...Array.from({ length }, (_, i) => Number(BigInt.asUintN(8, value >> BigInt(8 * i)))));
}

function putNumber(out: Sink, value: number): void {
  if (!Number.isSafeInteger(value) || Object.is(value, -0)) putFloat(out, value);
  else if (value >= 0 && value < 256) put(out, 0x4b, value);
  else if (value >= -(2 ** 31) && value < 2 ** 31) number32(out, 'J', value);
  else putLong(out, BigInt(value));
}

function putItems(out: Sink, items: Iterable<readonly [string | number, PyValue]>): void {
  op(out, '(');
  for (const [key, value] of items) {
    putValue(out, key);
    putValue(out, value);
  }
  op(out, 'u');
}

function putAll(out: Sink, open: string, items: readonly PyValue[], close: string): void {
  for (const letter of open) op(out, letter);
  for (const item of items) putValue(out, item);
  op(out, close);
}

function putCall(out: Sink, callee: PyGlobal, args: readonly PyValue[]): void {
  putValue(out, callee);
  putAll(out, '(', args, 't');
  op(out, 'R');
}

/** Protocol 2 has no bytes: they travel as Latin-1 text. */
function putBytes(out: Sink, bytes: Uint8Array): void {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  putCall(out, codecsEncode, [text, 'latin1']);
}

type Special = PyTuple | PyDict | PyFloat | PyGlobal | PyCall | PyPersistent;

function putSpecial(out: Sink, value: Special): void {
  if (value.kind === 'tuple') putAll(out, '(', value.items, 't');
  else if (value.kind === 'float') putFloat(out, value.value);
  else if (value.kind === 'call') putCall(out, value.callee, value.args);
  else if (value.kind === 'global') out.pieces.push(utf8.encode(`c${value.module}\n${value.name}\n`));
  else if (value.kind === 'persistent') {
    putValue(out, value.id);
    op(out, 'Q');
  } else {
    if (value.kind === 'ordered') putCall(out, orderedDict, []);
    else op(out, '}');
    putItems(out, value.items);
  }
}

function putObject(out: Sink, value: Exclude<PyValue, null | boolean | number | bigint | string>): void {
  if (++out.depth > maxDepth) throw new CheckpointError('writing a pickle: values are nested too deep, or in a circle');
  if (value instanceof Uint8Array) putBytes(out, value);
  else if (Array.isArray(value)) putAll(out, '](', value as readonly PyValue[], 'e');
  else if (value instanceof Map) putSpecial(out, { kind: 'dict', items: value });
  else putSpecial(out, value as Special);
  out.depth--;
}

function putValue(out: Sink, value: PyValue): void {
  if (value === null) op(out, 'N');
  else if (typeof value === 'boolean') put(out, value ? 0x88 : 0x89);
  else if (typeof value === 'number') putNumber(out, value);
  else if (typeof value === 'bigint') putLong(out, value);
  else if (typeof value === 'string') putText(out, value);
  else putObject(out, value);
}

/** The pickle of a value. `CheckpointError` where it is nested too deep or contains itself. */
export function pickleBytes(value: PyValue): Uint8Array<ArrayBuffer> {
  const out: Sink = { pieces: [Uint8Array.of(0x80, 2)], depth: 0 };
  putValue(out, value);
  op(out, '.');
  const bytes = new Uint8Array(out.pieces.reduce((n, p) => n + p.length, 0));
  let at = 0;
  for (const piece of out.pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}
