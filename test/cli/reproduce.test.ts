import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { run } from '../../src/cli/reproduce';
import { newFolder } from './adaptFixture';

const root = await newFolder();
await mkdir(join(root, 'dermoscopy'));

/** Exit code, and what was printed, of a command that does nothing but list. */
async function dry(...argv: string[]) {
  const log = vi.spyOn(console, 'log').mockReturnValue();
  const error = vi.spyOn(console, 'error').mockReturnValue();
  const left = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const code = await run(['--data', root, ...argv, '--dry-run']);
  const calls = (of: { mock: { calls: unknown[][] } }) => of.mock.calls.join('\n');
  const out = { code, log: calls(log).split('\n'), error: calls(error), left: calls(left) };
  vi.restoreAllMocks();
  return out;
}

test('the sets that are there, all arms, prompts and seeds; the others are left out by name', async () => {
  const { code, log, left } = await dry();
  expect(code).toBe(0);
  expect(log[0]).toBe('zero-shot-dermoscopy-point-1-1');
  expect(log).toContain('med-sa-dermoscopy-box-0.5-3');
  expect(left).toContain('left out, not in --data: ultrasound-breast, ');
});

test('sets, arms, prompts, seeds and folds by flags', async () => {
  const { log } = await dry('--arms', 'lora', '--prompts', 'box', '--seeds', '4', '--folds', '2');
  expect(log).toEqual(['lora-dermoscopy-box-4-fold1of2', 'lora-dermoscopy-box-4-fold2of2']);
});

test('what makes no sense is refused in words', async () => {
  expect(await dry('--prompts', 'pointy')).toMatchObject({ code: 2, error: expect.stringContaining("'pointy'") });
  expect(await dry('--seeds', 'one')).toMatchObject({ code: 2, error: expect.stringContaining('--seeds one') });
  expect(await dry('--once', 'dermoscopi')).toMatchObject({
    code: 2,
    error: expect.stringContaining('--once dermoscopi: there is no such set; did you mean dermoscopy?'),
  });
  expect(await dry('--sets', 'fundus-disc-cup')).toMatchObject({
    code: 2,
    error: expect.stringContaining('none of these folders is there: fundus-disc-cup'),
  });
});

test('--budget 0 writes the tables of what there is and begins nothing', async () => {
  const out = join(await newFolder(), 'claim');
  vi.spyOn(console, 'log').mockReturnValue();
  const error = vi.spyOn(console, 'error').mockReturnValue();
  const written = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const argv = ['--data', root, '--sets', 'dermoscopy', '--arms', 'lora', '--prompts', 'box', '--seeds', '1'];
  expect(await run([...argv, '--out', out, '--budget', '0'])).toBe(130);
  expect(error.mock.calls.join()).toContain('stopped: 0 of 1 runs are in');
  expect(written.mock.calls.join()).not.toContain('[1/1]');
  vi.restoreAllMocks();
  expect(await readFile(join(out, 'RESULTS.md'), 'utf8')).toContain('**0 of 1 runs are in**');
});
