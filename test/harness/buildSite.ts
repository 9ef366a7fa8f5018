import { spawn } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { preview } from 'vite';
import { projectRoot } from '../../src/cli/chromium.mjs';

const outDir = join(projectRoot, 'node_modules', '.cache', 'site');

/** `vite build` in a process of its own, so that it is built as `npm run build` does, not as part of a test. */
const buildSite = (): Promise<void> =>
  new Promise((done, fail) => {
    const { VITEST: _test, NODE_ENV: _mode, ...env } = process.env;
    const vite = join(projectRoot, 'node_modules', 'vite', 'bin', 'vite.js');
    const child = spawn(process.execPath, [vite, 'build', '--outDir', outDir, '--emptyOutDir'], {
      cwd: projectRoot,
      env,
    });
    let said = '';
    child.stdout.on('data', (chunk) => (said += chunk));
    child.stderr.on('data', (chunk) => (said += chunk));
    child.on('error', fail);
    child.on('close', (code) => (code === 0 ? done() : fail(new Error(`vite build failed (${code}):\n${said}`))));
  });

/** A served build: its address, and how to stop serving. */
export interface Site {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Builds the site and serves it on a free port below a sub-path, as a static host does, so that an absolute address
 * in it shows as a failed request. Throws with the build's own words.
 */
export const buildAndServe = async (): Promise<Site> => {
  await rm(outDir, { recursive: true, force: true });
  await buildSite();
  const server = await preview({
    configFile: false,
    root: projectRoot,
    base: '/some/where/',
    logLevel: 'error',
    build: { outDir },
    preview: { port: 0, host: '127.0.0.1', open: false },
  });
  const address = server.httpServer.address();
  if (!address || typeof address === 'string') throw new Error('site: the preview server has no port');
  return { url: `http://127.0.0.1:${address.port}/some/where/`, close: () => server.close() };
};
