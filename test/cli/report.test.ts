import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { run } from '../../src/cli/report';
import { fakeRun } from './report/fixture';

let folder = '';
const said: string[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'report-'));
  said.length = 0;
  for (const where of ['log', 'error'] as const) vi.spyOn(console, where).mockImplementation((text) => said.push(text));
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(folder, { recursive: true });
});

const put = async (name: string, content: string) => {
  await mkdir(dirname(join(folder, name)), { recursive: true });
  await writeFile(join(folder, name), content);
};

test('runs of several folders become one table and one page', async () => {
  await put('sweep/runs/a/summary.json', JSON.stringify(fakeRun('plain', 'fundus', 1, 0.7)));
  await put('sweep/runs/b/summary.json', JSON.stringify(fakeRun('plain', 'fundus', 2, 0.7)));
  await put('single/summary.json', JSON.stringify(fakeRun('hyper', 'fundus', 1, 0.8)));
  const argv = ['--runs', join(folder, 'sweep'), '--runs', join(folder, 'single'), '--against', 'plain'];
  expect(await run([...argv, '--title', 'Mine', '--out', join(folder, 'out')])).toBe(0);
  expect(said[0]).toMatch(/# Mine[\s\S]*\| plain \|[\s\S]*\| hyper \|/);
  const read = (name: string) => readFile(join(folder, 'out', name), 'utf8');
  expect(await read('report.html')).toContain('<h1>Mine</h1>');
  expect((await read('table.csv')).split('\r\n')[1]).toMatch(/^plain,fundus,\(mean of classes\),1 2,0\.\d+ 0\.\d+,24,/);
  expect(await read('table.md')).toBe(said[0].slice(0, said[0].indexOf('\nwritten:')));
});

test('no folder, no runs, damaged and foreign files are told in words', async () => {
  expect(await run([])).toBe(2);
  expect(said[0]).toMatch(/--runs is missing/);
  await put('empty/readme.txt', 'x');
  const of = (name: string) => run(['--runs', join(folder, name), '--out', join(folder, 'out')]);
  await expect(of('empty')).rejects.toThrow(/no summary.json in or below/);
  await expect(of('nowhere')).rejects.toThrow(/nowhere is no folder/);
  await put('broken/summary.json', '{');
  await expect(of('broken')).rejects.toThrow(/summary.json: it is no JSON/);
  await put('foreign/summary.json', '{"arm": 1}');
  await expect(of('foreign')).rejects.toThrow(/foreign.summary.json: no summary of a run/);
});
