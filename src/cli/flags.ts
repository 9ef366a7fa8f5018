import { nearNames } from '../nn/near';

/** The command line was wrong: exit code 2. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}

/** One flag of a command. */
export interface Flag {
  /** `list`: a text that may be given any number of times. */
  readonly kind: 'text' | 'whole' | 'number' | 'switch' | 'list';
  /** Allowed texts. */
  readonly choices?: readonly string[];
  /** Smallest and largest number. */
  readonly min?: number;
  readonly max?: number;
}

type ValueOf<K extends Flag['kind']> = K extends 'switch'
  ? boolean
  : K extends 'text'
    ? string
    : K extends 'list'
      ? readonly string[]
      : number;

/** What a command line says: a value for each flag given. */
export type FlagValues<F extends Readonly<Record<string, Flag>>> = {
  readonly [K in keyof F]?: ValueOf<F[K]['kind']>;
};

/**
 * Reads `--flag value`, `--flag=value` and switches. UsageError for unknown flags (naming the nearest), flags given twice, values that are
 * missing, no numbers, out of range or no choice.
 */
export function parseFlags<F extends Readonly<Record<string, Flag>>>(argv: readonly string[], flags: F): FlagValues<F> {
  const out = new Map<string, string | number | boolean | readonly string[]>();
  for (let i = 0; i < argv.length; i++) {
    const [, name, inline] = /^--([^=]+)(?:=(.*))?$/s.exec(argv[i]) ?? [];
    if (!name) throw new UsageError(`'${argv[i]}' is no flag; flags begin with -- (values follow their flag)`);
    const flag = Object.hasOwn(flags, name) ? flags[name] : null;
    if (!flag) throw new UsageError(unknown(name, Object.keys(flags)));
    if (out.has(name) && flag.kind !== 'list') throw new UsageError(`--${name} is given twice`);
    if (flag.kind === 'switch') {
      if (inline !== undefined) throw new UsageError(`--${name} takes no value, got '${inline}'`);
      out.set(name, true);
      continue;
    }
    const value = inline ?? argv[++i];
    if (value === undefined || (inline === undefined && value.startsWith('--')))
      throw new UsageError(`--${name} needs ${wanted(flag)}`);
    if (flag.kind === 'list') {
      out.set(name, [...((out.get(name) as readonly string[] | undefined) ?? []), text(name, flag, value)]);
      continue;
    }
    out.set(name, flag.kind === 'text' ? text(name, flag, value) : number(name, flag, value));
  }
  return Object.fromEntries(out) as FlagValues<F>;
}

function unknown(name: string, names: readonly string[]): string {
  const [near] = nearNames(name, names, 1);
  return `there is no flag --${name}${near ? `; did you mean --${near}?` : `; there are ${names.map((n) => `--${n}`).join(', ')}`}`;
}

function text(name: string, flag: Flag, value: string): string {
  if (!flag.choices || flag.choices.includes(value)) return value;
  const [near] = nearNames(value, flag.choices, 1);
  throw new UsageError(`--${name} must be ${wanted(flag)}, got '${value}'${near ? `; did you mean ${near}?` : ''}`);
}

function number(name: string, flag: Flag, value: string): number {
  const n = value.trim() === '' ? Number.NaN : Number(value);
  const inside = n >= (flag.min ?? Number.NEGATIVE_INFINITY) && n <= (flag.max ?? Number.POSITIVE_INFINITY);
  if (Number.isFinite(n) && inside && (flag.kind !== 'whole' || Number.isSafeInteger(n))) return n;
  throw new UsageError(`--${name} must be ${wanted(flag)}, got '${value}'`);
}

function wanted(flag: Flag): string {
  if (flag.choices) return flag.choices.length > 1 ? `one of ${flag.choices.join(', ')}` : flag.choices[0];
  if (flag.kind === 'text' || flag.kind === 'list') return 'a value';
  const range = [
    flag.min !== undefined ? `at least ${flag.min}` : '',
    flag.max !== undefined ? `at most ${flag.max}` : '',
  ];
  const limits = range.filter(Boolean).join(' and ');
  return `a ${flag.kind === 'whole' ? 'whole number' : 'number'}${limits ? ` of ${limits}` : ''}`;
}
