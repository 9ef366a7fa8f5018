import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser, openPage } from '../harness/browser';

// The page as a person uses it: look, click. Screenshots go to .artifacts/.
let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser?.close());

const PATIENCE = 200_000;

const said = (page: Page, what: RegExp) =>
  page.waitForFunction(
    (source) => new RegExp(source, 'i').test(document.querySelector('#announce')?.textContent ?? ''),
    what.source,
    { timeout: PATIENCE, polling: 200 },
  );

const shown = (page: Page, selector: string, what: RegExp) =>
  page.waitForFunction(
    ([s, source]) => new RegExp(source).test(document.querySelector(s)?.textContent ?? ''),
    [selector, what.source] as const,
    { timeout: PATIENCE, polling: 200 },
  );

test('a sample is embedded; a click gives a mask and a score', async () => {
  const { page, foreign, errors, screenshot } = await openPage(browser);
  await said(page, /ready for clicks/);
  await screenshot('page-1-before-a-click');

  const canvas = page.locator('#canvas');
  const box = (await canvas.boundingBox())!;
  const centre = { x: box.width / 2, y: box.height / 2 };
  await canvas.click({ position: centre });
  await shown(page, '#score-text', /Predicted IoU/);
  await screenshot('page-2-after-a-click');

  expect(errors).toEqual([]);
  expect(foreign).toEqual([]);
});
