// A volume file of any format that is read here, told by its content. What a format means is its reader's business.
import { type Bytes, viewOf } from './bytes';
import { VolumeError } from './errors';
import { byteSource } from './gunzip';
import { openNifti } from './nifti';
import { looksLike } from './otherFormats';
import type { VolumeFile } from './volume';

/** Files that lie beside one (the second of a pair), by name; null where there is none. */
export type Beside = (name: string) => Promise<Blob | null>;

interface VolumeFormat {
  /** By the first bytes, unpacked. */
  matches(head: Bytes): boolean;
  /** By name, where the content tells nothing. */
  readonly extension: RegExp;
  open(blob: Blob, name: string, beside: Beside): Promise<VolumeFile>;
}

const isNifti = (head: Bytes): boolean => {
  if (head.length < 8) return false;
  const sizes = [viewOf(head).getInt32(0, true), viewOf(head).getInt32(0, false)];
  return sizes.includes(348) || sizes.includes(540);
};

/** The .img of a .hdr: beside it, packed or not. */
async function imageOf(name: string, beside: Beside): Promise<{ image?: Blob }> {
  if (!/\.hdr(\.gz)?$/i.test(name)) return {};
  const stem = name.replace(/\.hdr(\.gz)?$/i, '');
  for (const end of ['.img', '.img.gz', '.IMG']) {
    const image = await beside(stem + end);
    if (image) return { image };
  }
  return {};
}

const formats: readonly VolumeFormat[] = [
  {
    matches: isNifti,
    extension: /\.(nii|hdr)(\.gz)?$/i,
    open: async (blob, name, beside) => openNifti(blob, { name, ...(await imageOf(name, beside)) }),
  },
];

/** Names that volumes have: one of a format that is read here. */
export const isVolumeName = (path: string): boolean => formats.some((f) => f.extension.test(path));

/** Whether the first bytes of a file (512 do; unpacked where it is gzip) are those of a volume. */
export const isVolumeHead = (head: Bytes): boolean => formats.some((f) => f.matches(head));

/**
 * Opens a volume file, packed or not, by its content; `beside` gives the second file of a pair. `VolumeError` for a format
 * that is not read, naming what it looks like, and for everything its reader refuses.
 */
export async function openVolume(blob: Blob, name: string, beside: Beside = async () => null): Promise<VolumeFile> {
  const source = await byteSource(blob, name);
  const head = await source.range(0, 512, true);
  const format = formats.find((f) => f.matches(head));
  if (format) return format.open(blob, name, beside);
  const looks = looksLike(head);
  const named = looks ? undefined : formats.find((f) => f.extension.test(name));
  if (named) return named.open(blob, name, beside);
  const pair = /\.img(\.gz)?$/i.test(name) ? '; the voxels of a pair are read through their .hdr' : '';
  throw new VolumeError(
    `${name}: it is no volume that is read here${looks ? ` — it looks like ${looks}` : ''}${pair} — convert it to NIfTI (.nii.gz)`,
  );
}
