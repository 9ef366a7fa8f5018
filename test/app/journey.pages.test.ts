import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser, openPage } from '../harness/browser';

// The page as a person uses it: look, click, correct, undo, adapt, compare. Screenshots go to .artifacts/.
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

const setNumber = async (page: Page, label: string, value: number) => {
  const field = page.getByLabel(label, { exact: true });
  await field.fill(String(value));
  await field.press('Enter');
};

test('click, correct, undo; adapt with a pause; compare', async () => {
  const { page, foreign, errors, screenshot } = await openPage(browser);
  await said(page, /ready for clicks/);
  await screenshot('page-1-before-a-click');

  const canvas = page.locator('#canvas');
  const box = (await canvas.boundingBox())!;
  const centre = { x: box.width / 2, y: box.height / 2 };
  await canvas.click({ position: centre });
  await shown(page, '#score-text', /Predicted IoU/);
  const one = await page.locator('#score-text').textContent();
  await screenshot('page-2-after-a-click');

  await canvas.click({ position: { x: centre.x + 60, y: centre.y + 60 }, button: 'right' });
  await page.waitForFunction((t) => document.querySelector('#score-text')?.textContent !== t, one, {
    timeout: PATIENCE,
  });
  await page.locator('#undo').click();
  await page.waitForFunction((t) => document.querySelector('#score-text')?.textContent === t, one, {
    timeout: PATIENCE,
  });

  await setNumber(page, 'Steps', 6);
  await setNumber(page, 'Number', 4);
  await setNumber(page, 'Held out', 2);
  await page.locator('#adapt').click();
  await page.locator('#pause').click({ timeout: PATIENCE });
  await page.locator('#resume').click({ timeout: PATIENCE });
  await said(page, /done/);
  await page.locator('#which-adapted').click();
  await shown(page, '#score-model', /Adapted/);
  await screenshot('page-3-after-adapting');
  expect(await page.locator('#dice').textContent()).toMatch(/0\.\d+/);

  expect(errors).toEqual([]);
  expect(foreign).toEqual([]);
});

test('words instead of a blank canvas where there is no WebGPU', async () => {
  const { page } = await openPage(browser, '', { withoutWebGpu: true });
  await shown(page, '#notice', /no WebGPU/);
});
