import { showBytes } from '../gpu/errors';
import type { BenchResult, Cell, EngineName } from './benchProtocol';

/** A line of the bar: what was asked, what was measured, whether it is met (null: not measured in this run). */
export interface BarLine {
  /** The workload whose lead over its fastest peer this is, if it is one. */
  readonly id?: string;
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
  const faster = (id: string, name: string, limit: number) => ({
    id,
    ...judge(`${name}: ours against the fastest peer`, lead(result, id), limit, false, times),
  });
  const share = (id: string) => {
    const peers = peersOf(result, id).map((p) => p.peak);
    return peers.length ? ours(id, (c) => c.peak / Math.min(...peers)) : null;
  };
  const frozen = (tokens: number) => {
    const all = cellOf(result, `all-${tokens}`, 'ours');
    return all && ours(`adapters-${tokens}`, (c) => c.ms / all.ms);
  };
  const steady = (tokens: number): BarLine[] => {
    const of = (what: string, key: 'submits' | 'created' | 'dispatches', most: number) =>
      judge(
        `${what}, adapter step, ${tokens} tokens`,
        ours(`adapters-${tokens}`, (c) => c[key]),
        most,
        true,
        plain,
      );
    return [of('submits', 'submits', 1), of('GPU objects made', 'created', 0), of('dispatches', 'dispatches', 200)];
  };
  const forwardBytes = ours('forward-1024', (c) => c.peak / MB);
  const bytes = (tokens: number) =>
    judge(
      `most bytes, adapter step, ${tokens} tokens, of the best peer’s`,
      share(`adapters-${tokens}`),
      1 / 5,
      true,
      plain,
    );
  const frozenLine = (tokens: number) =>
    judge(`adapter step of the all-parameters step, ${tokens} tokens`, frozen(tokens), 0.7, true, plain);
  return [
    faster('forward-196', 'ViT forward, 196 tokens', 2),
    faster('forward-1024', 'ViT forward, 1024 tokens', 2),
    faster('adapters-196', 'adapter step, 196 tokens', 3.5),
    faster('adapters-1024', 'adapter step, 1024 tokens', 3.5),
    faster('tiny-adapters', 'tiny adapter step', 3),
    faster('tiny-all', 'tiny all-parameters step', 3),
    ...[196, 1024].flatMap(steady),
    judge('most bytes, forward, 1024 tokens', forwardBytes, 29, true, (v) => `${plain(v)} MB`),
    ...[196, 1024].map(bytes),
    ...[196, 1024].map(frozenLine),
    judge('page load → first ViT forward', result.cold.ours?.ms ?? null, 600, true, (v) => `${v.toFixed(0)} ms`),
    judge('engine + SAM, gzip', result.bundle, 60 * 1024, true, showBytes),
  ];
}
