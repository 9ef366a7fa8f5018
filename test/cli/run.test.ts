import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { projectRoot } from '../../src/cli/chromium.mjs';

interface Ended {
  code: number | null;
  out: string;
  err: string;
}

/** Runs the command line to its end. */
const run = (args: string[]): Promise<Ended> =>
  new Promise((done, fail) => {
    const script = join(projectRoot, 'src', 'cli', 'run.mjs');
    const child = spawn(process.execPath, [script, ...args]);
    const said = { out: '', err: '' };
    child.stdout.on('data', (chunk) => (said.out += chunk));
    child.stderr.on('data', (chunk) => (said.err += chunk));
    child.on('error', fail);
    child.on('close', (code) => done({ code, ...said }));
  });

test('help runs main.ts from TypeScript, says the commands and exits 0', async () => {
  const { code, out, err } = await run(['help']);
  expect(out).toContain('adapt');
  expect({ code, err }).toEqual({ code: 0, err: '' });
});

test('an unknown command exits 2 with the reason on stderr, with WebGPU opened and closed again', async () => {
  const { code, out, err } = await run(['no-such-command']);
  expect(err).toContain('no-such-command');
  expect({ code, out }).toEqual({ code: 2, out: '' });
});
