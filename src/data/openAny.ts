// Any file that the project reads: an image, a volume or a checkpoint, told by its content, then by its name. What a
// format means is its reader's business.
import { type Bytes, readSlice, readU64, startsWith, viewOf } from './bytes';
import { openCheckpoint } from './checkpoint';
import { FormatError } from './errors';
import { type DecodedImage, decodeImage } from './image';
import { jpegMagic } from './jpeg';
import { type Beside, isVolumeHead, openVolume, volumeNames, volumeWords } from './openVolume';
import { looksLike } from './otherFormats';
import { pngMagic } from './png';
import { maxHeaderBytes } from './safetensors';
import type { TensorFile } from './tensorFile';
import { legacyMagic } from './torchLegacy';
import type { VolumeFile } from './volume';

/** What was opened: of a checkpoint or volume the header, of an image all of it. */
export type Opened =
  | { readonly kind: 'checkpoint'; readonly file: TensorFile }
  | { readonly kind: 'volume'; readonly volume: VolumeFile }
  | { readonly kind: 'image'; readonly image: DecodedImage };

interface Format {
  /** For messages. */
  readonly words: string;
  /** By the first 512 bytes (unpacked, where the file is gzip). */
  matches(head: Bytes): boolean;
  /** By the file's name, where the content tells nothing (a damaged file then gets its reader's own words). */
  named(name: string): boolean;
  open(blob: Blob, name: string, beside: Beside): Promise<Opened>;
}

const isSafetensors = (head: Bytes) =>
  head.length > 8 && head[8] === 0x7b && readU64(viewOf(head), 0) <= maxHeaderBytes;

const formats: readonly Format[] = [
  {
    words: 'checkpoint (safetensors, .pth)',
    matches: (head) => startsWith(head, [0x50, 0x4b, 3, 4]) || startsWith(head, legacyMagic) || isSafetensors(head),
    named: (name) => /\.(safetensors|pth|pt|ckpt|bin)$/i.test(name),
    open: async (blob, name) => ({ kind: 'checkpoint', file: await openCheckpoint(blob, name) }),
  },
  {
    words: 'image (PNG, JPEG)',
    matches: (head) => startsWith(head, pngMagic) || startsWith(head, jpegMagic),
    named: (name) => /\.(png|jpe?g)$/i.test(name),
    open: async (blob, name) => ({ kind: 'image', image: await decodeImage(blob, name) }),
  },
  {
    words: `volume (${volumeWords})`,
    matches: isVolumeHead,
    named: (name) => volumeNames.test(name),
    open: async (blob, name, beside) => ({ kind: 'volume', volume: await openVolume(blob, name, beside) }),
  },
];

const headBytes = 512;

/** The first bytes, unpacked where the file is gzip; what does not unpack is left as it is. */
export async function headOf(blob: Blob, name: string): Promise<Bytes> {
  const head = await readSlice(blob, 0, Math.min(blob.size, headBytes), name);
  if (!startsWith(head, [0x1f, 0x8b])) return head;
  const reader = blob.stream().pipeThrough(new DecompressionStream('gzip')).getReader();
  const out = new Uint8Array(headBytes);
  let at = 0;
  try {
    while (at < headBytes) {
      const { done, value } = await reader.read();
      if (done) break;
      const part = value.subarray(0, headBytes - at);
      out.set(part, at);
      at += part.length;
    }
  } catch {
    // Damaged: its reader will say so.
  }
  await reader.cancel().catch(() => undefined);
  return at ? out.slice(0, at) : head;
}

/**
 * Opens a file of any known format. `FormatError` says what the file looks like and what is read here; the readers'
 * own errors say what is wrong with a file of theirs.
 */
export async function openAny(blob: Blob, name: string, beside: Beside = async () => null): Promise<Opened> {
  if (blob.size === 0) throw new FormatError(`${name}: the file is empty — get it again`);
  const head = await headOf(blob, name);
  const looks = looksLike(head);
  const named = formats.find((f) => f.named(name));
  // What is packed but none of the rest can only be told by its name.
  const format = formats.find((f) => f.matches(head)) ?? (looks && !startsWith(head, [0x1f, 0x8b]) ? null : named);
  if (format) return format.open(blob, name, beside);
  const seems = looks ? `it looks like ${looks}` : 'neither its first bytes nor its name belong to any of them';
  throw new FormatError(`${name}: no file of a known kind (${formats.map((f) => f.words).join(', ')}) — ${seems}`);
}
