// The bench page: `window.bench` is driven from Node (src/cli/benchPeers.ts). `?cold=ENGINE` measures the time from page
// load to the first ViT forward instead.
import type { Built, Engine } from '../../src/cli/benchEngine';
import {
  type BuildReport,
  type ColdPhases,
  type CountReport,
  type EngineName,
  TOLERANCE,
} from '../../src/cli/benchProtocol';
import { WORKLOADS, type Workload } from '../../src/cli/benchWorkloads';
import { watchCold } from './coldMarks';
import { worstError } from './compare';
import { type Counts, deviceDone, installMeter, openMeter, resetPeak } from './meter';

const LOADERS: Record<EngineName, () => Promise<{ openEngine(counts: Counts): Promise<Engine> }>> = {
  ours: () => import('../../src/cli/benchOurs'),
  jax: () => import('./jax'),
  tfjs: () => import('./tfjs'),
  ort: () => import('./ort'),
};

interface Open {
  readonly counts: Counts;
  readonly built: Built;
  /** Counts at the end of the check, and runs since. */
  start: Counts;
  runs: number;
}

const open = new Map<EngineName, Open>();
let reference: Float32Array | null = null;

/** Opens the engine, builds the workload, compares its result with ours (which comes first), runs it once more. */
async function build(name: EngineName, workload: Workload): Promise<BuildReport> {
  const t0 = performance.now();
  const counts = openMeter();
  try {
    const engine = await (await LOADERS[name]()).openEngine(counts);
    let built = await engine.build(workload.task);
    if (!built) return { state: 'unsupported' };
    let result = await built.check();
    const buildMs = performance.now() - t0;
    if (name === 'ours') reference = result;
    let note: string | undefined;
    const wrong = worstError(result, reference!);
    const plain = wrong > TOLERANCE ? await engine.buildPlain?.(workload.task) : null;
    if (plain) {
      await built.free?.();
      built = plain;
      result = await built.check();
      note = `fused attention is wrong here by ${(100 * wrong).toPrecision(2)} %: composed instead`;
    }
    const error = worstError(result, reference!);
    // The check of a training task has run several steps already.
    if (result.length > 4) await built.run();
    resetPeak(counts);
    open.set(name, { counts, built, start: { ...counts }, runs: 0 });
    const said = counts.errors[0];
    return said
      ? { state: 'failed', why: said }
      : { state: 'ready', error, buildMs, adapter: await adapterName(), note };
  } catch (e) {
    return { state: 'failed', why: counts.errors[0] ?? (e instanceof Error ? e.message : String(e)) };
  }
}

/** Milliseconds of one run. */
async function round(name: EngineName): Promise<number> {
  const o = open.get(name)!;
  const t0 = performance.now();
  await o.built.run();
  const ms = performance.now() - t0;
  o.runs++;
  return ms;
}

/** What one step has cost, averaged over the rounds. */
async function report(name: EngineName): Promise<CountReport> {
  const { counts, start, runs } = open.get(name)!;
  await deviceDone(counts);
  const per = (key: 'dispatches' | 'submits' | 'created') => (counts[key] - start[key]) / Math.max(1, runs);
  const steady = { dispatches: per('dispatches'), submits: per('submits'), created: per('created') };
  return { ...steady, peak: counts.peak, why: counts.errors[0] };
}

async function adapterName(): Promise<string> {
  const info = (await navigator.gpu.requestAdapter())?.info;
  return [info?.vendor, info?.architecture, info?.description].filter(Boolean).join(' · ');
}

async function cold(name: EngineName): Promise<ColdPhases> {
  const watch = watchCold();
  const engine = await (await LOADERS[name]()).openEngine(openMeter());
  const built = await engine.build(WORKLOADS.find((w) => w.id === 'forward-196')!.task);
  await built!.run();
  return watch.phases(performance.now());
}

installMeter();
const asked = new URLSearchParams(location.search).get('cold') as EngineName | null;
Object.assign(window, asked ? { cold: cold(asked) } : { bench: { build, round, report } });
