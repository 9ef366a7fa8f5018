// Two tabs of one browser on the same runs, and a disk that is full in the midst of one.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { unzip } from '../../src/app/engine/unzip';
import { launchBrowser, siteUrl } from '../harness/browser';
import { openSandbox, PATIENCE } from './sandbox';

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser?.close());

const adaptTab = (page: Page) => page.getByRole('tab', { name: 'Adapt' }).click();

test('a run that one tab trains is looked at in the other; where the disk is full it goes on in memory and can be saved', async () => {
  const first = await openSandbox(browser, { viewport: { width: 1280, height: 720 } });
  const { page } = first;
  const second = await openSandbox(browser, { context: page.context() });
  const other = second.page;
  await adaptTab(other);
  await adaptTab(page);
  await page.locator('#train-kind').selectOption('ultrasound');
  await page.getByLabel('Learning rate', { exact: true }).selectOption('0.003');
  const steps = page.getByLabel('Steps', { exact: true });
  await steps.fill('10');
  await steps.press('Enter');
  await page.locator('#adapt').click({ timeout: PATIENCE });

  await second.shown('#runs', /trained in another tab/);
  await second.screenshot('tabs-1-runs-elsewhere');
  expect(await other.getByRole('button', { name: 'Delete Run 1' }).isDisabled()).toBe(true);
  await other.getByRole('button', { name: 'Use Run 1' }).click();
  await second.shown('#run-state', /Run 1 is being trained in another tab/);
  await second.shown('#run-warning', /looked at, used and saved/);
  expect(await other.locator('#resume').isVisible()).toBe(false);

  const disk = await page.context().newCDPSession(page);
  const origin = new URL(siteUrl()).origin;
  await disk.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 1000 });
  await first.shown('#run-state', /step [3-9] of 10/);
  await page.locator('#pause').click({ timeout: PATIENCE });
  await first.shown('#run-warning', /Not on disk: The disk has .* left.*in memory.*make room/);
  await first.screenshot('tabs-2-full-disk');
  const { name, bytes } = await first.save('Run (zip)');
  expect(name).toBe('sam-nano-medsa-Run-1-run.zip');
  const files = await unzip(new Blob([bytes as Uint8Array<ArrayBuffer>]), name);
  for (const file of ['run.json', 'metrics.jsonl', 'state.safetensors', 'last.safetensors'])
    expect((await (await files.get(file)!()).arrayBuffer()).byteLength).toBeGreaterThan(100);

  // Room again: what was in memory alone is kept, and the other tab may go on with it.
  await disk.send('Storage.overrideQuotaForOrigin', { origin });
  await page.evaluate(() => dispatchEvent(new Event('focus')));
  await page.waitForFunction(() => document.querySelector('#run-warning')?.textContent === '', null, { polling: 100 });
  await second.shown('#run-state', /Run 1 is paused at step \d+ of 10/);
  await other.getByRole('button', { name: 'Delete Run 1' }).dblclick();
  await first.shown('#notice', /Run 1 is gone/);
  await first.screenshot('tabs-3-deleted-elsewhere');
  expect(await page.locator('#runs li').count()).toBe(0);
  expect(second.errors).toEqual([]);
  await first.finish();
});
