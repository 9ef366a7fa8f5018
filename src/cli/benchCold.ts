import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { ColdPhases, ColdStart, EngineName } from './benchProtocol';
import { type BenchSite, launchChrome } from './benchSite';

/** A browser is cold once: this many starts of each engine, taking turns. */
const STARTS = 3;

/** Best time from page load to the first ViT forward (196 tokens), each in a browser of its own, and what it loaded. */
export async function coldStarts(
  site: BenchSite,
  engines: readonly EngineName[],
  real: boolean,
  say: (line: string) => void,
): Promise<Partial<Record<EngineName, ColdStart>>> {
  const best: Partial<Record<EngineName, ColdStart>> = {};
  for (let i = 0; i < STARTS; i++) {
    say(`cold starts ${i + 1}/${STARTS}`);
    for (const engine of engines) {
      const one = await coldStart(site, engine, real);
      if (one.ms < (best[engine]?.ms ?? Number.POSITIVE_INFINITY)) best[engine] = one;
    }
  }
  return best;
}

async function coldStart(site: BenchSite, engine: EngineName, real: boolean): Promise<ColdStart> {
  const browser = await launchChrome(real);
  try {
    const page = await browser.newPage();
    const loaded: string[] = [];
    page.on('request', (r) => loaded.push(new URL(r.url()).pathname));
    await page.goto(`${site.url}?cold=${engine}`);
    await page.waitForFunction(() => 'cold' in window, undefined, { timeout: 0 });
    const phases = await page.evaluate(() => (window as unknown as { cold: Promise<ColdPhases> }).cold);
    const weigh = async (ending: RegExp) => {
      const files = loaded.filter((path) => ending.test(path));
      const sizes = files.map(async (path) => gzipSync(await readFile(join(site.folder, path)), { level: 9 }).length);
      return (await Promise.all(sizes)).reduce((n, bytes) => n + bytes, 0);
    };
    return { ms: phases.done, phases, scriptGzip: await weigh(/\.m?js$/), wasmGzip: await weigh(/\.wasm$/) };
  } finally {
    await browser.close();
  }
}
