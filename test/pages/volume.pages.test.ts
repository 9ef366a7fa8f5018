import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openNifti } from '../../src/data/nifti';
import { phantom3d } from '../../src/data/phantom3d';
import { launchBrowser } from '../harness/browser';
import { openSandbox } from './sandbox';

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser?.close());

test('a volume: three planes, slices, a mask on one of them, saved with its affine', async () => {
  const box = await openSandbox(browser, { viewport: { width: 1280, height: 720 }, scheme: 'light' });
  const { page } = box;
  await box.sample('CT volume sample 1');
  await box.said(/ct sample 1 is ready/);
  expect(await page.locator('.plane:visible').count()).toBe(3);
  await box.screenshot('volume-1-three-planes');

  await page.locator('#canvas-axial').hover();
  await page.mouse.wheel(0, 100);
  await box.shown('[data-plane="axial"] .slice-number', /14 \/ 24/);
  await box.propose(0.35, 0.42);
  await page.keyboard.press('c');
  await page.waitForTimeout(500);
  await box.screenshot('volume-2-a-mask');

  const { bytes } = await box.save('Mask (NIfTI)');
  const file = await openNifti(new Blob([new Uint8Array(bytes)]), { name: 'mask.nii.gz' });
  const { image } = phantom3d('ct', 1, 0);
  expect(file.info.dims).toEqual(image.dims);
  for (const [r, row] of image.affine.entries()) {
    for (const [c, v] of row.entries()) expect(file.info.affine[r][c]).toBeCloseTo(v, 3);
  }
  const { data } = await file.read();
  const slices = new Set<number>();
  for (let i = 0; i < data.length; i++) if (data[i]) slices.add(Math.floor(i / (image.dims[0] * image.dims[1])));
  expect([...slices]).toEqual([13]);
  await box.finish();
});
