import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser, openPage, siteUrl } from '../harness/browser';

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser?.close());

const adapterOn = (page: Page): Promise<string> =>
  page.evaluate(async () => {
    if (!navigator.gpu) return 'no WebGPU';
    return (await navigator.gpu.requestAdapter()) ? 'adapter' : 'null';
  });

test('the built site works below a sub-path, asks no other origin and throws nothing', async () => {
  const { page, foreign, errors } = await openPage(browser);
  await page.waitForLoadState('networkidle');
  expect(siteUrl()).toMatch(/\/some\/where\/$/);
  expect(await page.title()).toMatch(/medsa/i);
  expect(foreign).toEqual([]);
  expect(errors).toEqual([]);
});

test('a request to another origin is refused by the page’s own policy', async () => {
  const { page } = await openPage(browser);
  const refused = await page.evaluate(() =>
    fetch('http://example.invalid/x', { mode: 'no-cors' }).then(
      () => 'answered',
      () => 'refused',
    ),
  );
  expect(refused).toBe('refused');
});

test('WebGPU works on the page, and can be taken away in both ways', async () => {
  expect(await adapterOn((await openPage(browser)).page)).toBe('adapter');
  expect(await adapterOn((await openPage(browser, '', { withoutWebGpu: true })).page)).toBe('no WebGPU');
  const poor = await launchBrowser(true);
  expect(await adapterOn((await openPage(poor)).page)).toBe('null');
  await poor.close();
});
