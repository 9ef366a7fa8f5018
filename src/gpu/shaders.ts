/** All `.wgsl` files of the project as text, by path under `shaders/`. */
const files = import.meta.glob('/shaders/**/*.wgsl', { query: '?raw', import: 'default', eager: true }) as Record<
  string,
  string
>;

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
