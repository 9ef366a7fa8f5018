/** The `.wgsl` files of the project as text, by path under `shaders/`: those of forward passes at once, the others on demand. */
const files = import.meta.glob(
  [
    '/shaders/**/*.wgsl',
    '!/shaders/{bench,image,optim,scenes}/**/*.wgsl',
    '!/shaders/attention/{depth*,flashD*,flashWg,wg*}.wgsl',
    '!/shaders/conv/d*.wgsl',
    '!/shaders/norm/*{Dx,Grad}*.wgsl',
    '!/shaders/matmul/{wg,matri,product,store}*.wgsl',
    '!/shaders/view/volume*.wgsl',
  ],
  { query: '?raw', import: 'default', eager: true },
) as Record<string, string>;

const byPath = new Map<string, string>();
const keep = (texts: Record<string, string>) => {
  for (const [path, text] of Object.entries(texts)) byPath.set(path.replace(/^\/shaders\//, ''), text);
};
keep(files);

let all: Promise<boolean> | null = null;
let complete = false;

/** Nothing is left to load. */
export const allShaders = (): boolean => complete;

/** Loads the shaders that are still missing. Resolves to whether there were any. */
export async function loadShaders(): Promise<boolean> {
  if (all) {
    await all;
    return false;
  }
  all = import('./moreShaders').then(({ moreShaders }) => {
    keep(moreShaders);
    complete = true;
    return true;
  });
  all.catch(() => {
    all = null;
  });
  return all;
}

// Tests and the command line plan without compiling; a release loads them when a plan first wants one, and so does the page's worker in
// development: what is posted to a worker while its modules wait is lost, and the page would open its GPU for ever.
if (!import.meta.env.PROD && !('WorkerGlobalScope' in globalThis)) await loadShaders();

/** Source of `shaders/<path>`; throws with the near misses when there is no such file. */
export function shaderSource(path: string): string {
  const text = byPath.get(path);
  if (text === undefined) {
    const near = [...byPath.keys()].filter((p) => p.split('/')[0] === path.split('/')[0]);
    const late = complete ? '' : ' (some are loaded on demand: plan within withShaders)';
    const there = near.join(', ') || 'nothing';
    throw new Error(`shader ${path}: no such file under shaders/${late}; in that folder: ${there}`);
  }
  return text;
}

/** Paths of all shader files (that are loaded). */
export function shaderPaths(): string[] {
  return [...byPath.keys()].sort();
}

let hash = '';

/** A short text that changes whenever any shader does: measurements of other shaders say nothing about these. Needs `loadShaders`. */
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
