import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from '../harness/browser';
import { openSandbox, PATIENCE } from './sandbox';

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser?.close());

const setNumber = async (page: Page, label: string, value: number) => {
  const field = page.getByLabel(label, { exact: true });
  await field.fill(String(value));
  await field.press('Enter');
};

test('adapt with a pause; compare before and after', async () => {
  const box = await openSandbox(browser);
  const { page } = box;
  await box.propose(0.5, 0.5);
  await page.getByRole('tab', { name: 'Adapt' }).click();
  await setNumber(page, 'Steps', 6);
  await setNumber(page, 'Number', 4);
  await setNumber(page, 'Held out', 2);
  await page.locator('#adapt').click();
  await page.locator('#pause').click({ timeout: PATIENCE });
  await page.locator('#resume').click({ timeout: PATIENCE });
  await box.said(/done/);
  await page.locator('#which-adapted').click();
  await box.shown('#score-model', /Adapted/);
  await box.shown('#score-text', /Predicted IoU/);
  await box.screenshot('adapt-1-after');
  expect(await page.locator('#dice').textContent()).toMatch(/0\.\d+/);
  await box.finish();
});
