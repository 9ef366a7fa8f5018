import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from '../harness/browser';
import { sharedFolder } from '../harness/sharedFolder';
import { openSandbox } from './sandbox';

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser?.close());

const formats = join(sharedFolder('data'), 'formats');

test('a DICOM series, a pair of files and what cannot be read, one after another', async (context) => {
  if (!existsSync(formats)) context.skip('the sample files are not beside this checkout');
  const box = await openSandbox(browser, { viewport: { width: 1280, height: 720 } });
  const series = join(formats, 'dicom', 'series-brain');
  await box.open(readdirSync(series).map((name) => join(series, name)));
  await box.shown('#case-name', /256 × 256 × 19 voxels/);
  await box.said(/and 18 more is ready/);
  await box.screenshot('files-1-dicom-series');
  await box.open(['ct_detached.nhdr', 'ct_detached.raw'].map((name) => join(formats, 'nrrd', name)));
  await box.shown('#case-name', /ct_detached\.nhdr/);
  expect(await box.page.locator('#notice:visible').count()).toBe(0);
  await box.open([join(formats, 'dicom', 'JPEG2000.dcm')]);
  await box.shown('#notice', /JPEG2000\.dcm.*JPEG 2000/);
  // What was open is still there.
  await box.shown('#case-name', /ct_detached\.nhdr/);
  expect(await box.page.getByRole('button', { name: /^Close/ }).count()).toBe(3);
  await box.finish();
});
