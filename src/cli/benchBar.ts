import { showBytes } from '../gpu/errors';
import type { BenchResult, Cell, EngineName } from './benchProtocol';

/** A line of the bar: what was asked, what was measured, whether it is met (null: not measured in this run). */
export interface BarLine {
  readonly line: string;
  readonly want: string;
  readonly got: string;
  readonly met: boolean | null;
}

type Measured = Extract<Cell, { ms: number }>;

function cellOf(result: BenchResult, id: string, engine: EngineName): Measured | null {
  const cell = result.rows.find((r) => r.id === id)?.cells[engine];
  return cell && 'ms' in cell ? cell : null;
}

function peersOf(result: BenchResult, id: string): Measured[] {
  const engines = Object.keys(result.versions) as EngineName[];
  return engines.flatMap((e) => (e === 'ours' ? [] : (cellOf(result, id, e) ?? [])));
}

/** Fastest peer's time over ours: how many times faster we are; null where one of them is missing. */
export function lead(result: BenchResult, id: string): number | null {
  const [ours, peers] = [cellOf(result, id, 'ours'), peersOf(result, id)];
  return ours && peers.length ? Math.min(...peers.map((p) => p.ms)) / ours.ms : null;
}

const MB = 1e6;

/** A line from a number, the limit it must keep and how to say both. */
function judge(line: string, value: number | null, limit: number, most: boolean, say: (v: number) => string): BarLine {
  const want = `${most ? '≤' : '≥'} ${say(limit)}`;
  if (value === null) return { line, want, got: '–', met: null };
  return { line, want, got: say(value), met: most ? value <= limit : value >= limit };
}

const times = (v: number): string => `${v.toFixed(2)}×`;
const plain = (v: number): string => `${Number(v.toFixed(2))}`;

/** Every line of the bar that the bench can measure, in order; the limits are those the project set itself. */
export function barLines(result: BenchResult): BarLine[] {
  const ours = (id: string, of: (c: Measured) => number) => {
    const cell = cellOf(result, id, 'ours');
    return cell && of(cell);
  };
  const faster = (id: string, name: string, limit: number) =>
    judge(`${name}: ours against the fastest peer`, lead(result, id), limit, false, times);
  const share = (id: string) => {
    const peers = peersOf(result, id).map((p) => p.peak);
    return peers.length ? ours(id, (c) => c.peak / Math.min(...peers)) : null;
  };
  const frozen = (tokens: number) => {
    const all = cellOf(result, `all-${tokens}`, 'ours');
    return all && ours(`adapters-${tokens}`, (c) => c.ms / all.ms);
  };
  return [
    faster('forward-196', 'ViT forward, 196 tokens', 2),
    faster('forward-1024', 'ViT forward, 1024 tokens', 2),
    faster('adapters-196', 'adapter step, 196 tokens', 3.5),
    faster('adapters-1024', 'adapter step, 1024 tokens', 3.5),
    faster('tiny-adapters', 'tiny adapter step', 3),
    judge(
      'submits an adapter step',
      ours('adapters-1024', (c) => c.submits),
      1,
      true,
      plain,
    ),
    judge(
      'GPU objects an adapter step makes',
      ours('adapters-1024', (c) => c.created),
      0,
      true,
      plain,
    ),
    judge(
      'dispatches an adapter step',
      ours('adapters-1024', (c) => c.dispatches),
      200,
      true,
      plain,
    ),
    judge(
      'most bytes, forward, 1024 tokens',
      ours('forward-1024', (c) => c.peak / MB),
      29,
      true,
      (v) => `${plain(v)} MB`,
    ),
    judge('most bytes, adapter step, 1024 tokens, of the best peer’s', share('adapters-1024'), 1 / 5, true, plain),
    judge('adapter step of the all-parameters step, 196 tokens', frozen(196), 0.7, true, plain),
    judge('adapter step of the all-parameters step, 1024 tokens', frozen(1024), 0.7, true, plain),
    judge('page load → first ViT forward', result.cold.ours?.ms ?? null, 600, true, (v) => `${v.toFixed(0)} ms`),
    judge('engine + SAM, gzip', result.bundle, 60 * 1024, true, showBytes),
  ];
}
