// How the adapters of a checkpoint would be attached, and what would be missing: for people who look before they load.
import type { AdapterInfo } from './adapterFile';
import { adapterOf } from './adapterLayout';
import { loadAdapter, needsRelease } from './adapterLoad';
import { KNOWN_BASES } from './bases';
import { wordsOf } from './errors';
import type { TensorFile } from './tensorFile';

/** See `describeAttaching`. */
export interface AttachReport {
  readonly layout: string;
  readonly base: AdapterInfo['base'];
  readonly adapters: AdapterInfo['adapters'];
  /** Tensors that belong to nothing known. */
  readonly leftOver: readonly string[];
  readonly notes: readonly string[];
  /** On its base: how many fit, which would be missing or left over; null where the base is none of the known rows. */
  readonly fit: {
    readonly placed: number;
    readonly missing: readonly string[];
    readonly unexpected: readonly string[];
    readonly misshaped: readonly string[];
  } | null;
  /** Why it could not be loaded at all. */
  readonly refused?: string;
}

/** What the adapters of a file are, or `refused` with the reason. Builds the base without weights; reads no tensor. */
export function describeAttaching(file: TensorFile, name: string): AttachReport {
  const nothing = { layout: 'unknown', base: { name: 'unknown' }, adapters: [], leftOver: [], notes: [], fit: null };
  try {
    const found = adapterOf(file, name);
    const { layout, info, leftOver, notes } = found;
    const about = { layout, base: info.base, adapters: info.adapters, leftOver, notes };
    const known = KNOWN_BASES.get(info.base.name);
    if (!known) return { ...about, fit: null };
    const model = known.build(needsRelease(info));
    try {
      const { placed, missing, unexpected, misshaped } = loadAdapter(model, found, { name, strict: false }).report;
      return { ...about, fit: { placed: placed.length, missing, unexpected, misshaped: misshaped.map((m) => m.name) } };
    } catch (error) {
      return { ...about, fit: null, refused: wordsOf(error) };
    }
  } catch (error) {
    return { ...nothing, refused: wordsOf(error) };
  }
}
