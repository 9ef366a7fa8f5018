// `npm test [-- FILTER …]`: lint, then the four vitest projects one after another (so that two processors suffice),
// then every skipped test with its reason, every failure by name, and one line of counts. A filter is a part of a test
// file's path; with filters there is no lint.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { collect, summaryLines } from './harness/summary.mjs';

/** @typedef {import('./harness/summary.mjs').Outcome} Outcome */

const root = fileURLToPath(new URL('..', import.meta.url));
const filters = process.argv.slice(2);
const scratch = mkdtempSync(join(tmpdir(), 'medsa-test-'));
const limitMinutes = 15;

/** @type {import('node:child_process').ChildProcess | undefined} */
let running;
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) {
  process.on(signal, () => {
    running?.kill(signal);
    process.exit(130);
  });
}

/**
 * Runs one program of node_modules, its output going straight through.
 * @param {string} file @param {string[]} args @param {Record<string, string>} env
 * @returns {Promise<string>} '' or why it failed
 */
const runNode = (file, args, env = {}) =>
  new Promise((done) => {
    const path = join(root, 'node_modules', file);
    const child = spawn(process.execPath, [path, ...args], {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, ...env },
    });
    running = child;
    const hang = setTimeout(() => child.kill('SIGKILL'), limitMinutes * 60_000);
    child.on('error', (error) => done(error.message));
    child.on('close', (code, signal) => {
      clearTimeout(hang);
      done(code === 0 ? '' : signal ? `ended by ${signal} (limit ${limitMinutes} minutes)` : `exit code ${code}`);
    });
  });

/** @param {string} name @param {string} file @param {string[]} args @returns {Promise<Outcome[]>} */
async function lint(name, file, args) {
  const note = await runNode(file, args);
  return [{ name: `lint > ${name}`, state: note ? 'failed' : 'passed', note }];
}

/** @param {string} project */
async function runProject(project) {
  const report = join(scratch, `${project}.json`);
  const flags = ['--reporter=default', '--reporter=./test/harness/reporter.ts', '--passWithNoTests'];
  console.log(`\n${project}`);
  const ended = await runNode('vitest/vitest.mjs', ['run', '--project', project, ...flags, ...filters], {
    TEST_REPORT: report,
  });
  return collect(project, ended, () => readFileSync(report, 'utf8'));
}

/** @type {Outcome[]} */
const outcomes = [];
if (filters.length === 0) {
  outcomes.push(...(await lint('biome', '@biomejs/biome/bin/biome', ['check', '.'])));
  outcomes.push(...(await lint('tsc', 'typescript/bin/tsc', ['--noEmit'])));
}
for (const project of ['unit', 'gpu-node', 'gpu-chromium', 'pages']) outcomes.push(...(await runProject(project)));
rmSync(scratch, { recursive: true });
const { lines, exitCode } = summaryLines(outcomes);
console.log(lines.join('\n'));
process.exitCode = exitCode;
