import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from '../harness/browser';
import { objections } from './objections';
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

/** Dice before and after of every row of the table. */
const diceTable = (page: Page) =>
  page
    .locator('#dice tr')
    .evaluateAll((rows) =>
      rows.map((r) => [...r.querySelectorAll('td')].slice(1, 3).map((td) => Number(td.textContent))),
    );

test('adapt, pause, reload, resume to a better Dice; compare two runs; export and import the adapter', async () => {
  const box = await openSandbox(browser, { viewport: { width: 1280, height: 720 } });
  const { page } = box;
  await page.getByRole('tab', { name: 'Adapt' }).click();
  await box.shown('#cost', /on the GPU, about/);
  await box.screenshot('adapt-1-before-the-start');
  await page.locator('#train-kind').selectOption('ultrasound');
  await page.getByLabel('Learning rate', { exact: true }).selectOption('0.003');
  await setNumber(page, 'Steps', 12);
  await page.locator('#adapt').click();
  await box.shown('#run-state', /step [2-9] of 12/);
  await page.locator('#pause').click({ timeout: PATIENCE });
  await box.shown('#run-state', /paused at step \d+ of 12/);

  await page.reload();
  await page.getByRole('tab', { name: 'Adapt' }).click();
  await box.shown('#run-state', /Run 1 is paused at step \d+ of 12/);
  await page.locator('#resume').click({ timeout: PATIENCE });
  await box.said(/done/);
  const rows = await diceTable(page);
  expect(rows).toHaveLength(1);
  const mean = (k: number) => rows.reduce((sum, r) => sum + r[k], 0) / rows.length;
  expect(mean(1)).toBeGreaterThan(mean(0));
  await page.locator('#held-out-canvas').scrollIntoViewIfNeeded();
  await box.shown('#held-out-score', /Dice 0\.\d+ › 0\.\d+/);
  await box.screenshot('adapt-2-swipe');
  await page.locator('#compare-mode').selectOption('difference');
  await box.screenshot('adapt-3-difference');

  // Own labels, from the first run's adapter on: two masks on two images; one trains, one is measured.
  for (const name of ['Fundus sample 1', 'Fundus sample 2']) {
    await box.sample(name);
    await page.locator('#which-base').click();
    await box.propose(0.5, 0.5);
    await page.keyboard.press('c');
  }
  await page.locator('#train-source').selectOption('labels');
  await box.shown('#train-about', /2 objects of 2 cases, on 2 images/);
  // Its name may be followed by which of its adapters is the best.
  const from = page.locator('#start-from option', { hasText: 'Run 1' });
  await page.locator('#start-from').selectOption(await from.getAttribute('value'));
  await setNumber(page, 'Steps', 2);
  await page.locator('#step').click();
  await box.shown('#run-state', /Run 2 is paused at step 1 of 2/);
  await page.locator('#stop').click();
  await box.shown('#run-state', /Run 2 was stopped at step 1 of 2/);
  for (const name of ['Run 1', 'Run 2']) await page.getByLabel(`Compare ${name}`).check();
  await page.locator('#compare-runs').click();
  await box.shown('#compare', /Starts from.*Run 1.*train\.steps/);
  await box.screenshot('adapt-4-compare');
  expect(await objections(page)).toEqual([]);
  await page.keyboard.press('Escape');

  const { name, bytes } = await box.save('Adapter (zip)');
  expect(name).toBe('sam-nano-medsa-Run-2.zip');
  await page.getByRole('tab', { name: 'Adapt' }).click();
  await page.locator('#adapter-file').setInputFiles({ name, mimeType: 'application/zip', buffer: Buffer.from(bytes) });
  await box.shown('#run-state', /an adapter from a file/);
  expect(await page.locator('#runs li').count()).toBe(3);
  await box.shown('#score-model', /Adapted/);

  await page.emulateMedia({ colorScheme: 'light' });
  await page.locator('#runs').scrollIntoViewIfNeeded();
  await box.screenshot('adapt-5-runs-light');
  expect(await objections(page)).toEqual([]);
  await box.finish();
});
