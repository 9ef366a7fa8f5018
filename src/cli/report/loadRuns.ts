import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DatasetError } from '../../data/errors';
import { type Overlay, parseRunSummary, type RunSummary } from '../../data/experiment/runSummary';

/** A run folder and its summary. */
export interface RunFolderSummary {
  readonly path: string;
  readonly summary: RunSummary;
}

/** Most bytes of pictures in one page. */
const PICTURE_BYTES = 24 * 2 ** 20;
/** How deep below a folder its runs may lie. */
const DEPTH = 4;

/** All runs with a summary.json in or below the folders, in their order and below each by name. `DatasetError` where there is none or one is no summary. */
export async function loadRuns(folders: readonly string[]): Promise<RunFolderSummary[]> {
  const found = (await Promise.all(folders.map((f) => runsBelow(f, DEPTH)))).flat();
  const paths = [...new Set(found)];
  if (!paths.length)
    throw new DatasetError(
      `report: no summary.json in or below ${folders.join(', ')}; give folders of finished runs or of sweeps`,
    );
  return Promise.all(
    paths.map(async (path) => {
      const file = join(path, 'summary.json');
      return { path, summary: parseRunSummary(parsed(await readFile(file, 'utf8'), file), file) };
    }),
  );
}

function parsed(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new DatasetError(`${file}: it is no JSON; the file is damaged`);
  }
}

async function runsBelow(folder: string, depth: number): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => {
    throw new DatasetError(`report: ${folder} is no folder that can be read`);
  });
  if (entries.some((e) => e.isFile() && e.name === 'summary.json')) return [folder];
  const below = depth > 0 ? entries.filter((e) => e.isDirectory()) : [];
  return (
    await Promise.all(
      below.sort((a, b) => (a.name < b.name ? -1 : 1)).map((e) => runsBelow(join(folder, e.name), depth - 1)),
    )
  ).flat();
}

/**
 * Pictures for a page: of the first seed of every arm on every data set, the most telling of each before the next, until
 * they take too much room. `left`: how many pictures there are beside them.
 */
export async function loadOverlays(
  runs: readonly RunFolderSummary[],
  most = PICTURE_BYTES,
): Promise<{ overlays: Overlay[]; left: number }> {
  const first = new Map<string, RunFolderSummary>();
  for (const run of runs) {
    const key = JSON.stringify([run.summary.arm, run.summary.dataset]);
    if (!first.has(key)) first.set(key, run);
  }
  const all = [...first.values()].flatMap(({ path, summary: { arm, dataset, seed, overlays } }) =>
    overlays.map(({ file, ...of }, rank) => ({
      rank,
      path: join(path, 'overlays', file),
      of: { arm, dataset, seed, ...of },
    })),
  );
  const overlays: Overlay[] = [];
  let room = most;
  for (const { path, of } of all.sort((a, b) => a.rank - b.rank)) {
    const size = (await stat(path).catch(() => null))?.size;
    if (size === undefined || size > room) continue;
    room -= size;
    overlays.push({ ...of, png: new Uint8Array(await readFile(path)) });
  }
  const total = runs.reduce((n, { summary }) => n + summary.overlays.length, 0);
  return { overlays, left: total - overlays.length };
}
