// Opening a checkpoint of any known format, told by its first bytes (never by its name).
import { blobName, readSlice, readU64, startsWith, viewOf } from './bytes';
import { CheckpointError } from './errors';
import { looksLike } from './otherFormats';
import { maxHeaderBytes, openSafetensors } from './safetensors';
import type { TensorFile } from './tensorFile';
import { legacyMagic } from './torchLegacy';
import { openTorch, type TorchOptions } from './torchPth';

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
  const other = looksLike(head);
  const looks = other ? `it looks like ${other}` : 'its first bytes belong to none of them';
  throw new CheckpointError(
    `${name}: no checkpoint of a known format (safetensors, torch .pth as zip or legacy) — ${looks}`,
  );
}
