import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { projectRoot } from './chromium.mjs';
import { slimShaders } from './slimShaders.mjs';

/** What weighs in a bundle. */
export interface BundleSize {
  /** Gzip bytes of everything loaded before the first use; chunks loaded on demand do not count. */
  readonly gzip: number;
  /** Minified bytes by module, the heaviest first. */
  readonly modules: readonly { readonly path: string; readonly bytes: number }[];
}

/** Builds test/bench/engineSam.ts (our engine with SAM) as a release is built, in memory, and weighs it. */
export async function engineBundle(): Promise<BundleSize> {
  const { build } = await import('vite');
  const entry = join(projectRoot, 'test', 'bench', 'engineSam.ts');
  const built = await build({
    configFile: false,
    // As in a release: tests count as development.
    define: { 'import.meta.env.PROD': 'true' },
    root: projectRoot,
    publicDir: false,
    plugins: [slimShaders()],
    logLevel: 'error',
    build: {
      write: false,
      target: 'es2023',
      minify: true,
      lib: { entry, formats: ['es'] },
      rolldownOptions: { output: { minify: true } },
    },
  });
  const output = (Array.isArray(built) ? built : [built]).flatMap((b) => ('output' in b ? b.output : []));
  const chunks = new Map(output.flatMap((o) => (o.type === 'chunk' ? [[o.fileName, o] as const] : [])));
  const loaded = new Set<string>();
  const load = (name: string) => {
    if (loaded.has(name) || !chunks.has(name)) return;
    loaded.add(name);
    chunks.get(name)!.imports.forEach(load);
  };
  for (const chunk of chunks.values()) if (chunk.isEntry) load(chunk.fileName);
  const now = [...loaded].map((name) => chunks.get(name)!);
  const modules = now
    .flatMap((c) => Object.entries(c.modules))
    .map(([path, m]) => ({ path: path.replace(projectRoot, '').replace(/^\/+/, ''), bytes: m.renderedLength }))
    .sort((a, b) => b.bytes - a.bytes);
  return { gzip: now.reduce((n, c) => n + gzipSync(c.code, { level: 9 }).length, 0), modules };
}
