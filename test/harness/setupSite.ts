// Runs once before the page tests: builds the site and serves it (`siteUrl()`), and starts the one browser that all of
// them share (`launchBrowser()`, browser.ts): its start, and its first shaders, are dear.
import { chromium } from 'playwright-core';
import type { TestProject } from 'vitest/node';
import { ensureBrowser } from '../../src/cli/chromium.mjs';
import { buildAndServe } from './buildSite';

declare module 'vitest' {
  interface ProvidedContext {
    siteUrl: string;
    browserUrl: string;
  }
}

export const setup = async (project: TestProject): Promise<() => Promise<void>> => {
  const site = await buildAndServe();
  const { executablePath, args, env } = await ensureBrowser();
  const browser = await chromium.launchServer({ executablePath, args, env, headless: true });
  project.provide('siteUrl', site.url);
  project.provide('browserUrl', browser.wsEndpoint());
  return async () => {
    await browser.close();
    await site.close();
  };
};
