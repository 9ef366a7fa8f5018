import { readFile, writeFile } from 'node:fs/promises';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { engineBundle } from './benchBundle';
import { coldStarts } from './benchCold';
import {
  type BenchResult,
  type BenchRow,
  type BuildReport,
  type Cell,
  type CountReport,
  type EngineName,
  TOLERANCE,
} from './benchProtocol';
import { type BenchSite, engineVersions, launchChrome, serveBenchPage } from './benchSite';
import { benchMarkdown, benchText, rowLine, withSection } from './benchTable';
import type { Workload } from './benchWorkloads';
import { projectRoot } from './chromium.mjs';

/** What to run. */
export interface PeerOptions {
  readonly engines: readonly EngineName[];
  readonly workloads: readonly Workload[];
  readonly rounds: number;
  readonly cold: boolean;
  readonly real: boolean;
  readonly format: 'text' | 'md' | 'json';
  readonly out?: string;
  /** Adds the table to test/bench/RESULTS.md. */
  readonly record?: boolean;
}

/** The bench window object of the page (test/bench/page.ts), seen from Node. */
interface BenchWindow {
  readonly bench: {
    build(engine: EngineName, workload: Workload): Promise<BuildReport>;
    round(engine: EngineName): Promise<number>;
    report(engine: EngineName): Promise<CountReport>;
  };
}

/**
 * Runs the bench and prints its table: a fresh page per workload, every engine checked against ours, then rounds in
 * which each engine runs once; the best round counts. Progress goes to stderr.
 */
export async function benchPeers(options: PeerOptions): Promise<void> {
  const result = await benchRows(options);
  console.log(options.format === 'text' ? benchText(result) : fileText(result, options).trimEnd());
  if (options.out) await writeFile(options.out, fileText(result, options));
  if (!options.record) return;
  const file = join(projectRoot, 'test', 'bench', 'RESULTS.md');
  await writeFile(file, withSection(await readFile(file, 'utf8'), benchMarkdown(result)));
}

/** The same without printing. */
export async function benchRows(options: PeerOptions): Promise<BenchResult> {
  const versions = engineVersions();
  say('building the bench page');
  const site = await serveBenchPage();
  const browser = await launchChrome(options.real);
  try {
    const found: Omit<BenchResult, 'cold'> = {
      date: new Date().toISOString().slice(0, 16).replace('T', ' '),
      adapter: '',
      browser: `Chrome ${browser.version()}`,
      load: loadText(),
      versions: Object.fromEntries(options.engines.map((e) => [e, versions[e]])),
      rows: [],
      bundle: (await engineBundle()).gzip,
    };
    const result = await benchAll(browser, site, { ...found, cold: {} }, options);
    const cold = options.cold ? await coldStarts(site, options.engines, options.real, say) : {};
    return { ...result, cold };
  } finally {
    await browser.close();
    await site.close();
  }
}

/** All workloads; each row is said, and with `out` kept in the file, as soon as it is there. */
async function benchAll(browser: Browser, site: BenchSite, start: BenchResult, options: PeerOptions) {
  let result = start;
  const t0 = performance.now();
  const { workloads } = options;
  for (const [i, workload] of workloads.entries()) {
    const minutes = i ? Math.ceil((((performance.now() - t0) / i) * (workloads.length - i)) / 60_000) : 0;
    say(`${i + 1}/${workloads.length} ${workload.title}${i ? `, about ${minutes} min left` : ''}`);
    const { row, adapter } = await benchWorkload(browser, site, workload, options);
    say(`    ${rowLine(row)}`);
    result = { ...result, load: loadText(), adapter: result.adapter || adapter, rows: [...result.rows, row] };
    if (options.out) await writeFile(options.out, fileText(result, options));
  }
  return result;
}

const loadText = () => `${loadavg()[0].toFixed(1)} on ${cpus().length} processors`;

const fileText = (result: BenchResult, { format }: PeerOptions): string =>
  `${format === 'json' ? JSON.stringify(result, null, 1) : benchMarkdown(result)}\n`;

/** Progress, on stderr. */
export function say(line: string): void {
  console.error(line);
}

/** One workload in a page of its own; a page that dies costs its row, not the bench. */
async function benchWorkload(
  browser: Browser,
  site: BenchSite,
  workload: Workload,
  { engines, rounds }: PeerOptions,
): Promise<{ row: BenchRow; adapter: string }> {
  const context = await browser.newContext();
  const cells: Partial<Record<EngineName, Cell>> = {};
  let adapter = '';
  try {
    const page = await context.newPage();
    await page.goto(site.url);
    await page.waitForFunction(() => 'bench' in window, undefined, { timeout: 0 });
    const ready = new Map<EngineName, { error: number; note?: string }>();
    for (const engine of engines) {
      const built = await inPage(page, 'build', engine, workload);
      if (built.state === 'ready' && built.error <= TOLERANCE)
        ready.set(engine, { error: built.error, note: built.note });
      else cells[engine] = { none: whyNot(built) };
      if (built.state === 'ready') adapter ||= built.adapter;
    }
    const times = await interleave(page, [...ready.keys()], rounds);
    for (const [engine, checked] of ready) {
      const { why, ...counts } = await inPage(page, 'report', engine);
      const list = times.get(engine)!;
      cells[engine] = why ? { none: failed(why) } : { ms: Math.min(...list), rounds: list, ...checked, ...counts };
    }
  } catch (e) {
    for (const engine of engines) cells[engine] ??= { none: failed(e instanceof Error ? e.message : String(e)) };
  } finally {
    await context.close();
  }
  return { row: { id: workload.id, title: workload.title, cells }, adapter };
}

const failed = (why: string): string => `failed: ${why.replace(/\s+/g, ' ').slice(0, 160)}`;

function whyNot(built: BuildReport): string {
  if (built.state === 'unsupported') return 'not offered';
  if (built.state === 'failed') return failed(built.why);
  return `wrong by ${(100 * built.error).toPrecision(2)} %`;
}

async function interleave(
  page: Page,
  engines: readonly EngineName[],
  rounds: number,
): Promise<ReadonlyMap<EngineName, number[]>> {
  const times = new Map<EngineName, number[]>(engines.map((e) => [e, []]));
  for (let r = 0; r < rounds; r++) for (const e of engines) times.get(e)!.push(await inPage(page, 'round', e));
  return times;
}

/** Calls a function of `window.bench`. */
function inPage(page: Page, f: 'build', engine: EngineName, workload: Workload): Promise<BuildReport>;
function inPage(page: Page, f: 'round', engine: EngineName): Promise<number>;
function inPage(page: Page, f: 'report', engine: EngineName): Promise<CountReport>;
function inPage(page: Page, f: keyof BenchWindow['bench'], engine: EngineName, workload?: Workload): Promise<unknown> {
  const call = { f, engine, workload };
  return page.evaluate<unknown, typeof call>((c) => {
    const { bench } = window as unknown as BenchWindow;
    if (c.f === 'build') return bench.build(c.engine, c.workload!);
    return c.f === 'round' ? bench.round(c.engine) : bench.report(c.engine);
  }, call);
}
