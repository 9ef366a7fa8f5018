/**
 * All importers, found by glob in `importers/`, and opening files by them: adding a format is adding a file. Images and
 * volumes come first; masks and sessions that came with them are then put onto them, or onto what was open before.
 */
import { readSlice } from '../data/bytes';
import { FormatError, wordsOf } from '../data/errors';
import { headOf } from '../data/openAny';
import { looksLike } from '../data/otherFormats';
import { cocoObjects } from './cocoFile';
import type { CaseInfo } from './document/caseInfo';
import type { CaseDoc } from './document/document';
import type { NewObject } from './document/edits';
import type { CaseLook } from './document/look';
import { restored } from './document/session';
import type { Importer, ImportFile, NewCase, Opened } from './importer';
import { objectsFrom, placeLabels } from './labelFile';
import { withoutZips } from './zipFiles';

/** All importers, the first to be asked first. */
export const IMPORTERS: readonly Importer[] = Object.values(
  import.meta.glob<{ readonly importer: Importer }>('./importers/*.ts', { eager: true }),
)
  .map((m) => m.importer)
  .sort((a, b) => a.order - b.order);

/** A file and something to say of it. */
export interface FileWords {
  readonly name: string;
  readonly message: string;
}

/** What a mask or a session adds to an open case. */
export interface Addition {
  readonly case: string;
  /** The file's name. */
  readonly name: string;
  /** Of a mask. */
  readonly objects?: readonly NewObject[];
  /** Of a session. */
  readonly doc?: CaseDoc;
  readonly look?: Partial<CaseLook>;
}

/** What files became: cases, what is added to cases, and reasons in words. */
export interface Imported {
  readonly cases: readonly { readonly info: CaseInfo; readonly values: NewCase['values'] }[];
  readonly additions: readonly Addition[];
  readonly refused: readonly FileWords[];
  /** What was opened, but not as a person might expect. */
  readonly warnings: readonly FileWords[];
}

/** How files are opened. */
export interface ImportOptions {
  /** What is open already: masks and sessions go there. */
  readonly open?: readonly CaseInfo[];
  /** Id of the case on the screen. */
  readonly shown?: string | null;
  /** A name that no case had before. */
  readonly newId?: () => string;
  readonly signal?: AbortSignal;
  readonly progress?: (done: number, total: number) => void;
}

/** Files that systems leave in folders, and that nobody means. */
const LITTER = /^(\..*|thumbs\.db|desktop\.ini|dicomdir)$/i;

/** Texts that lie beside images in the folders of data sets. */
const TEXT = /\.(md|txt|json|csv|tsv|xml|ya?ml|log)$/i;

type Named = Blob & { readonly name: string };

/** Opens everything that an importer takes; what is left is refused by what it looks like. Rejects never. */
export async function importFiles(files: readonly Named[], options: ImportOptions = {}): Promise<Imported> {
  const refused: FileWords[] = [];
  const warnings: FileWords[] = [];
  const refuse = (name: string, error: unknown) => refused.push({ name, message: wordsOf(error) });
  const plain = await withoutZips(files, refuse);
  const wanted = plain.length > 1 ? plain.filter((f) => !LITTER.test(f.name)) : plain;
  const passed: string[] = [];
  const found = await openAll(await headsOf(wanted, refuse), options, (f, error, known) => {
    if (!known && wanted.length > 1 && TEXT.test(f.name)) passed.push(f.name);
    else refuse(f.name, error);
  });
  const cases = casesOf(found, options);
  const open = [...(options.open ?? []), ...cases.map((c) => c.info)];
  const additions: Addition[] = [];
  for (const { name, opened } of found) {
    if (opened.made && !opened.labels) for (const message of opened.warnings ?? []) warnings.push({ name, message });
    try {
      const added = additionsOf(name, opened, open, options.shown ?? null);
      additions.push(...added);
      if (added.length) continue;
      if (opened.labels && opened.made) {
        cases.push(caseOf(opened.made, open, options, cases.length));
        const message = `${name}: it seems to hold labels, and no image of its grid is open; it is shown as an image. To have the labels as objects, open the image that they were made on, then this file again`;
        if (opened.labels.declared) warnings.push({ name, message });
      }
    } catch (error) {
      refuse(name, error);
    }
  }
  if (passed.length) {
    const few = passed.slice(0, 4).join(', ') + (passed.length > 4 ? `, … (${passed.length - 4} more)` : '');
    warnings.push({ name: passed[0], message: `passed over, since they are texts: ${few}` });
  }
  // As they were given, not as importers came to them.
  const place = new Map(files.map((f, i) => [f.name, i]));
  const inOrder = (list: FileWords[]) => list.sort((a, b) => (place.get(a.name) ?? 0) - (place.get(b.name) ?? 0));
  return { cases, additions, refused: inOrder(refused), warnings: inOrder(warnings) };
}

/** What masks, annotations and sessions add; nothing for images, and for labels that may stand alone. Throws where nothing fits. */
function additionsOf(name: string, opened: Opened, open: readonly CaseInfo[], shown: string | null): Addition[] {
  if (opened.coco) {
    return cocoObjects(opened.coco, open, name).map(({ info, objects }) => ({ case: info.id, name, objects }));
  }
  if (opened.session) {
    const { session } = opened;
    const info = open.find((c) => c.hash === session.image.hash) ?? open.find((c) => c.id === shown) ?? open.at(-1);
    if (!info) throw new FormatError(`${name}: it is a session of ${session.image.name} — open that first`);
    return [{ case: info.id, name, ...restored(session, info, name) }];
  }
  if (!opened.labels) return [];
  const place = placeLabels(opened.labels, open, shown);
  if ('info' in place) {
    return [{ case: place.info.id, name, objects: objectsFrom(place.labels, place.info, opened.labels) }];
  }
  if (opened.labels.declared && place.reason !== null) throw new FormatError(place.reason);
  return [];
}

interface Found {
  readonly name: string;
  readonly opened: Opened;
}

async function openAll(
  all: readonly ImportFile[],
  { signal, progress }: ImportOptions,
  refuse: (file: ImportFile, error: unknown, known: boolean) => void,
): Promise<Found[]> {
  const found: Found[] = [];
  const used = new Set<ImportFile>();
  const beside = async (name: string) => {
    const file = all.find((f) => f.name === name);
    if (file) used.add(file);
    return file?.blob ?? null;
  };
  let rest: readonly ImportFile[] = all;
  for (const importer of IMPORTERS) {
    for (const group of await importer.takes(rest)) {
      if (signal?.aborted) return [];
      const taken = new Set(group);
      rest = rest.filter((f) => !taken.has(f));
      let done = all.length - rest.length - taken.size;
      progress?.(done, all.length);
      try {
        const opened = await importer.open(group, beside, () => progress?.(++done, all.length));
        found.push({ name: group[0].name, opened });
      } catch (error) {
        refuse(group[0], error, true);
      }
    }
  }
  for (const f of rest.filter((x) => !used.has(x))) refuse(f, unknown(f), false);
  return found;
}

/** The images and volumes, named; a file that is open already keeps its name, and so its objects. */
function casesOf(found: readonly Found[], options: ImportOptions) {
  const cases: { info: CaseInfo; values: NewCase['values'] }[] = [];
  for (const { opened } of found) {
    if (!opened.made || opened.labels) continue;
    for (const made of [opened.made, ...(opened.more ?? [])]) {
      cases.push(caseOf(made, options.open ?? [], options, cases.length));
    }
  }
  return cases;
}

function caseOf(made: NewCase, open: readonly CaseInfo[], { newId }: ImportOptions, count: number) {
  const known = open.find((c) => c.hash === made.info.hash && c.name === made.info.name);
  return { info: { ...made.info, id: known?.id ?? newId?.() ?? `new-${count + 1}` }, values: made.values };
}

async function headsOf(files: readonly Named[], refuse: (name: string, error: unknown) => void): Promise<ImportFile[]> {
  const all: ImportFile[] = [];
  for (const blob of files) {
    try {
      all.push(await withHead(blob));
    } catch (error) {
      refuse(blob.name, error);
    }
  }
  return all;
}

async function withHead(blob: Named): Promise<ImportFile> {
  const { name } = blob;
  if (blob.size === 0) throw new FormatError(`${name}: the file is empty — get it again`);
  await readSlice(blob, 0, 1, name);
  return { name, blob, head: await headOf(blob, name) };
}

function unknown({ name, head }: ImportFile): FormatError {
  const looks = looksLike(head);
  const seems = looks ? `it looks like ${looks}` : 'neither its first bytes nor its name belong to any of them';
  return new FormatError(`${name}: no file of a known kind (${IMPORTERS.map((i) => i.words).join(', ')}) — ${seems}`);
}
