// What the scenarios of the sandbox share: the page opened and ready, and the hands of a person. A scenario is a file
// NAME.pages.test.ts beside this one; all of them use one browser and one build.
import type { Browser, Download, Page } from 'playwright-core';
import { expect } from 'vitest';
import { type OpenOptions, openPage, type WatchedPage } from '../harness/browser';

/** Milliseconds that anything may take on a busy processor. */
export const PATIENCE = 200_000;

/** A plane's name. */
export type PlaneName = 'axial' | 'coronal' | 'sagittal';

/** The page, and what a person does on it. */
export interface Sandbox extends WatchedPage {
  /** Waits until the page announces something (to screen readers, too). */
  said(what: RegExp): Promise<void>;
  /** Waits until an element's text matches. */
  shown(selector: string, what: RegExp): Promise<void>;
  /** Clicks a plane at a place given as parts of its width and height. */
  clickAt(x: number, y: number, options?: { plane?: PlaneName; button?: 'left' | 'right' }): Promise<void>;
  /** Clicks and waits for the model's answer; gives the read-out's text. */
  propose(x: number, y: number, options?: { plane?: PlaneName; button?: 'left' | 'right' }): Promise<string>;
  /** Opens an embedded sample by its name on the page: "Fundus sample 1", "CT volume sample 1". */
  sample(name: string): Promise<void>;
  /** Chooses files as through the dialog. */
  open(paths: readonly string[]): Promise<void>;
  /** Colour of a plane's pixel as it is on the screen, 0..255, at a place given as parts of its width and height. */
  colourAt(x: number, y: number, plane?: PlaneName): Promise<readonly [number, number, number]>;
  /** Presses a button of the Out tab by its label and gives the file. */
  save(label: string): Promise<{ readonly name: string; readonly bytes: Uint8Array }>;
  /** No console error, nothing asked of another host. Call it last. */
  finish(): Promise<void>;
}

/** Opens the sandbox and waits until the first sample can be clicked. */
export async function openSandbox(browser: Browser, options: OpenOptions = {}): Promise<Sandbox> {
  const watched = await openPage(browser, '', options);
  const box = handsOn(watched);
  await box.said(/ready for clicks/);
  return box;
}

/** Without waiting for anything. */
export function handsOn(watched: WatchedPage): Sandbox {
  const { page } = watched;
  const shown = async (selector: string, what: RegExp) => {
    await page.waitForFunction(
      ([s, source, flags]) => new RegExp(source, flags).test(document.querySelector(s)?.textContent ?? ''),
      [selector, what.source, what.flags] as const,
      { timeout: PATIENCE, polling: 100 },
    );
  };
  const clickAt: Sandbox['clickAt'] = async (x, y, { plane = 'axial', button = 'left' } = {}) => {
    const canvas = page.locator(`#canvas-${plane}`);
    const at = (await canvas.boundingBox())!;
    await canvas.click({ position: { x: x * at.width, y: y * at.height }, button });
  };
  return {
    ...watched,
    ...{ said: (what) => shown('#announce', what), shown, clickAt },
    async propose(x, y, options) {
      const text = () => page.locator('#score-text').textContent();
      const before = await text();
      await clickAt(x, y, options);
      await page.waitForFunction(
        (t) => {
          const now = document.querySelector('#score-text')?.textContent ?? '';
          return now !== t && /Predicted IoU/.test(now);
        },
        before,
        { timeout: PATIENCE, polling: 100 },
      );
      return (await text()) ?? '';
    },
    sample: (name) => page.getByRole('button', { name, exact: true }).click(),
    open: (paths) => page.locator('#file').setInputFiles([...paths]),
    colourAt: (x, y, plane = 'axial') => colourAt(page, plane, x, y),
    async save(label) {
      await page.getByRole('tab', { name: 'Out' }).click();
      const coming = page.waitForEvent('download');
      await page.getByRole('button', { name: label, exact: true }).click();
      return fileOf(await coming);
    },
    async finish() {
      expect(watched.errors).toEqual([]);
      expect(watched.foreign).toEqual([]);
      await page.context().close();
    },
  };
}

async function fileOf(download: Download): Promise<{ name: string; bytes: Uint8Array }> {
  // The browser is shared through a socket, so that its files are reached as streams only.
  const parts: Uint8Array[] = [];
  for await (const part of await download.createReadStream()) parts.push(part as Uint8Array);
  return {
    name: download.suggestedFilename(),
    bytes: new Uint8Array(await new Blob(parts as BlobPart[]).arrayBuffer()),
  };
}

async function colourAt(
  page: Page,
  plane: PlaneName,
  x: number,
  y: number,
): Promise<readonly [number, number, number]> {
  const at = (await page.locator(`#canvas-${plane}`).boundingBox())!;
  const clip = { x: Math.round(at.x + x * at.width), y: Math.round(at.y + y * at.height), width: 1, height: 1 };
  const png = await page.screenshot({ clip });
  return page.evaluate(async (base64) => {
    const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
    const bitmap = await createImageBitmap(new Blob([bytes]));
    const context = new OffscreenCanvas(1, 1).getContext('2d')!;
    context.drawImage(bitmap, 0, 0);
    const [r, g, b] = context.getImageData(0, 0, 1, 1).data;
    return [r, g, b] as const;
  }, png.toString('base64'));
}
