import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from '../harness/browser';
import { openSandbox, PATIENCE } from './sandbox';

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser?.close());

/** What a canvas shows, as a text to compare. */
const pictureOf = (page: Page, selector: string) =>
  page
    .locator(selector)
    .first()
    .evaluate((c) => (c as HTMLCanvasElement).toDataURL());

test('attention under the pointer, weights under a dragged click, the plan as a table, diagnostics', async () => {
  const box = await openSandbox(browser, { viewport: { width: 1280, height: 720 } });
  const { page } = box;
  await box.propose(0.4, 0.5);
  await box.propose(0.5, 0.6);
  await page.getByRole('tab', { name: 'Look inside' }).click();
  await box.shown('#inside-words', /windows?.*Brightest: [\d.]+ %/);
  const canvas = page.locator('#canvas-axial');
  const at = (await canvas.boundingBox())!;
  const move = (x: number, y: number) => page.mouse.move(at.x + x * at.width, at.y + y * at.height);
  await page.locator('#inside-part').selectOption({ label: 'Encoder block 2: global' });
  await box.shown('#inside-words', /all tokens of the image.*Brightest/);
  const before = await page.locator('#inside-words').textContent();
  await move(0.4, 0.4);
  await page.waitForFunction((t) => document.querySelector('#inside-words')?.textContent !== t, before, {
    timeout: PATIENCE,
  });
  await box.screenshot('inside-1-attention');

  await page.locator('.matrix').first().waitFor({ timeout: PATIENCE });
  await page.mouse.down();
  await page.waitForTimeout(300);
  const first = await pictureOf(page, '.matrix');
  await move(0.55, 0.6);
  await page.waitForFunction((t) => (document.querySelector('.matrix') as HTMLCanvasElement).toDataURL() !== t, first, {
    timeout: PATIENCE,
  });
  await page.mouse.up();
  await page
    .getByText(/norm [\d.]+ \(/)
    .first()
    .waitFor();
  await page.locator('.weights').scrollIntoViewIfNeeded();
  await box.screenshot('inside-2-weights');

  await page.locator('#plan-choice').selectOption({ label: 'Mask for a click' });
  await page.getByRole('button', { name: 'Show table' }).click();
  const table = page.locator('.plan-table');
  await table.waitFor({ timeout: PATIENCE });
  const rows = () => table.locator('tbody tr').count();
  const all = await rows();
  expect(all).toBeGreaterThan(20);
  await page.getByRole('button', { name: 'MFLOP' }).click();
  await page.getByLabel('Filter rows').fill('transformer');
  const some = await rows();
  expect([some > 0, some < all]).toEqual([true, true]);
  await box.screenshot('inside-3-plan');
  await page.getByRole('button', { name: 'Close', exact: true }).click();

  await page.getByRole('button', { name: 'Copy diagnostics' }).click();
  const text = page.locator('#diagnostics-text');
  await text.waitFor({ timeout: PATIENCE });
  const report = await text.inputValue();
  console.info(report);
  expect(report).toMatch(/decode per click: median \d+ ms of 2, \d+ % of it not on the GPU/);
  expect(report).toMatch(/medsa-lab: \d[\s\S]*device: [\s\S]*GPU memory in use: [\s\S]*errors: none/);
  await text.scrollIntoViewIfNeeded();
  await box.screenshot('inside-4-diagnostics');
  await box.finish();
});
