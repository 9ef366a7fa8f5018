// The built site from a sub-path, without a server: what a lecturer does who loads the page at home.
import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser, openPage, siteUrl } from '../harness/browser';
import { handsOn, PATIENCE } from './sandbox';

const TYPES: Record<string, string> = { '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' };
const FOLDER = '/a/deep/folder/';

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser?.close());

/** A host that can be switched off for good: passes on what the harness serves, and what `change` makes of it. */
async function startHost(port: number, change: (path: string, body: Buffer) => Buffer): Promise<Server> {
  const server = createServer(async (request, response) => {
    const path = (request.url ?? '').replace(FOLDER, '').replace(/[?#].*/, '');
    const reply = await fetch(new URL(path, siteUrl()));
    const type = TYPES[extname(path)] ?? (path === '' ? 'text/html' : 'application/octet-stream');
    response.writeHead(reply.status, { 'content-type': type, 'cache-control': 'no-store' });
    response.end(change(path, Buffer.from(await reply.arrayBuffer())));
  });
  await new Promise<void>((done) => server.listen(port, '127.0.0.1', done));
  return server;
}

const stop = (server: Server) =>
  new Promise<void>((done) => {
    server.close(() => done());
    server.closeAllConnections();
  });

test('opened once, then without a server: reload, click, adapt; then a newer build takes over', async () => {
  const first = await startHost(0, (_, body) => body);
  const { port } = first.address() as AddressInfo;
  const context = await browser.newContext({ viewport: { width: 1280, height: 720 }, serviceWorkers: 'allow' });
  const box = handsOn(await openPage(browser, '', { context, base: `http://127.0.0.1:${port}${FOLDER}` }));
  const { page } = box;
  await box.shown('#offline', /Works offline/);
  await stop(first);
  await expect(fetch(page.url())).rejects.toThrow();

  await page.reload();
  await box.said(/ready for clicks/);
  await box.sample('Dermoscopy sample 1');
  await box.shown('#case-name', /dermoscopy/);
  await box.propose(0.5, 0.5);
  await page.getByRole('tab', { name: 'Adapt' }).click();
  await page.getByRole('button', { name: 'Step', exact: true }).click();
  await box.shown('#announce', /paused|done/);
  await box.shown('#offline', /Works offline/);
  await box.screenshot('offline-1-adapted');
  // Another build is served now: it is fetched beside the old one, and comes when the page is opened the next time.
  const marked = (body: Buffer) => Buffer.from(String(body).replace('<title>', '<title>New '));
  const hash = (body: Buffer) => createHash('sha256').update(body).digest('base64');
  const old = Buffer.from(await (await fetch(siteUrl())).arrayBuffer());
  const second = await startHost(port, (path, body) => {
    if (path === '') return marked(body);
    if (path !== 'sw.js') return body;
    return Buffer.from(
      String(body)
        .replace(hash(old), hash(marked(old)))
        .replace(/"version":"/, '"version":"new'),
    );
  });
  await page.reload();
  expect(await page.title()).not.toMatch(/^New/);
  await box.shown('#offline', /newer version is ready/);
  await page.reload();
  await page.waitForFunction(() => document.title.startsWith('New'), null, { timeout: PATIENCE });
  await box.shown('#offline', /Works offline/);
  const kept = () => page.evaluate(async () => (await caches.keys()).filter((k) => k.startsWith('medsa-lab ')));
  await expect.poll(kept).toEqual([expect.stringMatching(/ new/)]);
  await stop(second);
  await box.finish();
});
