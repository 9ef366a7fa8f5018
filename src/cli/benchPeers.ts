import { writeFile } from 'node:fs/promises';
import { cpus, loadavg } from 'node:os';
import type { Browser, Page } from 'playwright-core';
import { coldStarts } from './benchCold';
import type { BenchResult, BenchRow, BuildReport, Cell, CountReport, EngineName } from './benchProtocol';
import { type BenchSite, engineVersions, launchChrome, serveBenchPage } from './benchSite';
import { benchMarkdown, benchText } from './benchTable';
import type { Workload } from './benchWorkloads';

/** What to run. */
export interface PeerOptions {
  readonly engines: readonly EngineName[];
  readonly workloads: readonly Workload[];
  readonly rounds: number;
  readonly cold: boolean;
  readonly real: boolean;
  readonly format: 'text' | 'md' | 'json';
  readonly out?: string;
}

/** A peer whose result differs by more than this share of the largest number is no peer. */
const TOLERANCE = 2e-3;

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
  const versions = engineVersions();
  say('building the bench page');
  const site = await serveBenchPage();
  const browser = await launchChrome(options.real);
  try {
    const rows: BenchRow[] = [];
    let adapter = '';
    const start = performance.now();
    for (const [i, workload] of options.workloads.entries()) {
      const left = i ? ((performance.now() - start) / i) * (options.workloads.length - i) : 0;
      say(
        `${i + 1}/${options.workloads.length} ${workload.title}${i ? `, about ${Math.ceil(left / 60_000)} min left` : ''}`,
      );
      const done = await benchWorkload(browser, site, workload, options);
      rows.push(done.row);
      adapter ||= done.adapter;
    }
    const result: BenchResult = {
      date: new Date().toISOString().slice(0, 16).replace('T', ' '),
      adapter,
      browser: `Chrome ${browser.version()}`,
      load: `${loadavg()[0].toFixed(1)} on ${cpus().length} processors`,
      versions: Object.fromEntries(options.engines.map((e) => [e, versions[e]])),
      rows,
      cold: options.cold ? await coldStarts(site, options.engines, options.real, say) : {},
      bundle: null,
    };
    await put(result, options);
  } finally {
    await browser.close();
    await site.close();
  }
}

async function put(result: BenchResult, { format, out }: PeerOptions): Promise<void> {
  const json = JSON.stringify(result, null, 1);
  console.log(format === 'json' ? json : format === 'md' ? benchMarkdown(result) : benchText(result));
  if (out) await writeFile(out, `${format === 'json' ? json : benchMarkdown(result)}\n`);
}

function say(line: string): void {
  console.error(line);
}

async function benchWorkload(
  browser: Browser,
  site: BenchSite,
  workload: Workload,
  { engines, rounds }: PeerOptions,
): Promise<{ row: BenchRow; adapter: string }> {
  const context = await browser.newContext();
  const page = await context.newPage();
  try {
    await page.goto(site.url);
    await page.waitForFunction(() => 'bench' in window);
    const cells: Partial<Record<EngineName, Cell>> = {};
    const ready = new Map<EngineName, number>();
    let adapter = '';
    for (const engine of engines) {
      const built = await inPage(page, 'build', engine, workload);
      if (built.state === 'ready' && built.error <= TOLERANCE) ready.set(engine, built.error);
      else cells[engine] = { none: whyNot(built) };
      if (built.state === 'ready') adapter ||= built.adapter;
    }
    const times = await interleave(page, [...ready.keys()], rounds);
    for (const [engine, error] of ready) {
      const counts = await inPage(page, 'report', engine);
      const list = times.get(engine)!;
      cells[engine] = counts.why
        ? { none: `failed: ${counts.why.slice(0, 200)}` }
        : { ms: Math.min(...list), rounds: list, error, ...counts };
    }
    return { row: { id: workload.id, title: workload.title, cells }, adapter };
  } finally {
    await context.close();
  }
}

function whyNot(built: BuildReport): string {
  if (built.state === 'unsupported') return 'not offered';
  if (built.state === 'failed') return `failed: ${built.why.slice(0, 200)}`;
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
