// The bytes of a pickle, read forwards; every length is checked against what is there before anything is made.
import { viewOf } from './bytes';
import { CheckpointError } from './errors';

/** The bytes at hand end inside the pickle: more of the file is needed, or the file is truncated. */
export class PickleEnd extends CheckpointError {}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const latin1 = new TextDecoder('latin1');
/** Longest whole number, in bytes: far above what any checkpoint holds, and cheap to read. */
const maxLong = 1024;
const maxName = 1024;
const remedy = 'the file is truncated or damaged; get it again';

/** A position in bytes, with Python's number formats. All reads throw `PickleEnd` where too few bytes are left. */
export interface ByteCursor {
  /** Where the next read begins. */
  at(): number;
  /** The next n bytes, as a view. */
  take(n: number): Uint8Array;
  /** An unsigned little-endian number of 1, 2, 4 or 8 bytes. */
  uint(size: 1 | 2 | 4 | 8): number;
  int32(): number;
  /** A big-endian double. */
  float64(): number;
  /** A two's-complement little-endian number of n bytes: a number, or a bigint beyond 2^53. */
  long(n: number): number | bigint;
  /** n bytes of UTF-8 (or, where they are none, as a Python-2 string may be: Latin-1). */
  text(n: number): string;
  /** Text up to the next line end, as GLOBAL has it. */
  line(): string;
}

function decodeText(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    return latin1.decode(bytes);
  }
}

function decodeLong(bytes: Uint8Array): number | bigint {
  let value = 0n;
  for (let i = bytes.length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i]);
  const signed = BigInt.asIntN(bytes.length * 8, value);
  return Number.isSafeInteger(Number(signed)) ? Number(signed) : signed;
}

/** A cursor over `bytes` that begins at `start`. */
export function byteCursor(bytes: Uint8Array, start: number): ByteCursor {
  const view = viewOf(bytes);
  let next = start;
  /** Moves on by n bytes and gives where they begin. */
  const advance = (n: number): number => {
    if (!(n <= bytes.length - next)) {
      throw new PickleEnd(`pickle: ${n} bytes are announced at ${next}, ${bytes.length - next} are there — ${remedy}`);
    }
    next += n;
    return next - n;
  };
  const take = (n: number) => bytes.subarray(advance(n), next);
  const wide = (at: number) => Number(view.getBigUint64(at, true));
  return {
    at: () => next,
    take,
    uint(size) {
      const at = advance(size);
      if (size === 1) return bytes[at];
      if (size === 2) return view.getUint16(at, true);
      return size === 4 ? view.getUint32(at, true) : wide(at);
    },
    int32: () => view.getInt32(advance(4), true),
    float64: () => view.getFloat64(advance(8), false),
    long(n) {
      if (n > maxLong) throw new CheckpointError(`pickle: a whole number of ${n} bytes is refused — ${remedy}`);
      return decodeLong(take(n));
    },
    text: (n) => decodeText(take(n)),
    line() {
      const end = bytes.indexOf(10, next);
      if (end < 0 && bytes.length - next <= maxName) throw new PickleEnd(`pickle: a name does not end — ${remedy}`);
      if (end < 0 || end - next > maxName) throw new CheckpointError(`pickle: a name does not end — ${remedy}`);
      const words = decodeText(take(end - next));
      advance(1);
      return words;
    },
  };
}
