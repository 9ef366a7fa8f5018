import type { Json } from './overrides';

const isObject = (x: Json | undefined): x is { readonly [key: string]: Json } =>
  typeof x === 'object' && x !== null && !Array.isArray(x);

/** `over` on top of `under`: objects key by key, everything else (lists too) replaced. */
export function merge(under: Json, over: Json): Json {
  if (!isObject(under) || !isObject(over)) return over;
  const out: Record<string, Json> = { ...under };
  for (const [key, value] of Object.entries(over)) out[key] = key in under ? merge(under[key], value) : value;
  return out;
}

/** JSON text in which the order of keys does not matter: equal data, equal text. */
export function canonical(x: unknown): string {
  return JSON.stringify(x, (_, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}

/** Paths at which two values differ, with both values; at most `most`. */
export function differences(
  a: unknown,
  b: unknown,
  most = 3,
  at: readonly string[] = [],
): { path: string; a: unknown; b: unknown }[] {
  if (canonical(a) === canonical(b)) return [];
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return [{ path: at.join('.'), a, b }];
  const fields = (x: object) => x as Record<string, unknown>;
  const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  return keys.flatMap((k) => differences(fields(a)[k], fields(b)[k], most, [...at, k])).slice(0, most);
}
