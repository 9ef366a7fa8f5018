import type * as v from 'valibot';
import { nearNames } from '../../nn/near';
import { type AnySchema, keysOf, schemaAt, wantedOf } from './schemaWalk';

/** A configuration is wrong: the message names the path, what was expected and what was found. */
export class ConfigError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ConfigError';
  }
}

/** Steps of a path as text: `adapters.0.ratio`. */
export const showPath = (path: readonly (string | number)[]): string => path.join('.') || 'the configuration';

/** A value as a message shows it. */
export const showValue = (value: unknown): string => {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
};

/** `there is no KEY at PATH; did you mean NEAR?`, with the keys there are when none is near. */
export function unknownKey(schema: AnySchema, input: unknown, at: readonly (string | number)[], key: string): string {
  const keys = keysOf(schema, input);
  const [near] = nearNames(key, keys, 1);
  const hint = near ? `did you mean ${showPath([...at, near])}?` : `there are ${keys.join(', ') || 'no keys here'}`;
  return `${showPath([...at, key])}: there is no such key; ${hint}`;
}

/** One issue in words: path, nearest key, what was expected and what was found. */
export function issueText(schema: AnySchema, input: unknown, issue: v.BaseIssue<unknown>): string {
  const path = (issue.path ?? []).map((p) => p.key as string | number);
  if (issue.type === 'strict_object' && issue.expected === 'never') {
    const at = path.slice(0, -1);
    const parent = schemaAt(schema, input, at);
    if (parent) return unknownKey(parent, valueAt(input, at), at, String(path.at(-1)));
  }
  if (issue.kind === 'validation' && ['check', 'raw_check', 'partial_check'].includes(issue.type))
    return `${showPath(path)}: ${issue.message}`;
  const found = schemaAt(schema, input, path);
  const wanted = found ? wantedOf(found, valueAt(input, path)) : (issue.expected ?? 'another value');
  return `${showPath(path)}: expected ${wanted}, got ${showValue(issue.input)}`;
}

/** The value at a path; undefined where there is none. */
export function valueAt(input: unknown, path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined),
    input,
  );
}
