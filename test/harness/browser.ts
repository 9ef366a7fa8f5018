// Drives headless Chrome against the built site, for *.pages.test.ts.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { inject } from 'vitest';
import { ensureBrowser, projectRoot } from '../../src/cli/chromium.mjs';

/** Address of the built site, ending in `/`. */
export const siteUrl = (): string => inject('siteUrl');

/**
 * The browser that all page tests share; `close` in `afterAll` closes what was opened in it. With `nullAdapter`, one of its
 * own whose `requestAdapter()` answers null, as on a machine whose graphics card is on the browser's blocklist.
 */
export const launchBrowser = async (nullAdapter = false): Promise<Browser> => {
  if (!nullAdapter) return chromium.connect(inject('browserUrl'));
  const { executablePath, args, env } = await ensureBrowser();
  const without = [...args.filter((flag) => flag !== '--enable-unsafe-webgpu'), '--disable-gpu'];
  return chromium.launch({ executablePath, args: without, env, headless: true });
};

/** A page with what went wrong on it. */
export interface WatchedPage {
  readonly page: Page;
  /** Addresses outside the site's own origin that the page asked for (each was refused). */
  readonly foreign: string[];
  /** Uncaught errors, `console.error`s and requests that the site could not answer. */
  readonly errors: string[];
  /** Saves `.artifacts/NAME.png`, and says where. */
  screenshot(name: string): Promise<string>;
}

const watch = (page: Page, errors: string[]): void => {
  page.on('pageerror', (error) => errors.push(`uncaught: ${error.message}`));
  page.on('console', (message) => message.type() === 'error' && errors.push(`console: ${message.text()}`));
  page.on('response', (reply) => reply.status() >= 400 && errors.push(`${reply.status()}: ${reply.url()}`));
};

const capture = async (page: Page, name: string): Promise<string> => {
  const folder = join(projectRoot, '.artifacts');
  await mkdir(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`) });
  return join(folder, `${name}.png`);
};

/** Refuses and records every request to an origin other than `own`. */
const refuseForeign = async (context: BrowserContext, own: string): Promise<string[]> => {
  const foreign: string[] = [];
  await context.route(
    (url) => url.origin !== own && !['data:', 'blob:'].includes(url.protocol),
    (route) => {
      foreign.push(route.request().url());
      return route.abort();
    },
  );
  return foreign;
};

/** Puts JavaScript before each of the site's scripts, in pages and workers alike: hooks that the release does not have. */
const prefixScripts = (context: BrowserContext, own: string, code: string): Promise<unknown> =>
  context.route(
    (url) => url.origin === own && url.pathname.endsWith('.js'),
    async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, body: `${code}\n${await response.text()}` });
    },
  );

/** As in a browser without WebGPU. */
const HIDE_WEBGPU = 'delete (self.Navigator ?? self.WorkerNavigator).prototype.gpu;';

/** Where to open a page, and how. */
export interface OpenOptions {
  /** Address the page's path is relative to; the built site without it. */
  readonly base?: string;
  /** No `navigator.gpu` on the page and in its workers. */
  readonly withoutWebGpu?: boolean;
  /** JavaScript that runs before each script of the site, once for each: in workers, too. */
  readonly prefix?: string;
  /** Dark without it. */
  readonly scheme?: 'dark' | 'light';
  /** 1280 × 800 without it. */
  readonly viewport?: { readonly width: number; readonly height: number };
  /** Opened in this context, whose storage it then finds (a reload, a second tab). */
  readonly context?: BrowserContext;
}

/** Opens `path` of the site in a context of its own (1280 x 800). Close it by `page.context().close()`, or never. */
export const openPage = async (browser: Browser, path = '', options: OpenOptions = {}): Promise<WatchedPage> => {
  const base = options.base ?? siteUrl();
  const own = new URL(base).origin;
  const viewport = options.viewport ?? { width: 1280, height: 800 };
  // A service worker would answer what the harness watches, refuses and prefixes.
  const look = { viewport, colorScheme: options.scheme ?? 'dark', serviceWorkers: 'block' } as const;
  const context = options.context ?? (await browser.newContext(look));
  const foreign = await refuseForeign(context, own);
  const prefix = `${options.withoutWebGpu ? HIDE_WEBGPU : ''}${options.prefix ?? ''}`;
  if (prefix) await prefixScripts(context, own, prefix);
  const errors: string[] = [];
  const page = await context.newPage();
  watch(page, errors);
  await page.goto(new URL(path, base).href);
  return { page, foreign, errors, screenshot: (name) => capture(page, name) };
};
