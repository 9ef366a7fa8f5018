import { writeFile } from 'node:fs/promises';
import { cpus, loadavg } from 'node:os';
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
import { recordReadme, recordSection } from './benchRecord';
import { loadBench, saveBench, stillToDo } from './benchResume';
import { interleaved, type Rounds } from './benchRounds';
import { type BenchSite, engineVersions, launchChrome, serveBenchPage } from './benchSite';
import { benchJson, benchMarkdown, benchReadme, benchText, rowLine } from './benchTable';
import { WORKLOADS, type Workload } from './benchWorkloads';

/** What to run. */
export interface PeerOptions {
  readonly engines: readonly EngineName[];
  readonly workloads: readonly Workload[];
  readonly rounds: Rounds;
  readonly cold: boolean;
  readonly real: boolean;
  readonly format: 'text' | 'md' | 'json';
  readonly out?: string;
  /** Keeps the tables in test/bench/RESULTS.md and the short one in README.md. */
  readonly record?: boolean;
  /** A file that keeps what is measured, so that the same command goes on after a stop. */
  readonly resume?: string;
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
 * which each engine runs once; the best round counts. Progress goes to stderr; what is asked to be kept is, line by line.
 */
export async function benchPeers(options: PeerOptions): Promise<void> {
  const result = await benchRows(options, async (sofar) => {
    if (options.resume) await saveBench(options.resume, sofar);
    if (options.out) await writeFile(options.out, fileText(sofar, options));
    if (!options.record) return;
    await recordSection(`${sofar.date} UTC`, benchMarkdown(sofar));
    await recordReadme(benchReadme(sofar));
  });
  console.log(options.format === 'text' ? benchText(result) : fileText(result, options).trimEnd());
}

/** The same without printing; `keep` is told of every row, and of the cold starts. */
export async function benchRows(
  options: PeerOptions,
  keep: (sofar: BenchResult) => Promise<void> = async () => {},
): Promise<BenchResult> {
  const all = engineVersions();
  const versions = Object.fromEntries(options.engines.map((e) => [e, all[e]]));
  const found = options.resume ? await loadBench(options.resume) : null;
  const { kept, todo } = found
    ? stillToDo(found, options.workloads, versions)
    : { kept: null, todo: options.workloads };
  say('building the bench page');
  const site = await serveBenchPage();
  const browser = await launchChrome(options.real);
  try {
    const start: BenchResult = kept ?? {
      date: new Date().toISOString().slice(0, 16).replace('T', ' '),
      adapter: '',
      browser: `Chrome ${browser.version()}`,
      load: loadText(),
      versions,
      rows: [],
      bundle: (await engineBundle()).gzip,
      cold: {},
    };
    const result = await benchAll(browser, site, start, { ...options, workloads: todo }, keep);
    if (!options.cold || options.engines.every((e) => result.cold[e])) return result;
    const whole = { ...result, cold: await coldStarts(site, options.engines, options.real, say) };
    await keep(whole);
    return whole;
  } finally {
    await browser.close();
    await site.close();
  }
}

/** All workloads; each row is said and kept as soon as it is there. */
async function benchAll(
  browser: Browser,
  site: BenchSite,
  start: BenchResult,
  options: PeerOptions,
  keep: (sofar: BenchResult) => Promise<void>,
): Promise<BenchResult> {
  let result = start;
  const { workloads } = options;
  const t0 = performance.now();
  for (const [i, workload] of workloads.entries()) {
    const [done, left] = [workloads.slice(0, i), workloads.slice(i)].map((ws) => ws.reduce((n, w) => n + partOf(w), 0));
    const minutes = Math.ceil((((performance.now() - t0) / done) * left) / 60_000);
    say(`${i + 1}/${workloads.length} ${workload.title}${i ? `, about ${minutes} min left` : ''}`);
    const { row, adapter } = await benchWorkload(browser, site, workload, options);
    say(`    ${rowLine(row)}`);
    result = { ...result, load: loadText(), adapter: result.adapter || adapter, rows: inOrder([...result.rows, row]) };
    await keep(result);
  }
  return result;
}

/** How busy the machine is. */
export const loadText = (): string => `${loadavg()[0].toFixed(1)} on ${cpus().length} processors`;

/** How long a workload takes, compared with others: rounds even out all but the largest. */
function partOf({ task }: Workload): number {
  if (task.kind !== 'vit') return 1;
  const steps = { forward: 1, adapters: 1.75, all: 2.25 }[task.work];
  return Math.max(1, (steps * (task.size.batch ?? 1) * task.size.tokens) / 256);
}

/** As the table lists them, whenever they were measured. */
function inOrder(rows: readonly BenchRow[]): BenchRow[] {
  const place = (r: BenchRow) => WORKLOADS.findIndex((w) => w.id === r.id);
  return [...rows].sort((a, b) => place(a) - place(b));
}

const fileText = (result: BenchResult, { format }: PeerOptions): string =>
  `${format === 'json' ? benchJson(result) : benchMarkdown(result)}\n`;

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
    const times = await interleaved([...ready.keys()], rounds, (e) => inPage(page, 'round', e));
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
