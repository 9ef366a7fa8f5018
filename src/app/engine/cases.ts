import type { CaseInfo } from '../document/caseInfo';
import type { NewCase } from '../importer';

/** A case that the engine holds: what the page knows of it, and its values. */
export interface EngineCase {
  readonly info: CaseInfo;
  /** On the case's grid, x fastest; 8-bit RGB triples where there are three channels. */
  readonly values: NewCase['values'];
  /** Labels as the page sent them last, on the same grid; null before it sent any. What is on the GPU can be made anew from this. */
  labels: Uint8Array<ArrayBuffer> | null;
}

/** Open cases by id. The page decides what is open. */
export interface Cases {
  /** Adds a case under `id`; one that is there already stays as it is. */
  add(id: string, made: NewCase): CaseInfo;
  /** Throws where it is not open. */
  get(id: string): EngineCase;
  has(id: string): boolean;
  remove(id: string): void;
  readonly size: number;
  /** A name that no case had before. */
  newId(): string;
}

/** No case is open. */
export function makeCases(): Cases {
  const open = new Map<string, EngineCase>();
  let count = 0;
  return {
    add(id, { info, values }) {
      const known = open.get(id) ?? { info: { ...info, id }, values, labels: null };
      open.set(id, known);
      return known.info;
    },
    get(id) {
      const found = open.get(id);
      if (!found) throw new Error(`the case ${id} is not open; open it again`);
      return found;
    },
    has: (id) => open.has(id),
    remove: (id) => void open.delete(id),
    get size() {
      return open.size;
    },
    newId: () => `case-${++count}`,
  };
}
