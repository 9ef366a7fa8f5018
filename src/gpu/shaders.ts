/** All `.wgsl` files of the engine as text, by path under `shaders/`; what only measures a device is not part of it. */
const files = import.meta.glob(['/shaders/**/*.wgsl', '!/shaders/bench/**'], {
  query: '?raw',
  import: 'default',
  eager: true,
}) as Record<string, string>;

const byPath = new Map(Object.entries(files).map(([path, text]) => [path.replace(/^\/shaders\//, ''), text]));

/** Source of `shaders/<path>`; throws with the near misses when there is no such file. */
export function shaderSource(path: string): string {
  const text = byPath.get(path);
  if (text === undefined) {
    const near = [...byPath.keys()].filter((p) => p.split('/')[0] === path.split('/')[0]);
    throw new Error(`shader ${path}: no such file under shaders/; in that folder: ${near.join(', ') || 'nothing'}`);
  }
  return text;
}

/** Paths of all shader files. */
export function shaderPaths(): string[] {
  return [...byPath.keys()].sort();
}

let hash = '';

/** A short text that changes whenever any shader does: measurements of other shaders say nothing about these. */
export function shaderHash(): string {
  hash ||= textHash(shaderPaths().flatMap((p) => [p, byPath.get(p)!]));
  return hash;
}

/** 64 bits of the texts and their order in hexadecimal (two FNV-1a with different beginnings); no protection against intent. */
export function textHash(texts: readonly string[]): string {
  let [a, b] = [0x811c9dc5, 0x9747b28c];
  for (const text of texts) {
    for (let i = 0; i <= text.length; i++) {
      // The end of a text counts, too.
      const c = i < text.length ? text.charCodeAt(i) : 0x10000;
      a = Math.imul(a ^ c, 0x01000193);
      b = Math.imul(b ^ c, 0x01000193) ^ (b >>> 13);
    }
  }
  return [a, b].map((x) => (x >>> 0).toString(16).padStart(8, '0')).join('');
}
