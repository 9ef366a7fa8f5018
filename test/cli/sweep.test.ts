import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { run } from '../../src/cli/sweep';
import { newFolder } from './adaptFixture';

/** Exit code, and what was printed, of a command that does nothing but list. */
async function dry(...argv: string[]) {
  const log = vi.spyOn(console, 'log').mockReturnValue();
  const error = vi.spyOn(console, 'error').mockReturnValue();
  const code = await run([...argv, '--dry-run']);
  const out = { code, log: log.mock.calls.join('\n').split('\n'), error: error.mock.calls.join('\n') };
  vi.restoreAllMocks();
  return out;
}

test('the default: the arms of the papers on the phantoms, three seeds, what does not train once', async () => {
  const { code, log } = await dry();
  expect([code, log.length]).toEqual([0, 1 + 11 * 3]);
  expect(log[0]).toBe('zero-shot-phantoms-point-1-1');
  expect((await dry('--preset', 'paper-3d')).log).toContain('sdtrans-hyper-phantom-3d-point-1-3');
});

test('arms, seeds, prompts and data from flags', async () => {
  const { log } = await dry(
    '--arm',
    'lora',
    '--seeds',
    '4,5',
    '--prompts',
    'box,point-1',
    '--data',
    'a/b',
    '--data',
    'c',
  );
  expect(log).toEqual([
    'lora-b-box-4',
    'lora-b-point-1-4',
    'lora-c-box-4',
    'lora-c-point-1-4',
    'lora-b-box-5',
    'lora-b-point-1-5',
    'lora-c-box-5',
    'lora-c-point-1-5',
  ]);
});

test('a config file, and one of its own arms', async () => {
  const path = join(await newFolder(), 's.json');
  const arms = ['medsa', { name: 'wide', config: { adapters: [{ name: 'medsa', ratio: 1 }] } }];
  await writeFile(path, JSON.stringify({ name: 'mine', arms, seeds: [1] }));
  expect((await dry('--config', path)).log).toEqual(['medsa-phantoms-point-1-1', 'wide-phantoms-point-1-1']);
  expect((await dry('--config', path, '--arm', 'wide')).log).toEqual(['wide-phantoms-point-1-1']);
});

test('wrong flags exit 2 in words', async () => {
  const said = async (...argv: string[]) => {
    const { code, error } = await dry(...argv);
    expect(code).toBe(2);
    return error.split('\n')[0];
  };
  expect(await said('--arm', 'medsaa')).toContain('there is no such arm; did you mean medsa?');
  expect(await said('--set', 'train.lrr=1')).toContain('did you mean train.lr?');
  expect(await said('--seeds', '1,x')).toMatch(/seeds/);
  expect(await said('--minutes', '0')).toContain('--minutes must be');
});
