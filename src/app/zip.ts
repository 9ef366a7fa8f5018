/** Several files as one zip. Nothing is packed: masks and weights are packed already, or small. */
import type { Bytes } from '../data/bytes';
import { type ZipSource, zipParts } from '../data/zipWrite';

/** A name that any system can unpack: letters, digits and `.-_`, folders kept apart by `/`. */
export function safeName(name: string): string {
  const parts = name.normalize('NFKD').split('/');
  const clean = parts.map((p) => p.replace(/[^\w.-]+/g, '_').replace(/^\.+/, '_')).filter(Boolean);
  return clean.join('/').slice(-200) || 'file';
}

/** The name in any script, as other files refer to it: only what no system allows, or what leads out of the folder, is replaced. */
export function keptName(name: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what file systems refuse.
  const parts = name.split('/').map((p) => p.replace(/[\u0000-\u001f<>:"|?*\\]+/g, '_').replace(/^\.+$/, '_'));
  return parts.filter(Boolean).join('/') || 'file';
}

/** A zip of these files by name (made safe by `nameOf`, and unlike each other). One file at a time is in memory as a copy. */
export async function zipBlob(
  files: ReadonlyMap<string, Blob | Bytes | string>,
  nameOf: (name: string) => string = safeName,
): Promise<Blob> {
  const taken = new Set<string>();
  const records: ZipSource[] = [];
  for (const [given, content] of files) {
    const blob = content instanceof Blob ? content : new Blob([content]);
    const name = unlike(nameOf(given), taken);
    taken.add(name.toLowerCase());
    records.push({ name, bytes: blob.size, read: async () => new Uint8Array(await blob.arrayBuffer()) });
  }
  const parts: Blob[] = [];
  for await (const part of zipParts(records)) parts.push(new Blob([part]));
  return new Blob(parts, { type: 'application/zip' });
}

function unlike(name: string, taken: ReadonlySet<string>): string {
  const [, stem, end] = /^(.*?)((?:\.\w+)*)$/.exec(name) ?? ['', name, ''];
  for (let n = 1; ; n++) {
    const tried = n === 1 ? name : `${stem}-${n}${end}`;
    if (!taken.has(tried.toLowerCase())) return tried;
  }
}
