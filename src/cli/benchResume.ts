import { readFile } from 'node:fs/promises';
import type { BenchResult, EngineName } from './benchProtocol';
import { benchJson } from './benchTable';
import type { Workload } from './benchWorkloads';
import { writeWhole } from './files';
import { UsageError } from './flags';

/** What an earlier run kept in `file`; null where there is none. UsageError when it is something else. */
export async function loadBench(file: string): Promise<BenchResult | null> {
  const text = await readFile(file, 'utf8').catch(() => null);
  if (text === null) return null;
  try {
    const found = JSON.parse(text) as BenchResult;
    if (Array.isArray(found.rows) && found.versions && found.cold && typeof found.date === 'string') return found;
  } catch {}
  throw new UsageError(`--resume ${file}: it is no result of a bench; give the file of an earlier run, or a new name`);
}

/** Keeps a result so that a later run can go on. */
export const saveBench = (file: string, result: BenchResult): Promise<void> => writeWhole(file, benchJson(result));

/**
 * The workloads that `found` does not have yet for all of `engines` (what failed there is tried again), and `found` without
 * their rows. UsageError when it was measured with other versions.
 */
export function stillToDo(
  found: BenchResult,
  workloads: readonly Workload[],
  versions: BenchResult['versions'],
): { readonly kept: BenchResult; readonly todo: readonly Workload[] } {
  const engines = Object.keys(versions) as EngineName[];
  const other = engines.find((e) => found.versions[e] !== versions[e]);
  if (other)
    throw new UsageError(
      `--resume: that run had ${other} ${found.versions[other] ?? 'not'}, this one has ${versions[other]}; begin a new file`,
    );
  const whole = found.rows.filter(({ cells }) =>
    engines.every((e) => {
      const cell = cells[e];
      return cell && ('ms' in cell || !cell.none.startsWith('failed'));
    }),
  );
  const has = new Set(whole.map((r) => r.id));
  const todo = workloads.filter((w) => !has.has(w.id));
  const redone = new Set(todo.map((w) => w.id));
  return { kept: { ...found, rows: found.rows.filter((r) => !redone.has(r.id)) }, todo };
}
