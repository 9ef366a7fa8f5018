// Opening a checkpoint of any known format, told by its first bytes (never by its name).
import { blobName, readSlice, readU64, startsWith, viewOf } from './bytes';
import { CheckpointError } from './errors';
import { maxHeaderBytes, openSafetensors } from './safetensors';
import type { TensorFile } from './tensorFile';
import { legacyMagic } from './torchLegacy';
import { openTorch, type TorchOptions } from './torchPth';

/** What a file that is no checkpoint seems to be, by its first bytes: pairs of a test and words. */
const others: readonly [string | readonly number[], number, string][] = [
  ['version https://git-lfs', 0, 'a Git LFS pointer, not the file itself: run "git lfs pull"'],
  ['<', 0, 'a web page: the download gave an error page'],
  [[0x1f, 0x8b], 0, 'gzip-compressed: unpack it first'],
  [[0x89, 0x48, 0x44, 0x46], 0, 'HDF5 (Keras)'],
  ['GGUF', 0, 'GGUF'],
  [[0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59], 0, 'a NumPy array'],
  ['ustar', 257, "torch's oldest container (tar), from before version 0.2: save it again with a newer torch"],
  [[0x80, 2], 0, 'a plain Python pickle'],
  [[0x80, 3], 0, 'a plain Python pickle'],
  [[0x80, 4], 0, 'a plain Python pickle'],
];

/**
 * Opens safetensors or a torch file (zip or legacy) by its content; only headers are read. `CheckpointError` names the
 * file, what it looks like and what to do.
 */
export async function openCheckpoint(
  blob: Blob,
  name = blobName(blob),
  options: TorchOptions = {},
): Promise<TensorFile> {
  if (blob.size === 0) throw new CheckpointError(`${name}: the file is empty — get it again`);
  const head = await readSlice(blob, 0, Math.min(blob.size, 512), name);
  if (startsWith(head, [0x50, 0x4b, 3, 4]) || startsWith(head, legacyMagic)) return openTorch(blob, name, options);
  const length = head.length >= 8 ? readU64(viewOf(head), 0) : Number.POSITIVE_INFINITY;
  if (head[8] === 0x7b && length <= maxHeaderBytes) return openSafetensors(blob, name);
  const other = others.find(([magic, at]) => startsWith(head, magic, at));
  const looks = other ? `it looks like ${other[2]}` : 'its first bytes belong to none of them';
  throw new CheckpointError(
    `${name}: no checkpoint of a known format (safetensors, torch .pth as zip or legacy) — ${looks}`,
  );
}
