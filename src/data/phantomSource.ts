// Embedded data by name: `phantoms` and `phantom-3d`, with kinds and a level of difficulty where others than the usual are wanted:
// `phantoms:ultrasound+dermoscopy?level=0.8`, `phantom-3d:ct?level=0.2`.
import { DatasetError } from './errors';
import { type Phantom3dModality, phantom3dModalities } from './phantom3d';
import { factorOf, USUAL_LEVEL } from './phantomLevel';
import { type PhantomModality, phantomModalities } from './phantoms';

interface Named<S extends string, M extends string> {
  readonly set: S;
  /** Empty: none is named, so the usual ones, or of images those of the wanted classes. */
  readonly modalities: readonly M[];
  /** 0 (easy) to 1 (hard). */
  readonly level: number;
}

/** What a name of embedded data says. */
export type PhantomSource = Named<'phantoms', PhantomModality> | Named<'phantom-3d', Phantom3dModality>;

/** What `phantoms` alone says. */
export const usualImages = { set: 'phantoms', modalities: [], level: USUAL_LEVEL } as const satisfies PhantomSource;
/** What `phantom-3d` alone says. */
export const usualVolumes = { set: 'phantom-3d', modalities: [], level: USUAL_LEVEL } as const satisfies PhantomSource;

const pattern = /^(phantoms|phantom-3d)(?::([^?]*))?(?:\?(.*))?$/;

/** The set that a data source names; null for a folder. `DatasetError` for kinds and options that there are not. */
export function phantomSource(source: string): PhantomSource | null {
  const [, set, kinds, options] = pattern.exec(source) ?? [];
  if (!set) return null;
  const level = levelOf(source, options);
  const named = kinds === undefined ? [] : kinds.split('+');
  return set === 'phantoms'
    ? { set, level, modalities: known(source, named, phantomModalities) }
    : { set: 'phantom-3d', level, modalities: known(source, named, phantom3dModalities) };
}

function known<T extends string>(source: string, named: readonly string[], there: readonly T[]): T[] {
  return named.map((name) => {
    const found = there.find((t) => t === name);
    if (found) return found;
    throw new DatasetError(`data ${source}: no kind is called '${name}'; there are ${there.join(', ')}, joined by +`);
  });
}

function levelOf(source: string, options = ''): number {
  let level = USUAL_LEVEL;
  for (const [key, value] of new URLSearchParams(options)) {
    if (key !== 'level') throw new DatasetError(`data ${source}: no option is called '${key}'; there is level=0 … 1`);
    level = value.trim() === '' ? Number.NaN : Number(value);
  }
  try {
    factorOf(level);
  } catch {
    throw new DatasetError(`data ${source}: level must be a number from 0 (easy) to 1 (hard)`);
  }
  return level;
}

/** The shortest name of a set: what `phantomSource` reads. */
export function phantomSourceText({ set, modalities, level }: PhantomSource): string {
  const kinds = modalities.length ? `:${modalities.join('+')}` : '';
  return set + kinds + (level === USUAL_LEVEL ? '' : `?level=${level}`);
}
