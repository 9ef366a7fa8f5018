/** run.json of a run on the page: the command line's record, and under `page` what the page itself knows of it. */
import { parseRun, type RunInput } from '../configs';
import { isOver } from '../runAdapters';
import type { RunInfo } from '../runProtocol';

/** Its text. `record`: the command line's part; null: as in the file that is there, or the little that is known at the start. */
export async function recordText(
  info: RunInfo,
  record: Readonly<Record<string, unknown>> | null,
  before: Blob | null,
): Promise<string> {
  const { config, best, base, unsaved: _, elsewhere: __, ...page } = info;
  const { experiment, from } = config;
  const said = record ?? (await parsed(before)) ?? { command: 'page' };
  const status = isOver(info) ? info.phase : 'running';
  const all = {
    ...said,
    ...{ status, config: experiment, best },
    base: said.base ?? { name: base.name, file: null, sha256: base.fingerprint },
    page: { ...page, from },
  };
  return `${JSON.stringify(all, null, 2)}\n`;
}

/** The run that a record is of; null where it is damaged, or none of the page's. */
export async function infoIn(blob: Blob | null): Promise<RunInfo | null> {
  const raw = await parsed(blob);
  if (!raw) return null;
  try {
    // Earlier releases wrote what the page knows, and nothing else.
    const page = (raw.page ?? raw) as Record<string, unknown>;
    const config = raw.page ? { experiment: raw.config, from: page.from ?? null } : raw.config;
    if (typeof page.id !== 'string' || typeof page.phase !== 'string' || !Array.isArray(page.objects)) return null;
    const { from: _, ...known } = page;
    const { name, sha256, fingerprint } = (raw.base ?? {}) as Record<string, unknown>;
    if (typeof name !== 'string') return null;
    return {
      ...(known as unknown as RunInfo),
      config: parseRun(config as RunInput),
      base: { name, fingerprint: ((raw.page ? sha256 : fingerprint) ?? null) as string | null },
      ...{ best: (raw.best ?? null) as RunInfo['best'], applied: (page.applied ?? null) as RunInfo['applied'] },
      ...{ unsaved: null, elsewhere: false },
    };
  } catch {
    return null;
  }
}

async function parsed(blob: Blob | null): Promise<Record<string, unknown> | null> {
  try {
    const raw: unknown = JSON.parse((await blob?.text()) ?? 'null');
    return typeof raw === 'object' && raw !== null ? (raw as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
