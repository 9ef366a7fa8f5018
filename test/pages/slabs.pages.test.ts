import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { maskVolume, writeNifti } from '../../src/data/niftiWrite';
import { phantom3d, phantom3dClassesOf } from '../../src/data/phantom3d';
import { launchBrowser } from '../harness/browser';
import { openSandbox, PATIENCE } from './sandbox';

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser?.close());

/** Two small scans with the liver outlined, as files. */
async function ownVolumes(): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'medsa-lab-'));
  const liver = phantom3dClassesOf('ct').find((c) => c.name === 'liver')!.value;
  const paths: string[] = [];
  for (const name of ['a', 'b']) {
    const { image, labels } = phantom3d('ct', name === 'a' ? 1 : 2, 0, { size: 48, slices: 6 });
    const mask = maskVolume(
      image,
      labels.map((v) => (v === liver ? 1 : 0)),
    );
    for (const [file, volume] of [
      [`${name}.nii`, image],
      [`${name}_seg.nii`, mask],
    ] as const) {
      paths.push(join(folder, file));
      await writeFile(join(folder, file), await writeNifti(volume));
    }
  }
  return paths;
}

test('SD-Trans trained on labelled volumes, then used by slabs; one undo takes the masks away', async () => {
  const box = await openSandbox(browser, { viewport: { width: 1280, height: 720 } });
  const { page } = box;
  await box.open(await ownVolumes());
  await page.locator('#objects > li').first().waitFor({ timeout: PATIENCE });

  await page.getByRole('tab', { name: 'Adapt' }).click();
  const options = page.locator('.adapt-options');
  await page.locator('#train-source').selectOption('labels');
  await page.locator('#preset').selectOption('sdtrans');
  await box.shown('#train-about', /2 objects of 2 cases, as whole volumes/);
  await options.locator('.lil-title', { hasText: /^More$/ }).click();
  for (const [label, value] of [
    ['Slices a slab', '3'],
    ['Batch', '1'],
    ['Steps', '2'],
  ] as const) {
    const field = options.getByLabel(label, { exact: true });
    await field.fill(value);
    await field.press('Enter');
  }
  await box.shown('#run-state', /on the GPU, about .* for 2 steps/);
  await box.screenshot('slabs-1-estimate');
  await page.locator('#step').click();
  await box.shown('#run-state', /paused at step 1 of 2/);
  await page.locator('#which-adapted').click();

  await page.getByRole('tab', { name: 'Segment' }).click();
  await page.locator('#canvas-axial').hover();
  await box.propose(0.35, 0.45);
  await page.keyboard.press('c');
  // Volume and area; the mean comes a moment later.
  const areas = async () =>
    (await page.locator('#objects > li').allTextContents()).map((text) => text.split(' · mean')[0]);
  const before = await areas();
  const panel = page.getByRole('region', { name: '3-D by slabs' });
  await panel.locator('summary').click();
  await panel.getByLabel('From slice').fill('2');
  await panel.getByLabel('To slice').fill('4');
  await panel.getByLabel('Score at least').fill('0');
  await panel.getByRole('button', { name: 'Estimate' }).click();
  await box.shown('.slabs [role="status"]', /1 slab of 3 slices · about .* s · .* on the GPU.*SD-Trans: the slices/);
  await panel.getByRole('button', { name: 'Segment' }).click();
  await box.shown('.slabs [role="status"]', /[1-3] of 3 slices have a new mask/);
  await box.screenshot('slabs-2-segmented');
  expect(await areas()).not.toEqual(before);
  await page.locator('#canvas-axial').hover();
  await page.keyboard.press('Control+z');
  await expect.poll(areas, { timeout: 20_000 }).toEqual(before);
  await box.finish();
});
