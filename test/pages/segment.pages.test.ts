import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { decodeBytes } from '../../src/data/image';
import { launchBrowser, openPage } from '../harness/browser';
import { handsOn, openSandbox, PATIENCE, type Sandbox } from './sandbox';

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser?.close());

/** Drags on the slice between places given as parts of its width and height. */
async function drag(page: Page, from: readonly [number, number], to: readonly [number, number]): Promise<void> {
  const at = (await page.locator('#canvas-axial').boundingBox())!;
  const place = ([x, y]: readonly [number, number]) => [at.x + x * at.width, at.y + y * at.height] as const;
  await page.mouse.move(...place(from));
  await page.mouse.down();
  await page.mouse.move(...place(to), { steps: 4 });
  await page.mouse.up();
}

const objects = ({ page }: Sandbox) => page.locator('#objects > li').count();

test('click, correct, undo; accept two objects; save the mask', async () => {
  const box = await openSandbox(browser, { viewport: { width: 1280, height: 720 } });
  const { page } = box;
  await box.screenshot('segment-1-before-a-click');
  const plain = await box.colourAt(0.45, 0.5);
  const one = await box.propose(0.45, 0.5);
  await page.waitForTimeout(300);
  await box.screenshot('segment-2-after-a-click');
  // The pointer's way there was previewed, or was found too slow to be; nothing went wrong.
  expect(await page.locator('#notice').isVisible()).toBe(false);

  // One click means three masks; another one is looked at, and looked away from.
  const second = page.locator('#candidates [aria-pressed="false"]:visible').first();
  await second.click();
  expect(await page.locator('#score-text').textContent()).not.toBe(one);
  await page.keyboard.press('Control+z');
  await box.shown('#score-text', new RegExp(one.replace(/[.()·]/g, '.')));

  const two = await box.propose(0.5, 0.75, { button: 'right' });
  expect(two).not.toBe(one);
  await box.shown('#decode', /Mask in .*% of it not GPU/);
  await page.keyboard.press('Control+z');
  await box.shown('#score-text', new RegExp(one.replace(/[.()·]/g, '.')));

  await page.keyboard.press('c');
  await box.shown('#objects', /px · mean/);
  // Drawn by the engine from the labels: the object's colour over the image.
  await expect.poll(() => box.colourAt(0.47, 0.55)).not.toEqual(plain);
  await box.propose(0.3, 0.3);
  await page.getByRole('button', { name: 'Accept mask' }).click();
  expect(await objects(box)).toBe(2);
  await box.screenshot('segment-3-two-objects');

  const { name, bytes } = await box.save('Mask (PNG)');
  expect(name).toBe('fundus sample 1-mask.png');
  const { width, height, channels, data } = await decodeBytes(new Uint8Array(bytes));
  expect([width, height, channels]).toEqual([512, 512, 1]);
  expect([...new Set(data)].toSorted()).toEqual([0, 1, 2]);

  await page.keyboard.press('Control+z');
  await page.keyboard.press('Control+z');
  expect(await objects(box)).toBe(1);
  await box.finish();
});

test('box, brush, eraser; the list of objects; everything', async () => {
  const box = await openSandbox(browser, { viewport: { width: 1280, height: 720 }, scheme: 'light' });
  const { page } = box;
  await page.keyboard.press('r');
  // Given up while it is drawn, it is none.
  const at = (await page.locator('#canvas-axial').boundingBox())!;
  await page.mouse.move(at.x + 0.3 * at.width, at.y + 0.3 * at.height);
  await page.mouse.down();
  await page.mouse.move(at.x + 0.5 * at.width, at.y + 0.5 * at.height);
  await page.keyboard.press('Escape');
  await page.mouse.up();
  expect(await page.locator('#objects > li').count()).toBe(0);
  await drag(page, [0.4, 0.3], [0.6, 0.6]);
  await box.shown('#score-text', /Predicted IoU/);
  await box.screenshot('segment-4-a-box');
  // A stroke corrects the proposal, and is one step.
  await page.keyboard.press('d');
  await drag(page, [0.35, 0.7], [0.65, 0.7]);
  expect(await page.locator('#objects > li').first().textContent()).toMatch(/px/);
  await page.keyboard.press('e');
  await drag(page, [0.35, 0.72], [0.65, 0.72]);
  await page.keyboard.press('n');
  await page.getByRole('textbox', { name: 'Name of Object 1' }).fill('disc');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Lock disc' }).click();
  expect(await page.getByRole('button', { name: 'Go on with disc' }).isDisabled()).toBe(true);
  await box.screenshot('segment-5-strokes');

  await page.locator('.everything summary').click();
  const field = page.getByLabel('Points per side', { exact: true });
  await field.fill('3');
  await field.press('Enter');
  await page.getByRole('button', { name: 'Find everything' }).click();
  // Progress, and a way to stop.
  await page.locator('#work-stop').waitFor();
  await page.waitForFunction(() => /objects? in/.test(document.querySelector('.everything')?.textContent ?? ''), null, {
    timeout: PATIENCE,
  });
  const found = await objects(box);
  expect(found).toBeGreaterThan(1);
  await box.screenshot('segment-6-everything');
  await page.getByRole('button', { name: 'Undo' }).click();
  expect(await objects(box)).toBe(1);
  await box.finish();
});

test('words instead of a blank canvas where there is no WebGPU', async () => {
  const box = handsOn(await openPage(browser, '', { withoutWebGpu: true }));
  await box.shown('#notice', /no WebGPU/);
  await box.page.context().close();
});
