import type { Wgsl } from './wgsl';

/**
 * Storage in 16 bits is a property of a binding, not of a kernel: every read `name[i]` of such a binding, of f32, vec2f or
 * vec4f, becomes a call that widens what it finds. Kernels are written once, for f32, and compute in f32.
 */
interface Form {
  /** Element type of the buffer, and the wide value of element i. */
  readonly element: string;
  readonly value: (name: string) => string;
}

const PACKED: Readonly<Record<string, Form>> = {
  f32: { element: 'u32', value: (n) => `unpack2x16float(${n}[i >> 1u])[i & 1u]` },
  vec2f: { element: 'u32', value: (n) => `unpack2x16float(${n}[i])` },
  vec4f: { element: 'vec2u', value: (n) => `vec4f(unpack2x16float(${n}[i].x), unpack2x16float(${n}[i].y))` },
};

const NATIVE: Readonly<Record<string, Form>> = {
  f32: { element: 'f16', value: (n) => `f32(${n}[i])` },
  vec2f: { element: 'vec2<f16>', value: (n) => `vec2f(${n}[i])` },
  vec4f: { element: 'vec4<f16>', value: (n) => `vec4f(${n}[i])` },
};

/**
 * `wgsl` with the read-only bindings `names` in 16 bits: as the type f16 (`native`, needs `shader-f16`), or two to a word.
 * Throws when a name is used for anything but reading elements.
 */
export function readHalves(wgsl: Wgsl, names: readonly string[], native: boolean): Wgsl {
  if (!names.length) return wgsl;
  const forms = native ? NATIVE : PACKED;
  const file = wgsl.origin[0].replace(/:\d+$/, '');
  const loads: string[] = [];
  let code = wgsl.code;
  for (const name of names) {
    const [found, type] = code.match(new RegExp(`var<storage, read> ${name}: array<(\\w+)>;`)) ?? ['', ''];
    // The kernel reads 16 bits by itself.
    if (type === 'f16') continue;
    const form = forms[type];
    if (!form) throw new Error(`${file}: ${name} cannot be kept in 16 bits: it is no array of f32, vec2f or vec4f`);
    const [before, after] = code.split(found).map((part) => widened(part, name, file));
    code = `${before}var<storage, read> ${name}: array<${form.element}>;${after}`;
    loads.push(`fn ${name}Wide(i: u32) -> ${type} { return ${form.value(name)}; }`);
  }
  const head = native ? ['enable f16;'] : [];
  const origin = [...head.map(() => file), ...wgsl.origin, ...loads.map(() => `${file}: reading 16 bits`)];
  return { code: [...head, code, ...loads].join('\n'), bindings: wgsl.bindings, origin };
}

/** `name[…]` as `nameWide(…)`, but not in functions in which the name is another variable's. */
function widened(code: string, name: string, file: string): string {
  if (new RegExp(`&\\s*${name}\\b`).test(code)) {
    throw new Error(`${file}: ${name} cannot be kept in 16 bits: its address is taken`);
  }
  const other = new RegExp(`\\b(let|var|const)\\s+${name}\\b|[(,]\\s*${name}\\s*:`);
  const functions = code.split(/^(?=fn |@compute)/m);
  return functions.map((f) => (other.test(f) ? f : calls(f, name))).join('');
}

function calls(code: string, name: string): string {
  const read = new RegExp(`(?<![\\w.])${name}\\[`, 'g');
  let out = '';
  let from = 0;
  for (let m = read.exec(code); m; m = read.exec(code)) {
    const start = m.index + m[0].length;
    const end = closing(code, start);
    out += `${code.slice(from, m.index)}${name}Wide(${calls(code.slice(start, end), name)})`;
    from = end + 1;
    read.lastIndex = from;
  }
  return out + code.slice(from);
}

/** Where the bracket opened just before `start` closes. */
function closing(code: string, start: number): number {
  let depth = 1;
  let i = start;
  for (; i < code.length && depth > 0; i++) {
    if (code[i] === '[') depth++;
    else if (code[i] === ']') depth--;
  }
  return i - 1;
}
