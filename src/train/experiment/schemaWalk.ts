import type * as v from 'valibot';

/** Any schema. What is read of it beyond the type is looked up by name, as valibot's own helpers do. */
export type AnySchema = v.GenericSchema<unknown, unknown>;

/** The parts of a schema that a walk looks at. */
interface Parts {
  readonly type: string;
  readonly wrapped?: AnySchema;
  readonly getter?: (input: unknown) => AnySchema;
  readonly entries?: Readonly<Record<string, AnySchema>>;
  readonly item?: AnySchema;
  readonly value?: AnySchema;
  readonly options?: readonly unknown[];
  readonly literal?: unknown;
  readonly pipe?: readonly { readonly type: string; readonly requirement?: unknown }[];
}

const partsOf = (schema: AnySchema): Parts => schema as unknown as Parts;

/** The schema without optional, nullable and lazy around it; `input` decides which one a lazy schema stands for. */
function bare(schema: AnySchema, input: unknown): AnySchema {
  const { wrapped, getter } = partsOf(schema);
  if (wrapped) return bare(wrapped, input);
  if (getter) return bare(getter(input), input);
  return schema;
}

/** Schemas that a value may follow: those of a union, else the schema itself. */
function alternatives(schema: AnySchema, input: unknown): AnySchema[] {
  const inner = bare(schema, input);
  const { type, options } = partsOf(inner);
  return type === 'union' ? (options as AnySchema[]).flatMap((o) => alternatives(o, input)) : [inner];
}

/** Keys that an object of this schema may have; none where it is no object. */
export function keysOf(schema: AnySchema, input: unknown): string[] {
  return alternatives(schema, input).flatMap((s) => Object.keys(partsOf(s).entries ?? {}));
}

/** Is it a list? */
export const isList = (schema: AnySchema, input: unknown): boolean =>
  alternatives(schema, input).some((s) => partsOf(s).type === 'array');

/** The schema of `key` of a value `input` that follows `schema`; null where there is no such key. */
export function child(schema: AnySchema, input: unknown, key: string | number): AnySchema | null {
  for (const s of alternatives(schema, input)) {
    const { entries, item, value, type } = partsOf(s);
    if (entries && Object.hasOwn(entries, String(key))) return entries[key];
    if (type === 'array' && item) return item;
    if (type === 'record' && value) return value;
  }
  return null;
}

/** The schema of the value at `path` of `input`; null where nothing is known of such a value. */
export function schemaAt(schema: AnySchema, input: unknown, path: readonly (string | number)[]): AnySchema | null {
  if (!path.length) return schema;
  const next = child(schema, input, path[0]);
  return next && schemaAt(next, fieldOf(input, path[0]), path.slice(1));
}

/** The value of a key, or undefined. */
export function fieldOf(input: unknown, key: string | number): unknown {
  return typeof input === 'object' && input !== null && Object.hasOwn(input, key)
    ? (input as Record<string | number, unknown>)[key]
    : undefined;
}

/** Kinds of JSON values that a schema takes. */
export type Kind = 'text' | 'number' | 'switch' | 'null' | 'list' | 'object';

const kinds: Readonly<Record<string, Kind>> = {
  string: 'text',
  number: 'number',
  boolean: 'switch',
  null: 'null',
  array: 'list',
  tuple: 'list',
  strict_object: 'object',
  loose_object: 'object',
  object: 'object',
  record: 'object',
};

/** The kinds of values that follow `schema`. */
export function kindsOf(schema: AnySchema, input: unknown): Set<Kind> {
  const { type, wrapped } = partsOf(schema);
  if (wrapped) return new Set([...kindsOf(wrapped, input), ...(type.startsWith('null') ? (['null'] as const) : [])]);
  return new Set(
    alternatives(schema, input).flatMap((s) => {
      const { type: t, options, literal } = partsOf(s);
      if (t === 'picklist') return [...new Set((options ?? []).map(kindOf))];
      if (t === 'literal') return [kindOf(literal)];
      return kinds[t] ? [kinds[t]] : [];
    }),
  );
}

/** The kind of a value. */
export function kindOf(value: unknown): Kind {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'list';
  const of = { string: 'text', number: 'number', boolean: 'switch' } as const;
  return of[typeof value as keyof typeof of] ?? 'object';
}

/** What a schema asks for, in words: `a whole number of at least 1`, `one of a, b or null`. */
export function wantedOf(schema: AnySchema, input: unknown): string {
  const nothing = kindsOf(schema, input).has('null') ? ['null'] : [];
  const each = alternatives(schema, input)
    .map((s) => wordsOf(partsOf(s)))
    .filter((w) => w !== 'null');
  return [...new Set([...each, ...nothing])].join(' or ');
}

function wordsOf(s: Parts): string {
  if (s.type === 'picklist') return `one of ${(s.options ?? []).join(', ')}`;
  if (s.type === 'literal') return JSON.stringify(s.literal);
  if (s.type === 'array') return s.item ? `a list (each ${wantedOf(s.item, undefined)})` : 'a list';
  if (s.type === 'number') return numberWords(s);
  const words: Record<string, string> = { string: 'text', boolean: 'true or false', null: 'null' };
  return words[s.type] ?? (s.entries ? `an object with ${Object.keys(s.entries).join(', ')}` : 'an object');
}

const limits: Readonly<Record<string, string>> = {
  min_value: 'at least',
  max_value: 'at most',
  gt_value: 'more than',
  lt_value: 'less than',
};

function numberWords({ pipe = [] }: Parts): string {
  const whole = pipe.some((a) => a.type === 'integer') ? 'a whole number' : 'a number';
  const bounds = pipe.flatMap((a) => (limits[a.type] ? [`${limits[a.type]} ${a.requirement}`] : []));
  return bounds.length ? `${whole} of ${bounds.join(' and ')}` : whole;
}
