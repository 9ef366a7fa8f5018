import { nearNames } from '../../nn/near';
import { ConfigError, showPath, unknownKey } from './configError';
import { type AnySchema, child, fieldOf, isList, type Kind, kindsOf, wantedOf } from './schemaWalk';

/** Plain JSON data. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/**
 * `raw` with `PATH=VALUE` applied (`train.lr=1e-4`, `adapters.0.r=8`, `adapters.lora.r=8`): the value is read as the schema
 * at that path asks. Nothing is changed in `raw`. `ConfigError` for a path that does not exist (with the nearest key), a list entry
 * that is not there, or a value of another kind.
 */
export function override(schema: AnySchema, raw: Json, assignment: string): Json {
  const at = assignment.indexOf('=');
  if (at < 1) throw new ConfigError(`--set ${assignment}: expected PATH=VALUE, for example train.lr=1e-4`);
  const path = assignment.slice(0, at).trim().split('.');
  return put(schema, raw, [], path, assignment.slice(at + 1));
}

function put(schema: AnySchema, here: Json | undefined, done: string[], rest: readonly string[], text: string): Json {
  if (!rest.length) return readValue(schema, here, done, text);
  const [key, ...further] = rest;
  if (isList(schema, here)) return putInList(schema, here, done, rest, text);
  const next = child(schema, here, key);
  if (!next) throw new ConfigError(`--set ${unknownKey(schema, here, done, key)}`);
  const value = put(next, fieldOf(here, key) as Json | undefined, [...done, key], further, text);
  const fields = typeof here === 'object' && here !== null ? (here as Record<string, Json>) : {};
  return { ...fields, [key]: value };
}

function putInList(
  schema: AnySchema,
  here: Json | undefined,
  done: string[],
  [key, ...further]: readonly string[],
  text: string,
): Json {
  const list = Array.isArray(here) ? (here as Json[]) : [];
  const at = list.findIndex((x, i) => (/^\d+$/.test(key) ? i === Number(key) : nameIn(x) === key));
  if (at < 0) {
    const names = list.map((x, i) => nameIn(x) ?? String(i));
    const [near] = nearNames(key, names, 1);
    const there = names.length ? `there are ${names.join(', ')}` : 'the list is empty';
    throw new ConfigError(
      `--set ${showPath([...done, key])}: ${near ? `did you mean ${showPath([...done, near])}? ` : ''}${there}`,
    );
  }
  const item = child(schema, here, at);
  if (!item) throw new ConfigError(`--set ${showPath([...done, key])}: nothing is known of such entries`);
  const value = put(item, list[at], [...done, key], further, text);
  return list.map((x, i) => (i === at ? value : x));
}

/** What a list entry is called: its `name`. */
const nameIn = (x: Json): string | null => {
  const name = fieldOf(x, 'name');
  return typeof name === 'string' ? name : typeof x === 'string' ? x : null;
};

/** The text as the value that the schema asks for. */
function readValue(schema: AnySchema, here: Json | undefined, path: string[], text: string): Json {
  const kinds = kindsOf(schema, here);
  const trimmed = text.trim();
  if (kinds.has('null') && trimmed === 'null') return null;
  if (kinds.has('switch') && /^(true|false)$/.test(trimmed)) return trimmed === 'true';
  if (kinds.has('number') && trimmed !== '' && Number.isFinite(Number(trimmed))) return Number(trimmed);
  const structured = structuredValue(kinds, trimmed);
  if (structured !== undefined) return structured;
  if (kinds.has('text')) return text;
  // a,b is a list of texts: what one writes for names without quoting them twice
  if (kinds.has('list') && trimmed && !/^[[{]/.test(trimmed)) return trimmed.split(',').map((s) => s.trim());
  throw new ConfigError(`--set ${showPath(path)}: expected ${wantedOf(schema, here)}, got '${text}'`);
}

function structuredValue(kinds: ReadonlySet<Kind>, text: string): Json | undefined {
  if (!(kinds.has('list') && text.startsWith('[')) && !(kinds.has('object') && text.startsWith('{'))) return undefined;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
