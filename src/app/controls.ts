/**
 * From a configuration's schema to the controls of a panel: kind of widget, bounds, choices, default. So a new option
 * of an adapter appears in the panel without a line of code. Knows neither lil-gui nor the DOM.
 */
import type * as v from 'valibot';

/** One control. Bounds are absent where the schema has none. */
export type Control =
  | { readonly key: string; readonly kind: 'flag'; readonly value: boolean }
  /** Free text; with `number` a number, or nothing for null. */
  | { readonly key: string; readonly kind: 'text'; readonly value: string; readonly number: boolean }
  | { readonly key: string; readonly kind: 'choice'; readonly value: string; readonly choices: readonly string[] }
  | {
      readonly key: string;
      readonly kind: 'number';
      readonly value: number;
      readonly min?: number;
      readonly max?: number;
      readonly whole: boolean;
    };

/** What was typed into a control: a number, or null for nothing, where that is what it stands for. */
export function meantBy(c: Control, typed: string | number | boolean): string | number | boolean | null {
  if (c.kind !== 'text' || !c.number) return typed;
  const text = String(typed).trim();
  return text === '' ? null : Number(text);
}

/** What a schema looks like from outside, as far as it is needed here. */
interface Shape {
  readonly type: string;
  readonly wrapped?: Shape;
  readonly default?: unknown;
  readonly options?: readonly string[];
  readonly pipe?: readonly { readonly type: string; readonly requirement?: unknown }[];
  readonly entries?: Readonly<Record<string, Shape>>;
}

/** The controls of an object schema, in its order; fields that no control can show (lists) are left out. */
export function controlsOf(schema: v.GenericSchema): Control[] {
  const { entries } = schema as unknown as Shape;
  if (!entries) throw new Error('controls: the schema is no object with fields');
  return Object.entries(entries).flatMap(([key, field]) => {
    const made = controlOf(key, field);
    return made ? [made] : [];
  });
}

function controlOf(key: string, field: Shape): Control | null {
  const inner = field.type === 'optional' && field.wrapped ? field.wrapped : field;
  const value = field.default;
  if (inner.type === 'boolean' && typeof value === 'boolean') return { key, kind: 'flag', value };
  if (inner.type === 'picklist' && inner.options && typeof value === 'string') {
    return { key, kind: 'choice', value, choices: inner.options };
  }
  if (inner.type === 'string' && typeof value === 'string') return { key, kind: 'text', value, number: false };
  if (inner.type === 'nullable' && inner.wrapped?.type === 'number')
    return { key, kind: 'text', value: value === null ? '' : String(value), number: true };
  if (inner.type !== 'number' || typeof value !== 'number') return null;
  const bound = (...types: string[]) =>
    inner.pipe?.find((a) => types.includes(a.type))?.requirement as number | undefined;
  const [min, max] = [bound('min_value', 'gt_value'), bound('max_value', 'lt_value')];
  const whole = inner.pipe?.some((a) => a.type === 'integer') ?? false;
  return {
    key,
    kind: 'number',
    value,
    whole,
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
  };
}
