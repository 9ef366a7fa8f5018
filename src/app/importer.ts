/**
 * What an importer is: a way in for files, one file each in `importers/`. Importers run in the engine's worker; what they
 * make of files has no id yet.
 */
import type { Bytes } from '../data/bytes';
import type { VoxelArray } from '../data/volume';
import type { CocoIn } from './cocoFile';
import type { CaseInfo } from './document/caseInfo';
import type { Session } from './document/session';
import type { LabelFile } from './labelFile';

/** A file that was dropped or chosen, with its beginning (unpacked, where it is gzip). */
export interface ImportFile {
  readonly name: string;
  readonly blob: Blob;
  readonly head: Bytes;
}

/** An image or volume before the engine has named it. */
export interface NewCase {
  readonly info: Omit<CaseInfo, 'id'>;
  /** On the case's grid, x fastest; 8-bit RGB triples where there are three channels. */
  readonly values: VoxelArray;
}

/** What a group of files can become. Labels and sessions go onto an image that is open, where there is one for them. */
export interface Opened {
  /** An image or volume of its own. */
  readonly made?: NewCase;
  /** Others that the same file holds, opened beside it. */
  readonly more?: readonly NewCase[];
  readonly labels?: LabelFile | null;
  readonly session?: Session;
  readonly coco?: CocoIn;
  /** What a person must know before trusting it, as sentences. */
  readonly warnings?: readonly string[];
}

/** One kind of file. */
export interface Importer {
  readonly id: string;
  /** For messages: "image (PNG, JPEG)". */
  readonly words: string;
  /** Importers with a lower number are asked first. */
  readonly order: number;
  /** The files that this importer would open, in groups that make one case each (all slices of a series, say). */
  readonly takes: (
    files: readonly ImportFile[],
  ) => readonly (readonly ImportFile[])[] | Promise<readonly (readonly ImportFile[])[]>;
  /**
   * Opens one group; `beside` gives a file that came with it (the second of a pair, say), which is then not asked for
   * again. What it throws is shown in its own words. `onFile` is told after each file of a large group.
   */
  readonly open: (
    group: readonly ImportFile[],
    beside: (name: string) => Promise<Blob | null>,
    onFile: () => void,
  ) => Promise<Opened>;
}

/** Bytes that are hashed at once. */
const PIECE = 64 * 2 ** 20;

/** SHA-256 of a group's bytes, hexadecimal; of large or several files that of the hashes of their pieces. */
export async function hashOf(group: readonly Pick<ImportFile, 'blob'>[]): Promise<string> {
  const digest = async (blob: Blob) => new Uint8Array(await crypto.subtle.digest('SHA-256', await blob.arrayBuffer()));
  const parts = [];
  for (const { blob } of group) {
    for (let at = 0; at < blob.size; at += PIECE) parts.push(await digest(blob.slice(at, at + PIECE)));
  }
  const one = parts.length === 1 ? parts[0] : await digest(new Blob(parts));
  return Array.from(one, (b) => b.toString(16).padStart(2, '0')).join('');
}
