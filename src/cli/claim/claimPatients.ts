// How many patients a set has decides how it can be split.
import { imageFolder } from '../../data/imageFolder';
import { countGroups, patientGroups } from '../../data/split';
import { openVolumeFolder } from '../../data/volumeFolder';
import { diskFolder } from '../files';
import type { ClaimSet } from './claimSets';

/** Patients of so few are measured once each, because one of them alone says nothing of others, and none is held back from training. */
const FEW = 3;

/** Patients of the sets in folders by the sets' names. */
export type Patients = ReadonlyMap<string, number>;

/** Patients (where none is named: cases) with a mask; nothing is decoded. A folder that cannot be opened is left out: its runs say why. */
export async function countPatients(sets: readonly ClaimSet[], pathOf: (set: ClaimSet) => string): Promise<Patients> {
  const out = new Map<string, number>();
  for (const set of sets) {
    const count = await countIn(pathOf(set), set.volumes).catch(() => null);
    if (count !== null) out.set(set.name, count);
  }
  return out;
}

async function countIn(path: string, volumes: boolean): Promise<number> {
  const folder = await diskFolder(path);
  const { cases } = volumes ? await openVolumeFolder(folder) : await imageFolder.open(folder);
  const masked = cases.filter((c) => c.mask !== null);
  return countGroups(
    masked.map((c) => c.id),
    patientGroups(masked),
  );
}

/** The number of patients where they are two or three; else null. */
export function fewPatients(patients: Patients, { name }: ClaimSet): number | null {
  const count = patients.get(name) ?? Number.POSITIVE_INFINITY;
  return count > 1 && count <= FEW ? count : null;
}

/** Folds on a set: as many as asked for and as there are patients; of few patients one for each. 1: a fixed split. */
export function foldsOn(folds: number, patients: Patients, set: ClaimSet): number {
  const most = Math.max(1, patients.get(set.name) ?? folds);
  return fewPatients(patients, set) ?? Math.min(folds, most);
}

/** How a set of few patients is measured, in words; empty for others. */
export function fewPatientsText(patients: Patients, set: ClaimSet): string {
  const count = fewPatients(patients, set);
  if (count === null) return '';
  const others = count === 2 ? 'other' : 'others';
  return `; ${count} patients, each measured once by a model trained on the ${others}, of which none is held back: the last step is taken`;
}
