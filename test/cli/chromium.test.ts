import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { locateBrowser, packedRunsHere, systemVulkanDrivers, unpackOnce } from '../../src/cli/chromium.mjs';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chromium-'));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

const fillSlowly = async (own: string): Promise<void> => {
  await writeFile(join(own, 'half'), '');
  await new Promise((done) => setTimeout(done, 20));
  await writeFile(join(own, 'whole'), '');
};

test('unpacking at the same time gives everyone one whole folder and leaves nothing behind', async () => {
  const folders = await Promise.all([1, 2, 3].map(() => unpackOnce('x', fillSlowly, folder)));
  expect(new Set(folders)).toEqual(new Set([join(folder, 'x')]));
  expect(await readdir(folder)).toEqual(['x']);
  expect(await readdir(join(folder, 'x'))).toEqual(['half', 'whole']);
});

test('what is unpacked is not unpacked again; what failed is', async () => {
  const fill = vi.fn(fillSlowly);
  await expect(unpackOnce('x', () => Promise.reject(new Error('disk full')), folder)).rejects.toThrow('disk full');
  expect(await readdir(folder)).toEqual([]);
  await unpackOnce('x', fill, folder);
  await unpackOnce('x', fill, folder);
  expect(fill).toHaveBeenCalledTimes(1);
});

test('$CHROMIUM comes first, then the system, then the npm package; a wrong $CHROMIUM is an error', async () => {
  const own = join(folder, 'mine');
  const system = join(folder, 'chromium');
  vi.stubEnv('CHROMIUM', own);
  vi.stubEnv('PATH', folder);
  expect(() => locateBrowser()).toThrow(/\$CHROMIUM names .*mine, which does not exist/);
  for (const path of [own, system]) await writeFile(path, '').then(() => chmod(path, 0o755));
  expect(locateBrowser()).toMatchObject({ executablePath: own, packed: false });
  vi.stubEnv('CHROMIUM', '');
  expect(locateBrowser()).toMatchObject({ executablePath: system, packed: false });
});

test('where the system has no browser, the npm one comes with its libraries and fonts', async (context) => {
  vi.stubEnv('CHROMIUM', '');
  vi.stubEnv('PATH', folder);
  if (!packedRunsHere()) context.skip('the npm browser is for Linux on x86-64');
  const { executablePath, env, packed } = locateBrowser();
  expect(packed).toBe(true);
  expect(executablePath).toMatch(/\.cache\/chromium\/browser\/chromium$/);
  expect(env.LD_LIBRARY_PATH).toContain('browser/lib');
  expect(env.FONTCONFIG_FILE).toMatch(/fonts\.conf$/);
});

test('finds the Vulkan drivers that the loader would, unless one was chosen by hand', async () => {
  await mkdir(join(folder, 'vulkan', 'icd.d'), { recursive: true });
  vi.stubEnv('XDG_DATA_DIRS', folder);
  vi.stubEnv('VK_ICD_FILENAMES', '');
  vi.stubEnv('VK_DRIVER_FILES', '');
  expect(systemVulkanDrivers()).toContain(join(folder, 'vulkan', 'icd.d'));
  vi.stubEnv('VK_ICD_FILENAMES', '/some/driver.json');
  expect(systemVulkanDrivers()).toEqual([]);
});
