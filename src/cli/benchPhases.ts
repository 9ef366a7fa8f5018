import { type ColdPhases, type ColdStart, ENGINES, type EngineName } from './benchProtocol';

const HEAD = [
  'engine',
  'page',
  'script',
  'adapter, device',
  'to the first shader',
  'compiling',
  'to the last submit',
  'first run',
  'sum',
  'pipelines',
];

/**
 * Cold starts cut into phases, in ms, the first row being the head: until the page is there, until its script begins, until
 * the device is open, until the first shader is handed over (tracing, planning, weights), until the last pipeline is there,
 * until the last submit, until the device reports the work done. Phases of an engine that overlaps them count from the latest.
 */
export function phaseRows(cold: Partial<Record<EngineName, ColdStart>>): string[][] {
  const rows = ENGINES.flatMap((e) => (cold[e]?.phases ? [[e, ...phasesOf(cold[e].phases)]] : []));
  return rows.length ? [HEAD, ...rows] : [];
}

function phasesOf(p: ColdPhases): string[] {
  const ends = [p.response, p.script, p.device, p.firstShader, p.lastPipeline, p.lastSubmit, p.done];
  let reached = 0;
  const parts = ends.map((end) => {
    const from = reached;
    reached = Math.max(reached, end);
    return (reached - from).toFixed(0);
  });
  return [...parts, p.done.toFixed(0), `${p.pipelines}`];
}
