import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from '../harness/browser';
import { openSandbox, PATIENCE } from './sandbox';

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser?.close());

/** Pixels of the 3-D view as they are on the screen. */
const look = async (page: Page) => {
  const at = (await page.locator('#canvas-volume').boundingBox())!;
  // Without the bar below and the cube above.
  const clip = { x: at.x + 10, y: at.y + 90, width: at.width - 20, height: at.height - 150 };
  const png = await page.screenshot({ clip });
  return page.evaluate(async (base64) => {
    const bitmap = await createImageBitmap(new Blob([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))]));
    const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d')!;
    context.drawImage(bitmap, 0, 0);
    const { data } = context.getImageData(0, 0, bitmap.width, bitmap.height);
    let [bright, green] = [0, 0];
    for (let i = 0; i < data.length; i += 4) {
      const [r, g, b] = data.slice(i, i + 3);
      // Grey tissue, and the green of the first object.
      if (r > 60 && Math.abs(r - g) < 24 && Math.abs(g - b) < 24) bright++;
      if (g > 60 && g > 1.1 * b && g > 1.4 * r) green++;
    }
    return { bright: bright / (data.length / 4), green: green / (data.length / 4), png: base64 };
  }, png.toString('base64'));
};

/** Waits until the view shows what is wanted. */
const looksLike = async (page: Page, wanted: (now: Awaited<ReturnType<typeof look>>) => boolean) => {
  const end = Date.now() + PATIENCE;
  for (;;) {
    const now = await look(page);
    if (wanted(now)) return now;
    if (Date.now() > end) throw new Error(`the 3-D view has ${JSON.stringify({ ...now, png: '' })}`);
    await page.waitForTimeout(200);
  }
};

/** Two fingers on the screen, first `from` and then `to` CSS pixels apart, about a place. */
const pinch = async (page: Page, { x, y }: { x: number; y: number }, from: number, to: number) => {
  const client = await page.context().newCDPSession(page);
  const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', ...apart: number[]) =>
    client.send('Input.dispatchTouchEvent', {
      type,
      touchPoints: apart.flatMap((d) => [
        { x: x - d / 2, y, id: 1 },
        { x: x + d / 2, y, id: 2 },
      ]),
    });
  await touch('touchStart', from);
  for (let i = 1; i <= 4; i++) await touch('touchMove', from + ((to - from) * i) / 4);
  await touch('touchEnd');
  await client.detach();
};

test('a volume as a whole: it shows, turns by mouse and keys, has the masks, and leads the planes', async () => {
  const box = await openSandbox(browser, { viewport: { width: 1280, height: 720 } });
  const { page } = box;
  await box.sample('CT volume sample 1');
  await box.said(/ct sample 1 is ready/);
  const canvas = page.locator('#canvas-volume');
  const first = await looksLike(page, (v) => v.bright > 0.05);
  await box.screenshot('volume-view-1-first');

  const at = (await canvas.boundingBox())!;
  const middle = { x: at.x + at.width / 2, y: at.y + at.height / 2 };
  await pinch(page, middle, 120, 60);
  await looksLike(page, (v) => v.bright > 0.01 && v.bright < 0.5 * first.bright);
  await pinch(page, middle, 60, 120);
  await looksLike(page, (v) => Math.abs(v.bright / first.bright - 1) < 0.02);
  await page.mouse.move(middle.x, middle.y);
  await page.mouse.down();
  await page.mouse.move(middle.x + 60, middle.y + 20, { steps: 4 });
  await page.mouse.up();
  const turned = await looksLike(page, (v) => v.png !== first.png && v.bright > 0.05);
  await page.getByRole('button', { name: 'From the front (anterior)' }).click();
  await box.shown('.volume-view output', /^A$/);
  expect(await page.locator('.volume-view .letter').allTextContents()).toEqual(['R', 'L', 'S', 'I']);
  await canvas.focus();
  for (let i = 0; i < 9; i++) await page.keyboard.press('ArrowLeft');
  await box.shown('.volume-view output', /^L$/);
  expect(await page.locator('.volume-view .letter').allTextContents()).toEqual(['A', 'P', 'S', 'I']);
  await looksLike(page, (v) => v.png !== turned.png && v.bright > 0.02);

  await box.propose(0.35, 0.42);
  await page.keyboard.press('c');
  await page.getByRole('button', { name: 'From above (superior)' }).click();
  await looksLike(page, (v) => v.green > 0.002);
  await box.screenshot('volume-view-2-mask');
  await page.getByRole('button', { name: 'Masks', exact: true }).click();
  await looksLike(page, (v) => v.bright < 0.01 && v.green > 0.002);
  await page.getByRole('button', { name: 'MIP', exact: true }).click();
  await looksLike(page, (v) => v.bright > 0.05);
  await box.screenshot('volume-view-3-mip');

  // What is brightest in the middle is not on the crosshair's slices already.
  const slices = () => page.locator('.slice-number').allTextContents();
  const before = await slices();
  await canvas.click({ position: { x: at.width * 0.6, y: at.height * 0.45 } });
  await page.waitForFunction(
    (old) => [...document.querySelectorAll('.slice-number')].map((n) => n.textContent).join() !== old,
    before.join(),
    { timeout: PATIENCE },
  );
  await box.finish();
});
