import { shaderSource } from './shaders';

/**
 * The WGSL specialiser. A shader file is valid, readable WGSL; it is specialised by
 * 1. overwriting `const NAME: T = …;` (unless `//#fixed` stands above it),
 * 2. replacing functions marked `//#hook`,
 * 3. `//#if FLAG` … `//#else` … `//#endif`,
 * 4. `//#include path` (once per file).
 * A name that does not exist, or an overwritable shape constant that was not given, is an error with file:line.
 */
export interface Specialisation {
  readonly file: string;
  readonly consts?: Readonly<Record<string, number>>;
  readonly hooks?: Readonly<Record<string, string>>;
  readonly flags?: readonly string[];
  /** Library files that the hooks' texts call into. */
  readonly includes?: readonly string[];
  /** Bindings after the file's own, read by the hooks: names with WGSL element types. */
  readonly extras?: readonly { readonly name: string; readonly type: string }[];
}

/** A binding as declared in the file. */
export interface Binding {
  readonly name: string;
  readonly writable: boolean;
  /** Parameters of the dispatch, no tensor. */
  readonly uniform?: boolean;
}

/** Specialised source, its bindings in order, and where each line came from. */
export interface Wgsl {
  readonly code: string;
  readonly bindings: readonly Binding[];
  readonly origin: readonly string[];
}

interface Line {
  text: string;
  origin: string;
}

/** Specialises `spec.file`. `source` is replaceable for tests. */
export function specialise(spec: Specialisation, source: (path: string) => string = shaderSource): Wgsl {
  const flags = new Set(spec.flags ?? []);
  const seen = new Set<string>();
  const known = new Set<string>();
  const lines = expandFile(spec.file, source, flags, seen, known);
  for (const inc of spec.includes ?? []) {
    if (!seen.has(inc)) lines.push(...expandFile(inc, source, flags, seen, known));
  }
  for (const f of flags) {
    if (!known.has(f)) throw new Error(`${spec.file}: flag ${f} is tested by no //#if in it`);
  }
  const withConsts = setConsts(spec, lines);
  const withHooks = setHooks(spec, withConsts);
  const bindings = findBindings(withHooks);
  for (const [i, e] of (spec.extras ?? []).entries()) {
    const text = `@group(0) @binding(${bindings.length + i}) var<storage, read> ${e.name}: array<${e.type}>;`;
    withHooks.push({ text, origin: `${spec.file}: input of a fused op` });
  }
  const extras = (spec.extras ?? []).map((e) => ({ name: e.name, writable: false }));
  return {
    code: withHooks.map((l) => l.text).join('\n'),
    bindings: [...bindings, ...extras],
    origin: withHooks.map((l) => l.origin),
  };
}

function expandFile(
  file: string,
  source: (p: string) => string,
  flags: Set<string>,
  seen: Set<string>,
  known: Set<string>,
): Line[] {
  seen.add(file);
  const out: Line[] = [];
  const active: boolean[] = [];
  const text = source(file).split('\n');
  text.forEach((line, i) => {
    const origin = `${file}:${i + 1}`;
    const [, word, arg] = line.match(/^\s*\/\/#(if|else|endif|include)\s*(.*?)\s*$/) ?? [];
    if (word === 'if') {
      known.add(arg);
      active.push(flags.has(arg));
    } else if (word === 'else' || word === 'endif') {
      const was = active.pop();
      if (was === undefined) throw new Error(`${origin}: //#${word} without //#if`);
      if (word === 'else') active.push(!was);
    } else if (active.every(Boolean)) {
      if (word === 'include') {
        if (!seen.has(arg)) out.push(...expandFile(arg, source, flags, seen, known));
      } else out.push({ text: line, origin });
    }
  });
  if (active.length) throw new Error(`${file}: //#if without //#endif`);
  return out;
}

const CONST = /^const\s+(\w+)\s*:\s*(\w+)\s*=\s*([^;]*);/;

function setConsts(spec: Specialisation, lines: Line[]): Line[] {
  const given = new Map(Object.entries(spec.consts ?? {}));
  const out = lines.map((line, i) => {
    const m = line.text.match(CONST);
    if (!m || lines[i - 1]?.text.trim() === '//#fixed') return line;
    const value = given.get(m[1]);
    if (value === undefined) throw new Error(`${line.origin}: const ${m[1]} was given no value`);
    given.delete(m[1]);
    return { text: `const ${m[1]}: ${m[2]} = ${wgslLiteral(value, m[2], line.origin, m[1])};`, origin: line.origin };
  });
  for (const name of given.keys()) throw new Error(`${spec.file}: there is no const ${name} to overwrite`);
  return out;
}

function wgslLiteral(v: number, type: string, origin: string, name: string): string {
  if (type === 'f32') return `${Math.fround(v)}f`;
  const ok =
    type === 'u32' ? Number.isInteger(v) && v >= -(2 ** 31) && v < 2 ** 32 : type === 'i32' && Number.isInteger(v);
  if (!ok) throw new Error(`${origin}: ${v} is no value for const ${name}: ${type}`);
  // Negative strides and offsets wrap: index arithmetic is modulo 2³².
  return type === 'u32' ? `${v >>> 0}u` : `${v}i`;
}

function setHooks(spec: Specialisation, lines: Line[]): Line[] {
  const given = new Map(Object.entries(spec.hooks ?? {}));
  const out: Line[] = [];
  for (let i = 0; i < lines.length; i++) {
    if (lines[i].text.trim() !== '//#hook') {
      out.push(lines[i]);
      continue;
    }
    const name = lines[i + 1]?.text.match(/^fn\s+(\w+)/)?.[1];
    if (!name) throw new Error(`${lines[i].origin}: //#hook must stand on the line above a function`);
    const body = given.get(name);
    given.delete(name);
    if (body === undefined) continue;
    for (const text of body.split('\n')) out.push({ text, origin: `${lines[i + 1].origin}: hook ${name}` });
    while (lines[++i].text !== '}') if (i >= lines.length - 1) throw new Error(`${spec.file}: hook ${name} has no end`);
  }
  for (const name of given.keys()) throw new Error(`${spec.file}: there is no //#hook ${name}`);
  return out;
}

function findBindings(lines: Line[]): Binding[] {
  const out: Binding[] = [];
  for (const l of lines) {
    const m = l.text.match(
      /^@group\(0\)\s*@binding\((\d+)\)\s*var<(uniform|storage,\s*(read|read_write))>\s*(\w+)\s*:/,
    );
    if (!m) continue;
    if (Number(m[1]) !== out.length)
      throw new Error(`${l.origin}: binding ${m[1]} where ${out.length} was expected; bindings go in order`);
    out.push({ name: m[4], writable: m[3] === 'read_write', ...(m[2] === 'uniform' ? { uniform: true } : {}) });
  }
  return out;
}
