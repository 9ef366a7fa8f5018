import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { decodeBytes } from '../../src/data/image';
import { launchBrowser, openPage } from '../harness/browser';
import { handsOn, openSandbox } from './sandbox';

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser?.close());

test('click, correct, undo; accept two objects; save the mask', async () => {
  const box = await openSandbox(browser, { viewport: { width: 1280, height: 720 } });
  const { page } = box;
  await box.screenshot('segment-1-before-a-click');
  const plain = await box.colourAt(0.45, 0.5);
  const one = await box.propose(0.45, 0.5);
  await page.waitForTimeout(300);
  await box.screenshot('segment-2-after-a-click');

  const two = await box.propose(0.5, 0.75, { button: 'right' });
  expect(two).not.toBe(one);
  await page.keyboard.press('Control+z');
  await box.shown('#score-text', new RegExp(one.replace(/[.()·]/g, '.')));

  await page.keyboard.press('c');
  await page.waitForTimeout(500);
  // Drawn by the engine from the labels: the object's colour over the image.
  expect(await box.colourAt(0.47, 0.55)).not.toEqual(plain);
  await box.propose(0.3, 0.3);
  await page.getByRole('button', { name: 'Accept mask' }).click();
  expect(await page.locator('#objects li').count()).toBe(2);
  await box.screenshot('segment-3-two-objects');

  const { name, bytes } = await box.save('Mask (PNG)');
  expect(name).toBe('fundus sample 1-mask.png');
  const { width, height, channels, data } = await decodeBytes(new Uint8Array(bytes));
  expect([width, height, channels]).toEqual([512, 512, 1]);
  expect([...new Set(data)].toSorted()).toEqual([0, 1, 2]);

  await page.keyboard.press('Control+z');
  await page.keyboard.press('Control+z');
  expect(await page.locator('#objects li').count()).toBe(1);
  await box.finish();
});

test('words instead of a blank canvas where there is no WebGPU', async () => {
  const box = handsOn(await openPage(browser, '', { withoutWebGpu: true }));
  await box.shown('#notice', /no WebGPU/);
  await box.page.context().close();
});
