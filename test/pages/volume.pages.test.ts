import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openNifti } from '../../src/data/nifti';
import { phantom3d } from '../../src/data/phantom3d';
import { readRaw } from '../app/document/rawVolume';
import { launchBrowser } from '../harness/browser';
import { sharedFolder } from '../harness/sharedFolder';
import { openSandbox, type Sandbox } from './sandbox';

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser?.close());

const viewport = { width: 1280, height: 720 };

/** Propagates over some slices (as counted on the page) and gives the panel's words. */
async function propagate(box: Sandbox, from: number, to: number): Promise<string> {
  const panel = box.page.getByRole('region', { name: 'Through the slices' });
  await panel.getByLabel('From slice').fill(String(from));
  await panel.getByLabel('To slice').fill(String(to));
  await panel.getByLabel('Score at least').fill('0');
  await panel.getByRole('button', { name: /ropagate$/ }).click();
  await box.shown('.propagate [role="status"]', /added|kept/);
  return (await panel.getByRole('status').textContent()) ?? '';
}

/** Segments some slices as one slab, after an estimate; gives the panel's words. */
async function slabs(box: Sandbox, from: number, to: number): Promise<string> {
  const panel = box.page.getByRole('region', { name: '3-D by slabs' });
  await panel.locator('summary').click();
  await panel.getByLabel('From slice').fill(String(from));
  await panel.getByLabel('To slice').fill(String(to));
  await panel.getByLabel('Score at least').fill('0');
  await panel.getByRole('button', { name: 'Estimate' }).click();
  await box.shown('.slabs [role="status"]', /1 slab of 3 slices · about .* s · .* on the GPU/);
  await panel.getByRole('button', { name: 'Segment' }).click();
  await box.shown('.slabs [role="status"]', /new mask/);
  return (await panel.getByRole('status').textContent()) ?? '';
}

/** The saved labels by slice of the file's third axis. */
async function saved(box: Sandbox) {
  const { name, bytes } = await box.save('Mask (NIfTI)');
  const file = await openNifti(new Blob([new Uint8Array(bytes)]), { name });
  const { data } = await file.read();
  const [nx, ny, nz] = file.info.dims;
  const bySlice = Array.from(
    { length: nz },
    (_, k) => data.subarray(k * nx * ny, (k + 1) * nx * ny).filter(Boolean).length,
  );
  return { info: file.info, data, bySlice };
}

test('a phantom: planes, windows, a mask carried through the slices, undone and saved with its affine', async () => {
  const box = await openSandbox(browser, { viewport, scheme: 'light' });
  const { page } = box;
  await box.sample('CT volume sample 1');
  await box.said(/ct sample 1 is ready/);
  expect(await page.locator('.plane:visible').count()).toBe(3);
  await box.screenshot('volume-1-three-planes');

  await page.locator('#canvas-axial').hover();
  await page.mouse.wheel(0, 100);
  await box.shown('[data-plane="axial"] .slice-number', /14 \/ 24/);
  await box.shown(
    '[data-plane="axial"] .probe',
    /[RL] \d+\.\d {2}[AP] \d+\.\d {2}[SI] \d+\.\d mm {3}\[\d+ \d+ 13\] {3}−?\d/,
  );
  // A slice by its number, and back by the key.
  await page.locator('[data-plane="axial"] .slice-number').click();
  await page.keyboard.type('13');
  await page.keyboard.press('Enter');
  await box.shown('[data-plane="axial"] .slice-number', /13 \/ 24/);
  await page.keyboard.press('.');
  await box.shown('[data-plane="axial"] .slice-number', /14 \/ 24/);
  await page.getByRole('button', { name: 'Coronal alone' }).click();
  expect(await page.locator('.plane:visible').count()).toBe(1);
  await page.getByRole('button', { name: 'All views' }).click();
  expect(await page.locator('.plane:visible').count()).toBe(3);
  const soft = await box.colourAt(0.35, 0.42);
  await page.getByRole('button', { name: 'Bone' }).click();
  await expect.poll(() => page.getByLabel('Width', { exact: true }).inputValue()).toBe('1800');
  await expect.poll(() => box.colourAt(0.35, 0.42)).not.toEqual(soft);
  await page.getByRole('button', { name: 'Soft tissue' }).click();

  await box.propose(0.35, 0.42);
  expect(await propagate(box, 12, 16)).toMatch(/4 slices added: now 12 to 16/);
  expect(await page.locator('#objects li').count()).toBe(1);
  await page.waitForTimeout(500);
  await box.screenshot('volume-2-propagated');
  const all = await saved(box);
  const { image } = phantom3d('ct', 1, 0);
  expect(all.info.dims).toEqual(image.dims);
  for (const [r, row] of image.affine.entries())
    for (const [c, v] of row.entries()) expect(all.info.affine[r][c]).toBeCloseTo(v, 3);
  expect(all.bySlice.flatMap((n, z) => (n ? [z] : []))).toEqual([11, 12, 13, 14, 15]);

  await page.keyboard.press('Control+z');
  const one = await saved(box);
  expect(one.bySlice.flatMap((n, z) => (n ? [z] : []))).toEqual([13]);

  await page.getByRole('tab', { name: 'Segment' }).click();
  expect(await slabs(box, 13, 15)).toMatch(/^[1-3] of 3 slices have a new mask/);
  await box.screenshot('volume-4-slabs');
  await box.finish();
});

test('a real NIfTI: planes agree with its header, a mask on a coronal slice comes out where it was clicked', async (context) => {
  const path = join(sharedFolder('data'), 'volumes-torso-ct', 'torso_ct_30.nii.gz');
  if (!existsSync(path)) context.skip('the sample files are not beside this checkout');
  const raw = readRaw(path)!;
  const box = await openSandbox(browser, { viewport });
  const { page } = box;
  await box.open([path]);
  await box.said(/torso_ct_30.nii.gz is ready/);
  // The read-out names a stored voxel, its place and its value: all three as the header has them.
  await page.locator('#canvas-coronal').hover();
  const read = async () => (await page.locator('[data-plane="coronal"] .probe').textContent()) ?? '';
  await expect.poll(read).toMatch(/\[\d+ \d+ \d+\] {3}−?\d/);
  const text = await read();
  const [i, j, k] = /\[(\d+) (\d+) (\d+)\]/.exec(text)!.slice(1).map(Number);
  expect(Number(text.split(' ').at(-1)?.replace('−', '-'))).toBe(raw.value(i, j, k));
  const mm = [...text.matchAll(/([RLAPSI]) (\d+\.\d)/g)].map((m) => ('RAS'.includes(m[1]) ? 1 : -1) * Number(m[2]));
  for (const r of [0, 1, 2]) {
    const centre = raw.origin[r] + i * raw.columns[0][r] + j * raw.columns[1][r] + k * raw.columns[2][r];
    // The pointer is somewhere within the voxel.
    expect(Math.abs(mm[r] - centre)).toBeLessThan(0.6 * Math.hypot(...raw.columns.map((c) => c[r])) + 0.1);
  }
  await page.getByRole('button', { name: 'Auto' }).click();
  const slice = (await page.locator('[data-plane="coronal"] .slice-number').textContent())!;
  await box.propose(0.33, 0.5, { plane: 'coronal' });
  await page.keyboard.press('c');
  const at = Number(slice.split('/')[0]);
  const words = await propagate(box, at - 1, at + 1);
  await box.screenshot('volume-3-real-nifti');
  const { info, data } = await saved(box);
  expect(info.dims).toEqual(raw.dims);
  for (const c of [0, 1, 2]) for (const r of [0, 1, 2]) expect(info.affine[r][c]).toBeCloseTo(raw.columns[c][r], 4);
  // As many slices along the patient's back-to-front axis as the page says.
  const coronal = new Set<number>();
  for (let n = 0; n < data.length; n++) if (data[n]) coronal.add(Math.floor(n / raw.dims[0]) % raw.dims[1]);
  const [low, high] = /now (\d+) to (\d+)/.exec(words)!.slice(1).map(Number);
  expect(coronal.size).toBe(high - low + 1);
  expect(coronal.has(at - 1)).toBe(true);
  await box.finish();
});
