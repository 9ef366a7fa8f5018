import { nearNames } from '../nn/near';
import type { AdapterKind, ConfigSchema } from './adapter';

/** Every kind of adapter that a file of this folder exports, by name: pickers, panels and flags are made from it. */
export const ADAPTERS: ReadonlyMap<string, AdapterKind<ConfigSchema>> = collect(
  import.meta.glob<Record<string, unknown>>(['./*.ts', '!./all.ts'], { eager: true }),
);

function collect(files: Record<string, Record<string, unknown>>): Map<string, AdapterKind<ConfigSchema>> {
  const kinds = Object.values(files).flatMap((exports) => Object.values(exports).filter(isKind));
  return new Map(kinds.map((k) => [k.adapterName, k]));
}

function isKind(x: unknown): x is AdapterKind<ConfigSchema> {
  return typeof x === 'function' && 'adapterName' in x && 'schema' in x;
}

/** The kind called `name`. Throws with near names when there is none. */
export function adapterKind(name: string): AdapterKind<ConfigSchema> {
  const found = ADAPTERS.get(name);
  if (found) return found;
  const [near] = nearNames(name, [...ADAPTERS.keys()], 1);
  throw new Error(
    `adapter: there is none called '${name}'${near ? `; did you mean ${near}?` : ''}; there are ${[...ADAPTERS.keys()].join(', ')}`,
  );
}
