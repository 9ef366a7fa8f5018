import { spawn } from 'node:child_process';
import { stripVTControlCharacters } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser, openPage, siteUrl } from '../harness/browser';
import { openSandbox } from '../pages/sandbox';

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser?.close());

const adapterOn = (page: Page): Promise<string> =>
  page.evaluate(async () => {
    if (!navigator.gpu) return 'no WebGPU';
    return (await navigator.gpu.requestAdapter()) ? 'adapter' : 'null';
  });

test('the built site works below a sub-path, asks no other origin and throws nothing', async () => {
  const { page, foreign, errors } = await openPage(browser);
  await page.waitForLoadState('networkidle');
  expect(siteUrl()).toMatch(/\/some\/where\/$/);
  expect(await page.title()).toMatch(/medsa/i);
  expect(foreign).toEqual([]);
  expect(errors).toEqual([]);
});

test('a request to another origin is refused by the page’s own policy', async () => {
  const { page } = await openPage(browser);
  const refused = await page.evaluate(() =>
    fetch('http://example.invalid/x', { mode: 'no-cors' }).then(
      () => 'answered',
      () => 'refused',
    ),
  );
  expect(refused).toBe('refused');
});

test('WebGPU works on the page, and can be taken away in both ways', async () => {
  expect(await adapterOn((await openPage(browser)).page)).toBe('adapter');
  expect(await adapterOn((await openPage(browser, '', { withoutWebGpu: true })).page)).toBe('no WebGPU');
  const poor = await launchBrowser(true);
  expect(await adapterOn((await openPage(poor)).page)).toBe('null');
  await poor.close();
});

/** Runs `npm start`'s command as a shell would; resolves to its address and how to stop it. */
function startSandbox(): Promise<{ readonly url: string; readonly stop: () => void }> {
  const { VITEST: _, ...env } = process.env;
  const server = spawn(process.execPath, ['node_modules/vite/bin/vite.js', '--port', '5999'], {
    env: { ...env, NODE_ENV: 'development', CI: 'true' },
  });
  return new Promise((resolve, reject) => {
    let said = '';
    for (const stream of [server.stdout, server.stderr])
      stream.on('data', (chunk) => {
        said += stripVTControlCharacters(String(chunk));
        const url = /Local:\s+(http\S+)/.exec(said)?.[1];
        if (url) resolve({ url, stop: () => server.kill() });
      });
    server.on('exit', (code) => reject(new Error(`npm start ended with ${code}: ${said}`)));
  });
}

test('what npm start serves opens its GPU and answers a click', async () => {
  const { url, stop } = await startSandbox();
  try {
    const box = await openSandbox(browser, { base: url });
    expect(await box.propose(0.45, 0.55)).toMatch(/IoU/);
    await box.finish();
  } finally {
    stop();
  }
});
