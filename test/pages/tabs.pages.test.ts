// Two tabs of one browser on the same runs, and a disk that is full in the midst of one.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { unzip } from '../../src/app/engine/unzip';
import { launchBrowser, openPage, siteUrl } from '../harness/browser';
import { handsOn, PATIENCE } from './sandbox';

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser?.close());

/** A run of 200 short steps, kept after each, measured on one object. */
const SMALL =
  '#tab=adapt&run.data.classes=["ultrasound: nodule"]&run.data.maxTrain=2&run.data.maxVal=1&run.checkpoint=1&run.eval.times=1&run.train.batch=1&run.train.steps=200';

test('a run that one tab trains is looked at in the other; where the disk is full it goes on in memory and can be saved', async () => {
  const first = handsOn(await openPage(browser, SMALL, { viewport: { width: 1280, height: 720 } }));
  const { page } = first;
  await first.said(/ready for clicks/);
  const second = handsOn(await openPage(browser, SMALL, { context: page.context() }));
  const other = second.page;
  await second.said(/ready for clicks/);
  await page.locator('#adapt').click({ timeout: PATIENCE });

  await second.shown('#runs', /trained in another tab/);
  await other.locator('#runs').scrollIntoViewIfNeeded();
  await second.screenshot('tabs-1-runs-elsewhere');
  expect(await other.getByRole('button', { name: 'Delete Run 1' }).isDisabled()).toBe(true);
  await other.getByRole('button', { name: 'Use Run 1' }).click();
  await second.shown('#run-state', /Run 1 is being trained in another tab/);
  await second.shown('#run-warning', /looked at, used and saved/);
  expect(await other.locator('#resume').isVisible()).toBe(false);

  const disk = await page.context().newCDPSession(page);
  const origin = new URL(siteUrl()).origin;
  await disk.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 1000 });
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
  await second.shown('#run-state', /Run 1 is paused at step \d+ of 200/);
  await other.getByRole('button', { name: 'Delete Run 1' }).dblclick();
  await first.shown('#notice', /Run 1 is gone/);
  await first.screenshot('tabs-3-deleted-elsewhere');
  expect(await page.locator('#runs li').count()).toBe(0);
  expect(second.errors).toEqual([]);
  await first.finish();
});
