import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { projectRoot } from './chromium.mjs';

/** Lines between which README.md shows the latest measured bar; without them it is left alone. */
const MARKS = ['<!-- bench: begin -->', '<!-- bench: end -->'] as const;

/** Where plots of the bench lie. */
export const BENCH_FOLDER = join(projectRoot, 'test', 'bench');

/**
 * `text` of RESULTS.md with `section`, whose head is `## key …`: in the place of a section with that key (what is recorded
 * line by line replaces itself), else before the others, for the newest comes first.
 */
export function withSection(text: string, key: string, section: string): string {
  const parts = text.split(/^(?=## )/m);
  const intro = parts[0].startsWith('## ') ? '' : parts.shift()!;
  const at = parts.findIndex((p) => p.startsWith(`## ${key}`));
  const all = at < 0 ? [section, ...parts] : parts.with(at, section);
  return `${[intro, ...all].map((p) => p.trim()).join('\n\n')}\n`.trimStart();
}

/** Keeps a section in test/bench/RESULTS.md, see `withSection`. */
export async function recordSection(key: string, section: string): Promise<void> {
  const file = join(BENCH_FOLDER, 'RESULTS.md');
  await writeFile(file, withSection(await readFile(file, 'utf8'), key, section));
}

/** `text` with `table` between the marks; null where it has none. */
export function withTable(text: string, table: string): string | null {
  const [from, to] = MARKS.map((m) => text.indexOf(m));
  if (from < 0 || to < from) return null;
  return `${text.slice(0, from + MARKS[0].length)}\n${table.trim()}\n${text.slice(to)}`;
}

/** Puts the short table into README.md where it has a place for it. */
export async function recordReadme(table: string): Promise<void> {
  const file = join(projectRoot, 'README.md');
  const text = withTable(await readFile(file, 'utf8'), table);
  if (text !== null) await writeFile(file, text);
}

/** When something was measured, to the minute, as heads of sections begin. */
export const nowText = (): string => `${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC`;

/** A table of GitHub's markdown; the first row is its head. */
export function markdownTable([head, ...body]: readonly (readonly string[])[]): string {
  const line = (r: readonly string[]) =>
    `| ${r.map((t) => t.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
  return [line(head), line(head.map((_, i) => (i ? '--:' : '---'))), ...body.map(line)].join('\n');
}
