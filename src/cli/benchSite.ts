import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { ENGINES, type EngineName } from './benchProtocol';
import { ensureBrowser, projectRoot } from './chromium.mjs';
import { slimShaders } from './slimShaders.mjs';

/** The bench page, built and served. */
export interface BenchSite {
  readonly url: string;
  /** Where the built files lie, by their path in the address. */
  readonly folder: string;
  close(): Promise<void>;
}

/** Builds test/bench/index.html as a release is built and serves it on a free local port. */
export async function serveBenchPage(): Promise<BenchSite> {
  const { build, preview } = await import('vite');
  const cache = join(projectRoot, 'node_modules', '.cache');
  await mkdir(cache, { recursive: true });
  const outDir = await mkdtemp(join(cache, 'bench-'));
  // As in a release: the command's own process counts as development.
  const define = { 'import.meta.env.PROD': 'true' };
  const shared = {
    define,
    configFile: false,
    root: projectRoot,
    base: '/',
    publicDir: false,
    logLevel: 'error',
  } as const;
  const plugins = [slimShaders()];
  const input = join(projectRoot, 'test', 'bench', 'index.html');
  await build({
    ...shared,
    plugins,
    build: { target: 'es2023', outDir, emptyOutDir: true, chunkSizeWarningLimit: 1e5, rolldownOptions: { input } },
  });
  const server = await preview({
    ...shared,
    build: { outDir },
    preview: { port: 0, host: '127.0.0.1', open: false },
  });
  const address = server.httpServer.address();
  if (!address || typeof address === 'string') throw new Error('bench: the local server has no port');
  const close = async () => {
    await server.close();
    await rm(outDir, { recursive: true, force: true });
  };
  return { url: `http://127.0.0.1:${address.port}/test/bench/index.html`, folder: outDir, close };
}

/** Headless Chrome on SwiftShader, or with `real` on the machine's GPU. */
export async function launchChrome(real: boolean): Promise<Browser> {
  const { chromium } = await import('playwright-core');
  const { executablePath, args, env } = await ensureBrowser(real ? 'real' : 'software');
  return chromium.launch({ executablePath, args, env, headless: true });
}

const PACKAGES: Record<Exclude<EngineName, 'ours'>, string> = {
  jax: '@jax-js/jax',
  tfjs: '@tensorflow/tfjs-backend-webgpu',
  ort: 'onnxruntime-web',
};

/** Versions of the peers as installed, and ours. */
export function engineVersions(): Record<EngineName, string> {
  const versionOf = (folder: string) => {
    const file = join(projectRoot, folder, 'package.json');
    if (!existsSync(file)) throw new Error(`bench: ${folder} is not installed — run npm ci`);
    return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
  };
  const version = (e: EngineName) => versionOf(e === 'ours' ? '.' : join('node_modules', PACKAGES[e]));
  return Object.fromEntries(ENGINES.map((e) => [e, version(e)])) as Record<EngineName, string>;
}
