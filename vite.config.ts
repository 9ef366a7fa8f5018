import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';
import { defineConfig, type ViteUserConfig } from 'vitest/config';
import manifest from './package.json' with { type: 'json' };
import { offlineSite } from './src/cli/offlineSite.mjs';
import { slimShaders } from './src/cli/slimShaders.mjs';

const root = fileURLToPath(new URL('.', import.meta.url));
const page = `${root}src/app/index.html`;

/**
 * Shows src/app/index.html at `/`, in development and as dist/index.html, while the root stays the project's, so that
 * `/shaders/…`, `/src/…` and `/weights/…` mean the same in the page, the tests and the command line.
 */
const sandboxPage = (): Plugin => ({
  name: 'sandbox-page',
  enforce: 'pre',
  configureServer(server) {
    server.middlewares.use((request, _response, next) => {
      request.url = request.url?.replace(/^\/(index\.html)?(?=[?#]|$)/, '/src/app/index.html');
      next();
    });
  },
  resolveId: (id) => (id === 'index.html' || id === `${root}index.html` ? `${root}index.html` : null),
  load: (id) => (id === `${root}index.html` ? readFileSync(page, 'utf8') : null),
});

/** Whether a browser window can be opened for the person who typed `npm start`. */
const hasDesktop = () =>
  !process.env.CI && (process.platform !== 'linux' || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY));

export default defineConfig(
  async ({ command }): Promise<ViteUserConfig> => ({
    root,
    base: './',
    publicDir: false,
    define: { 'import.meta.env.VITE_VERSION': JSON.stringify(manifest.version) },
    appType: 'mpa',
    plugins: process.env.VITEST || !existsSync(page) ? [] : [sandboxPage(), slimShaders(), offlineSite()],
    optimizeDeps: process.env.VITEST ? {} : { entries: ['src/app/index.html'] },
    worker: { format: 'es' },
    server: { open: command === 'serve' && hasDesktop() },
    build: { target: 'es2023', rolldownOptions: { input: 'index.html' } },
    test: process.env.VITEST ? { projects: (await import('./test/harness/projects.ts')).projects } : undefined,
  }),
);
