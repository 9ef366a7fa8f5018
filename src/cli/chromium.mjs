// Finds a browser and a software Vulkan driver: the system's own where there is one, else those packed in the npm
// package @sparticuz/chromium, unpacked once under node_modules/.cache/chromium. It starts nothing.
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { brotliDecompress } from 'node:zlib';

/** Folder of the project (the one with package.json). */
export const projectRoot = fileURLToPath(new URL('../..', import.meta.url));

const packed = join(projectRoot, 'node_modules', '@sparticuz', 'chromium', 'bin');
const cache = join(projectRoot, 'node_modules', '.cache', 'chromium');

/** Whether the npm package's binaries can run here at all (they are x86-64 Linux only). */
export const packedRunsHere = () => process.platform === 'linux' && process.arch === 'x64';

/**
 * Fills `cache/name` once. Two processes may do it at the same time: each fills a folder of its own, the first
 * rename wins, the other throws its copy away.
 * @param {string} name @param {(folder: string) => Promise<void>} fill @returns {Promise<string>} the folder
 */
export async function unpackOnce(name, fill, parent = cache) {
  const folder = join(parent, name);
  if (existsSync(folder)) return folder;
  await mkdir(parent, { recursive: true });
  const own = await mkdtemp(join(parent, `${name}.part-`));
  try {
    await fill(own);
    await rename(own, folder);
  } catch (error) {
    await rm(own, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  }
  return folder;
}

/** @param {string} file a brotli file of the package @returns {Promise<Buffer>} */
async function inflate(file) {
  const path = join(packed, file);
  if (!existsSync(path)) throw new Error(`chromium: ${file} is not in node_modules/@sparticuz/chromium — run npm ci`);
  const bytes = await readFile(path);
  return new Promise((done, fail) => brotliDecompress(bytes, (error, out) => (error ? fail(error) : done(out))));
}

/** @param {string} file a .tar.br of the package @param {string} folder where its entries go */
async function untar(file, folder) {
  const { extract } = await import('tar-fs');
  await pipeline(Readable.from([await inflate(file)]), extract(folder));
}

/** Unpacks SwiftShader and libvulkan (15 MB, a fifth of a second). @returns {Promise<string>} their folder */
export const packedDrivers = () => unpackOnce('drivers', (folder) => untar('swiftshader.tar.br', folder));

/** @param {string} folder where the browser will lie once unpacked @param {string} fonts where its fonts lie */
const fontsConf = (folder, fonts) => `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>${fonts}</dir><cachedir>${join(folder, 'font-cache')}</cachedir></fontconfig>
`;

const browserFolder = join(cache, 'browser');

/** @param {string} folder */
async function fillBrowser(folder) {
  await writeFile(join(folder, 'chromium'), await inflate('chromium.br'));
  await chmod(join(folder, 'chromium'), 0o755);
  for (const part of ['swiftshader', 'al2023', 'fonts']) await untar(`${part}.tar.br`, folder);
  // The packed fonts.conf names folders that do not exist here; Chrome aborts when it finds no font.
  await writeFile(join(folder, 'fonts.conf'), fontsConf(browserFolder, join(browserFolder, 'fonts')));
}

const systemNames = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'chrome'];
const systemPlaces = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe',
];

/** @returns {string | undefined} $CHROMIUM, else the system's Chromium or Chrome */
function systemBrowser() {
  if (process.env.CHROMIUM) {
    if (existsSync(process.env.CHROMIUM)) return process.env.CHROMIUM;
    throw new Error(`chromium: $CHROMIUM names ${process.env.CHROMIUM}, which does not exist — unset or correct it`);
  }
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  const candidates = folders.flatMap((folder) => systemNames.map((name) => join(folder, name)));
  return [...candidates, ...systemPlaces].find((path) => existsSync(path));
}

/** @returns {string[]} Vulkan driver manifests the loader would find by itself (empty where there is none) */
export function systemVulkanDrivers() {
  if (process.env.VK_DRIVER_FILES || process.env.VK_ICD_FILENAMES) return [];
  const data = (process.env.XDG_DATA_DIRS || '/usr/local/share:/usr/share').split(':');
  return ['/etc', '/usr/local/etc', ...data]
    .map((base) => join(base, 'vulkan', 'icd.d'))
    .filter((path) => existsSync(path));
}

const quietFlags = ['--disable-background-networking', '--disable-component-update', '--disable-sync'];
const commonFlags = ['--no-sandbox', '--enable-unsafe-webgpu', '--no-first-run', '--disable-quic', ...quietFlags];
// Without the angle flags WebGPU canvases come out blank.
const softwareFlags = [
  '--use-webgpu-adapter=swiftshader',
  '--enable-features=Vulkan',
  '--use-vulkan=swiftshader',
  '--use-gl=angle',
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
];

/** @returns {boolean} whether WebGPU has to run on the processor: Linux with no graphics device node */
const noGraphicsCard = () => process.platform === 'linux' && !existsSync('/dev/dri') && !existsSync('/dev/nvidiactl');

/**
 * Says how to start headless Chrome with WebGPU, without unpacking anything (see `ensureBrowser`).
 * @param {'auto' | 'software' | 'real'} adapter `auto`: the processor where there is no graphics card
 * @returns {{executablePath: string, args: string[], env: Record<string, string>, packed: boolean}} for
 *   playwright's `launch`. Throws where there is neither a system browser nor one that npm could bring.
 */
export function locateBrowser(adapter = 'auto') {
  const hardwareFlags = process.platform === 'linux' ? ['--enable-features=Vulkan', '--use-angle=vulkan'] : [];
  const software = adapter === 'auto' ? noGraphicsCard() : adapter === 'software';
  const args = [...commonFlags, ...(software ? softwareFlags : hardwareFlags)];
  const env = /** @type {Record<string, string>} */ ({ ...process.env });
  const system = systemBrowser();
  if (system) return { executablePath: system, args, env, packed: false };
  if (!packedRunsHere()) throw new Error('chromium: no Chrome or Chromium found — install one or set $CHROMIUM');
  env.LD_LIBRARY_PATH = [join(browserFolder, 'lib'), browserFolder, env.LD_LIBRARY_PATH].filter(Boolean).join(':');
  env.FONTCONFIG_FILE = join(browserFolder, 'fonts.conf');
  return { executablePath: join(browserFolder, 'chromium'), args, env, packed: true };
}

/**
 * Like `locateBrowser`, but the browser is there afterwards (the npm one is unpacked at first use, about 3 s).
 * @param {'auto' | 'software' | 'real'} adapter
 */
export async function ensureBrowser(adapter = 'auto') {
  const browser = locateBrowser(adapter);
  if (browser.packed) await unpackOnce('browser', fillBrowser, dirname(browserFolder));
  return browser;
}
