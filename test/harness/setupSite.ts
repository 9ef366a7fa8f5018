// Runs once before the page tests: builds the site and serves it; the tests ask `siteUrl()` (browser.ts).
import type { TestProject } from 'vitest/node';
import { buildAndServe } from './buildSite';

declare module 'vitest' {
  interface ProvidedContext {
    siteUrl: string;
  }
}

export const setup = async (project: TestProject): Promise<() => Promise<void>> => {
  const site = await buildAndServe();
  project.provide('siteUrl', site.url);
  return site.close;
};
