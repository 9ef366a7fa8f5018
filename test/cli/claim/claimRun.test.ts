import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { ALSO } from '../../../src/cli/claim/claimPrompts';
import { runClaim } from '../../../src/cli/claim/claimRun';
import { claimRuns } from '../../../src/cli/claim/claimRuns';
import { installDawn } from '../../../src/cli/dawn.mjs';
import { type Host, makeLab } from '../../../src/cli/lab';
import { openGpu } from '../../../src/gpu/device';
import { newFolder } from '../adaptFixture';
import { smallPlan } from './claimFixture';

vi.setConfig({ testTimeout: 600_000 });
await installDawn();
const shared = await openGpu();

const host = (stopped: () => boolean = () => false): Host & { text: () => string } => {
  let text = '';
  const log = { write: (t: string) => (text += t) };
  return { open: async () => shared, log, stopped, plan: { variants: { matmul: 'naive' } }, text: () => text };
};

/** RESULTS.md without what was measured with a clock. */
const table = (text: string): string => text.replace(/\| [\d.]+ \| ([\d.]+ [KM]iB)/g, '| ms | $1');

const plan = await smallPlan(7);
const path = join(await newFolder(), 'claim');
const whole = await runClaim(plan, path, makeLab(host()), 'npm run reproduce');

test('every set and arm is run once, and RESULTS.md and a report for each prompt are written', async () => {
  expect(whole).toMatchObject({ status: 'done', failed: [], runs: 4, done: 4 });
  expect(await readFile(join(path, 'RESULTS.md'), 'utf8')).toBe(whole.results);
  expect(whole.files.map((f) => f.slice(path.length))).toEqual([
    '/RESULTS.md',
    '/report/point-1/report.html',
    '/report/box/report.html',
  ]);
  expect(whole.results).toContain('**4 of 4 runs are in**.');
  expect(whole.results).toMatch(/\| biases \| [\d,]+ \| [\d.]+ \| [\d.]+ \| [\d.]+ [KM]iB \| (\*\*)?0\.\d{3} \[/);
  expect(await readFile(join(path, 'report', 'box', 'table.md'), 'utf8')).toContain('| biases |');
  // a figure that may not be shown lies beside the runs alone
  expect(whole.published).toEqual(['RESULTS.md']);
  expect((await readFile(join(path, 'figures', `${plan.sets[0].name}.png`))).length).toBeGreaterThan(500);
});

test('stopped anywhere or killed in between and called again, it ends with the same table', async () => {
  const at = join(await newFolder(), 'claim');
  let asked = 0;
  const part = await runClaim(plan, at, makeLab(host(() => ++asked > 6)), 'npm run reproduce');
  expect(part.status).toBe('stopped');
  expect(part.results).toContain('are not done yet');
  const [first] = claimRuns(plan);
  // A process that ends between a run's result and its mark.
  await rm(join(at, 'runs', first.key, 'done.json'), { force: true });
  const again = await runClaim(plan, at, makeLab(host()), 'npm run reproduce');
  expect(again.status).toBe('done');
  expect(table(again.results)).toBe(table(whole.results));
});

test('seeds may be added and finished runs are kept; other settings are refused', async () => {
  const h = host();
  const more = await runClaim({ ...plan, seeds: [1, 2, 3] }, path, makeLab(h), 'npm run reproduce');
  expect(more).toMatchObject({ runs: 5, done: 5 });
  expect(h.text().match(/\n\[\d+\/5\]/g)).toHaveLength(1);
  const other = { ...plan, common: { train: { steps: 5, batch: 2 } } };
  await expect(runClaim(other, path, makeLab(host()), '')).rejects.toThrow('common.train.steps was 4, now 5');
});

test('prompts may be added, one by one and in pieces: kept models are measured as they would have been at once', async () => {
  const at = join(await newFolder(), 'claim');
  const first = await runClaim({ ...plan, prompts: ['point-1'] }, at, makeLab(host()), 'npm run reproduce');
  expect(first).toMatchObject({ status: 'done', runs: 3, done: 3, unmeasured: 0 });
  const h: ReturnType<typeof host> = host(
    () => h.text().includes('further prompts') && h.text().includes('measuring with'),
  );
  const part = await runClaim(plan, at, makeLab(h), 'npm run reproduce');
  expect(part).toMatchObject({ status: 'stopped', runs: 4, done: 4, unmeasured: 1 });
  expect(part.results).toContain(
    '**4 of 4 runs are in**; 1 of those that are in were not measured with every prompt yet.',
  );
  const later = host();
  const again = await runClaim(plan, at, makeLab(later), 'npm run reproduce');
  expect(again).toMatchObject({ status: 'done', unmeasured: 0, failed: [] });
  expect(later.text()).not.toContain('training');
  for (const { key } of claimRuns(plan).filter((r) => r.also.length))
    expect(await also(at, key)).toEqual(await also(path, key));
  expect(table(again.results)).toBe(table(whole.results));
});

test('a kept model whose weights are gone is named, and the others are measured', async () => {
  const at = join(await newFolder(), 'claim');
  await runClaim({ ...plan, prompts: ['point-1'] }, at, makeLab(host()), 'npm run reproduce');
  const [gone, there] = claimRuns(plan).filter((r) => r.also.length);
  for (const name of ['best', 'last']) await rm(join(at, 'runs', gone.key, `${name}.safetensors`));
  const result = await runClaim(plan, at, makeLab(host()), 'npm run reproduce');
  expect(result).toMatchObject({ status: 'done', done: 4, unmeasured: 0 });
  expect(result.failed.map((f) => f.run)).toEqual([`${gone.key}, further prompts`]);
  expect(result.results).toContain(`- failed: ${gone.key}, further prompts`);
  expect(await also(at, there.key)).toEqual(await also(path, there.key));
});

const also = async (at: string, key: string): Promise<unknown> =>
  JSON.parse(await readFile(join(at, 'runs', key, ALSO), 'utf8'));
