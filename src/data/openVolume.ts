// A volume file of any format that is read here, told by its content. What a format means is its reader's business.
import { type Bytes, startsWith, viewOf } from './bytes';
import { openDicom } from './dicom';
import { plainDicom } from './dicomDeflate';
import { isDicomSeg, openDicomSeg } from './dicomSeg';
import { parseDicom, readGuarded } from './dicomSlice';
import { VolumeError } from './errors';
import { byteSource } from './gunzip';
import { openMetaImage } from './metaImage';
import { openNifti } from './nifti';
import { openNrrd } from './nrrd';
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

const latin = (head: Bytes): string => new TextDecoder('latin1').decode(head.subarray(0, 64));

const isNifti = (head: Bytes): boolean => {
  // A DICOM file's free preamble may be anything, the size of a NIfTI header included.
  if (head.length < 8 || startsWith(head, 'DICM', 128)) return false;
  const sizes = [viewOf(head).getInt32(0, true), viewOf(head).getInt32(0, false)];
  return sizes.includes(348) || sizes.includes(540);
};

/** A NIfTI file; of a pair either half may be given, packed or not. */
async function openNiftiFile(blob: Blob, name: string, beside: Beside): Promise<VolumeFile> {
  const half = async (from: string, to: string): Promise<Blob | null> => {
    const stem = name.replace(new RegExp(`\\.${from}(\\.gz)?$`, 'i'), '');
    return (await beside(`${stem}.${to}`)) ?? (await beside(`${stem}.${to}.gz`));
  };
  if (/\.img(\.gz)?$/i.test(name)) {
    const header = await half('img', 'hdr');
    if (header) return openNifti(header, { name: name.replace(/\.img(\.gz)?$/i, '.hdr'), image: blob });
    throw new VolumeError(`${name}: it holds the voxels of a pair, and no .hdr lies beside it — give both files`);
  }
  const image = /\.hdr(\.gz)?$/i.test(name) ? await half('hdr', 'img') : null;
  return openNifti(blob, { name, ...(image ? { image } : {}) });
}

/** Names of DICOM files, each of them a slice. */
export const dicomName = /\.(dcm|ima)$/i;

const formats: readonly VolumeFormat[] = [
  { matches: isNifti, extension: /\.(nii|hdr|img)(\.gz)?$/i, open: openNiftiFile },
  { matches: (head) => startsWith(head, 'NRRD000'), extension: /\.n(rrd|hdr)$/i, open: openNrrd },
  {
    matches: (head) => /^\s*(ObjectType|NDims|Comment)\s*=/.test(latin(head)),
    extension: /\.mh[ad]$/i,
    open: openMetaImage,
  },
  {
    matches: (head) => startsWith(head, 'DICM', 128),
    extension: dicomName,
    open: async (packed, name) => {
      const blob = await plainDicom(packed, name);
      const seg = await readGuarded(name, async () => isDicomSeg(await parseDicom(blob, name)));
      return seg ? openDicomSeg(blob, name) : openDicom([{ name, blob }]);
    },
  },
];

/** Names that volumes have: one of a format that is read here. The voxel half of a pair counts for nothing of its own. */
export const isVolumeName = (path: string): boolean =>
  formats.some((f) => f.extension.test(path)) && !/\.img(\.gz)?$/i.test(path);

/** Names of volume files, the halves of pairs included. */
export const volumeNames = /\.((nii|hdr|img)(\.gz)?|nrrd|nhdr|mha|mhd|dcm|ima)$/i;

/** The formats, for messages. */
export const volumeWords = 'NIfTI, NRRD, MetaImage, DICOM';

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
  throw new VolumeError(
    `${name}: it is no volume that is read here${looks ? ` — it looks like ${looks}` : ''} — convert it to NIfTI (.nii.gz)`,
  );
}
