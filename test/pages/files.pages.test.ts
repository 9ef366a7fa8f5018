import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { encodePng } from '../../src/data/image';
import { openNifti } from '../../src/data/nifti';
import { readSeriesRaw } from '../app/document/rawVolume';
import { niftiBytes } from '../data/niftiBytes';
import { launchBrowser } from '../harness/browser';
import { sharedFolder } from '../harness/sharedFolder';
import { openSandbox, type Sandbox } from './sandbox';

// Both tests work on one page, as a person would: what the first one opened is still there in the second.
let browser: Browser;
let box: Sandbox;
beforeAll(async () => {
  browser = await launchBrowser();
  box = await openSandbox(browser, { viewport: { width: 1280, height: 720 } });
});
afterAll(() => browser?.close());

/** Chooses files that are not on disk, as through the dialog. */
const give = (page: Page, files: readonly { readonly name: string; readonly bytes: Uint8Array }[]) =>
  page
    .locator('#file')
    .setInputFiles(files.map(({ name, bytes }) => ({ name, mimeType: '', buffer: Buffer.from(bytes) })));

/** Drops files and folders of this machine onto the page, as from a file manager. */
async function dropOnto(page: Page, files: string[]): Promise<void> {
  const cdp = await page.context().newCDPSession(page);
  const data = { items: [], files, dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
    await cdp.send('Input.dispatchDragEvent', { type, x: 600, y: 300, data });
}

test('masks and a session go out and come back; hostile files are refused, and the objects stay', async () => {
  const { page } = box;
  const objects = page.locator('#objects li');
  await box.propose(0.45, 0.5);
  await page.keyboard.press('c');
  await box.propose(0.3, 0.3);
  await page.keyboard.press('c');
  await expect.poll(() => objects.count()).toBe(2);
  const mask = await box.save('Mask (PNG)');
  await box.screenshot('files-2-out');
  const session = await box.save('Session');
  const coco = await box.save('Objects (COCO JSON)');
  expect(JSON.parse(new TextDecoder().decode(coco.bytes)).annotations).toHaveLength(2);
  const zip = await box.save('Everything (zip)');
  expect(zip.name).toBe('fundus sample 1.zip');
  expect(new TextDecoder('latin1').decode(zip.bytes)).toMatch(/fundus_sample_1-2-Object_2\.png/);

  const lying = niftiBytes();
  for (const at of [42, 44, 46]) new DataView(lying.buffer, lying.byteOffset).setInt16(at, 32767, true);
  const large = encodePng({ width: 8, height: 8, data: new Uint8Array(192) });
  new DataView(large.buffer).setUint32(16, 60_000);
  new DataView(large.buffer).setUint32(20, 60_000);
  await give(page, [
    { name: 'empty.png', bytes: new Uint8Array(0) },
    { name: 'film.mp4', bytes: Uint8Array.from([0, 0, 0, 24, ...new TextEncoder().encode('ftypisom')]) },
    { name: 'lying.nii', bytes: lying },
    { name: 'large.png', bytes: large },
    {
      name: 'other-mask.png',
      bytes: encodePng({ width: 4, height: 4, channels: 1, data: new Uint8Array(16).fill(1, 3) }),
    },
  ]);
  await box.shown(
    '#notice',
    /5 files cannot be opened.*empty\.png.*film\.mp4.*video.*TiB.*megapixels.*4 × 4 pixels, the image fundus/s,
  );
  await box.screenshot('files-3-refused');
  expect(await objects.count()).toBe(2);
  await page.getByRole('button', { name: 'Dismiss' }).click();

  const deleteAll = async () => {
    await page.getByRole('tab', { name: 'Segment' }).click();
    for (let n = 2; n > 0; n--) {
      await page
        .getByRole('button', { name: /^Delete / })
        .first()
        .click();
      await expect.poll(() => objects.count()).toBe(n - 1);
    }
  };
  await deleteAll();
  await give(page, [mask]);
  await expect.poll(() => objects.count()).toBe(2);
  await box.shown('#notice', /2 objects added to fundus sample 1/);
  await box.screenshot('files-4-mask-again');
  expect(await box.save('Mask (PNG)')).toEqual(mask);
  // With names and colours: the mask's file holds both.
  for (const saved of [coco, zip]) {
    await deleteAll();
    await give(page, [saved]);
    await expect.poll(() => objects.count()).toBe(2);
    expect(await box.save('Mask (PNG)')).toEqual(mask);
  }
  await give(page, [session]);
  await box.shown('#notice', /session was restored/);
  expect(await box.save('Session')).toEqual(session);
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.getByRole('button', { name: 'Copy mask' }).click();
  await box.shown('.share [role=status]', /The mask was copied/);
  const size = await page.evaluate(async () => {
    const [item] = await navigator.clipboard.read();
    const { width, height } = await createImageBitmap(await item.getType('image/png'));
    return [width, height];
  });
  expect(size).toEqual([512, 512]);
  const again = page.waitForEvent('download');
  await page.keyboard.press('Control+s');
  expect((await again).suggestedFilename()).toBe(session.name);

  // A link says what is shown and how, and opens the same.
  await box.sample('CT volume sample 1');
  await box.shown('#case-name', /ct sample 1/);
  await page.waitForFunction(() => /sample=ct-1.*&tab=out/.test(location.hash));
  await page.evaluate(() => {
    location.hash = '#sample=dermoscopy-2&tab=adapt&view.opacity=0.8';
  });
  await box.shown('#case-name', /dermoscopy sample 2/);
  expect(await page.getByRole('tab', { name: 'Adapt' }).getAttribute('aria-selected')).toBe('true');
  expect([box.errors, box.foreign]).toEqual([[], []]);
});

const formats = join(sharedFolder('data'), 'formats');

/** A slice of the series is segmented, carried on by one each way, and saved: the label map lies where the files' own tags say. */
async function seriesSegmented(box: Sandbox, slices: readonly string[]): Promise<void> {
  const { page } = box;
  const raw = readSeriesRaw(slices);
  await page.getByRole('tab', { name: 'Segment' }).click();
  await page.locator('#canvas-axial').hover();
  await page.mouse.wheel(0, 100);
  await box.propose(0.4, 0.5);
  const [i, j, k] = /\[(\d+) (\d+) (\d+)\]/
    .exec((await page.locator('[data-plane="axial"] .probe').textContent()) ?? '')!
    .slice(1)
    .map(Number);
  await page.keyboard.press('c');
  const panel = page.getByRole('region', { name: 'Through the slices' });
  const here = Number((await page.locator('[data-plane="axial"] .slice-number').textContent())!.split('/')[0]);
  await panel.getByLabel('From slice').fill(String(here - 1));
  await panel.getByLabel('To slice').fill(String(here + 1));
  await panel.getByLabel('Score at least').fill('0');
  await panel.getByRole('button', { name: /ropagate$/ }).click();
  await box.shown('.propagate [role="status"]', /added|kept/);
  await box.screenshot('files-1-dicom-series');
  const { name, bytes } = await box.save('Mask (NIfTI)');
  const file = await openNifti(new Blob([new Uint8Array(bytes)]), { name });
  const { data } = await file.read();
  const { dims, affine } = file.info;
  expect(dims).toEqual(raw.dims);
  for (const r of [0, 1, 2]) {
    expect(affine[r][3]).toBeCloseTo(raw.origin[r], 3);
    for (const c of [0, 1, 2]) expect(affine[r][c]).toBeCloseTo(raw.columns[c][r], 4);
  }
  const at = (z: number) => data.subarray(z * dims[0] * dims[1], (z + 1) * dims[0] * dims[1]);
  expect(at(k)[i + dims[0] * j]).toBe(1);
  const filled = Array.from({ length: dims[2] }, (_, z) => z).filter((z) => at(z).some(Boolean));
  expect(filled).toContain(k);
  expect(filled.every((z) => Math.abs(z - k) <= 1)).toBe(true);
}

test('a DICOM series, a pair of files and what cannot be read, one after another', async (context) => {
  if (!existsSync(formats)) context.skip('the sample files are not beside this checkout');
  const { page } = box;
  const open = () => page.getByRole('button', { name: /^Close / }).count();
  const before = await open();
  const series = join(formats, 'dicom', 'series-brain');
  const slices = readdirSync(series).map((name) => join(series, name));
  await box.open(slices);
  await box.shown('#case-name', /256 × 256 × 19 voxels/);
  await box.said(/and 18 more is ready/);
  await seriesSegmented(box, slices);
  await box.open(['ct_detached.nhdr', 'ct_detached.raw'].map((name) => join(formats, 'nrrd', name)));
  await box.shown('#case-name', /ct_detached\.nhdr/);
  expect(await box.page.locator('#notice:visible').count()).toBe(0);
  // Of a series with a gap the longest stretch is opened, and the gap is named.
  const gap = join(formats, 'dicom', 'series-ct2');
  await dropOnto(page, [gap]);
  await box.shown('#notice', /slices are missing \(202\.500 mm between 17106 and 17136/);
  await box.shown('#case-name', /16 × 16 × 3 voxels/);
  await box.screenshot('files-5-gap');
  await page.getByRole('button', { name: /^Close 17/ }).click();
  await box.open([join(formats, 'dicom', 'JPEG2000.dcm')]);
  await box.shown('#notice', /JPEG2000\.dcm.*JPEG 2000/);
  // What was open is still there.
  await box.shown('#case-name', /ct_detached\.nhdr/);
  expect(await open()).toBe(before + 2);
  await box.finish();
});
