import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeReport } from '../../../src/cli/report/writeReport';
import { encodePng } from '../../../src/data/image';
import { launchBrowser } from '../../harness/browser';
import { fakeRun } from './fixture';

test('a report opens from disk, asks for nothing, shows its pictures, and fits narrow and wide screens', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'report-'));
  const browser = await launchBrowser();
  try {
    const runs = ['plain', 'hyper </script><img src=x>'].flatMap((arm) =>
      [1, 2].map((s) => fakeRun(arm, 'fundus', s, 0.7)),
    );
    const png = encodePng({ width: 8, height: 2, data: new Uint8Array(48).fill(90) });
    await mkdir(join(folder, 'overlays'));
    await writeFile(join(folder, 'overlays', 'a.png'), png);
    const picture = { file: 'a.png', id: 'case-1', className: 'disc', dice: 0.5 };
    const found = runs.map((r, i) => ({ path: folder, summary: { ...r, overlays: i ? [] : [picture] } }));
    const { markdown } = await writeReport(folder, found, { title: 'Arms', notes: ['One run is missing.'] });
    expect(await readFile(join(folder, 'table.md'), 'utf8')).toBe(markdown);
    expect(markdown).toMatch(/^# Arms[\s\S]*One run is missing\.\n$/);
    expect(await readFile(join(folder, 'table.csv'), 'utf8')).toContain('plain,fundus,disc');
    const page = await browser.newPage({ viewport: { width: 400, height: 800 } });
    const asked: string[] = [];
    const errors: string[] = [];
    page.on('request', (r) => asked.push(r.url().slice(0, 5)));
    page.on('console', (m) => errors.push(m.text()));
    page.on('pageerror', (e) => errors.push(e.message));
    await page.goto(`file://${folder}/report.html`);
    expect(asked.filter((url) => url !== 'data:')).toEqual(['file:']);
    expect(await page.locator('svg[role=img]').count()).toBe(3);
    expect(await page.locator('tbody th').first().textContent()).toBe('plain');
    expect(
      await page.locator('img').evaluateAll((all) => all.map((i) => (i as HTMLImageElement).naturalWidth)),
    ).toEqual([8]);
    for (const width of [400, 1280]) {
      await page.setViewportSize({ width, height: 800 });
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
    }
    expect(errors).toEqual([]);
  } finally {
    await browser.close();
    await rm(folder, { recursive: true });
  }
});
