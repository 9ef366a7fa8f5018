import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { projectRoot } from '../../src/cli/chromium.mjs';
import { houseProblems, type ProjectFile } from './floors';

const ours = ['.git', 'node_modules', 'dist', 'runs', '.artifacts', '.vitest-attachments'];

/** Every file below the root but what tools make; for a copy without git. */
const walk = (folder: string): string[] =>
  readdirSync(join(projectRoot, folder), { withFileTypes: true })
    .filter((entry) => folder !== '' || !ours.includes(entry.name))
    .flatMap((entry) => (entry.isDirectory() ? walk(`${folder}${entry.name}/`) : [`${folder}${entry.name}`]));

const projectPaths = (): string[] => {
  if (!existsSync(join(projectRoot, '.git'))) return walk('');
  try {
    return execFileSync('git', ['ls-files', '-z'], { cwd: projectRoot, encoding: 'utf8' }).split('\0').filter(Boolean);
  } catch {
    return walk('');
  }
};

const readable = (path: string): boolean =>
  existsSync(join(projectRoot, path)) && !/\.(safetensors|png|jpg|gz|pth)$/.test(path);

const projectFiles = (): ProjectFile[] =>
  projectPaths()
    .filter(readable)
    .filter((path) => statSync(join(projectRoot, path)).isFile())
    .map((path) => ({ path, text: readFileSync(join(projectRoot, path), 'utf8') }));

test('the project keeps the rules of the house', () => {
  const files = projectFiles();
  expect(files.map(({ path }) => path)).toEqual(expect.arrayContaining(['package.json', 'src/cli/run.mjs']));
  expect(houseProblems(files)).toEqual([]);
});

const manifest = { path: 'package.json', text: '{"dependencies":{"fast-png":"8.0.0"}}' };
const problems = (path: string, text: string): string[] => houseProblems([manifest, { path, text }]);
const importing = (path: string, name: string): string[] => problems(path, `\nimport type { X } from '${name}';\n`);

test.each([
  ['src/gpu/a.ts', '../tensor/tensor'],
  ['src/tensor/a.ts', '../gpu/device'],
  ['src/ops/a.ts', '../gpu/device'],
  ['src/ops/a.ts', '../plan/compile'],
  ['src/autograd/a.ts', '../plan/compile'],
  ['src/plan/a.ts', '../autograd/grad'],
  ['src/nn/a.ts', '../models/sam/sam'],
  ['src/models/sam/a.ts', '../../adapters/medsa'],
  ['src/train/a.ts', '../data/png'],
  ['src/data/a.ts', '../app/panel'],
  ['src/app/a.ts', '../cli/main'],
  ['src/nn/a.ts', '/src/train/step.ts?raw'],
  ['src/nn/a.ts', '../attic/old'],
  ['src/nn/a.ts', '../../test/harness/shared'],
])('%s may not import %s', (path, name) => {
  expect(importing(path, name)).toEqual([expect.stringMatching(`^${path}:2: .*(floor|outside)`)]);
});

test.each([
  ['src/cli/a.ts', '../data/png'],
  ['src/cli/a.ts', 'node:fs'],
  ['src/cli/a.mjs', 'vite'],
  ['src/data/a.ts', '../gpu/device'],
  ['src/data/a.ts', 'fast-png'],
  ['src/ops/a.ts', '../tensor/tensor'],
  ['src/plan/a.ts', '../gpu/device'],
  ['src/gpu/a.ts', '../../shaders/lib/erf.wgsl?raw'],
  ['src/app/a.ts', '../../weights/sam-nano.safetensors?url'],
  ['test/bench/a.ts', '@tensorflow/tfjs-core'],
])('%s may import %s', (path, name) => {
  expect(importing(path, name)).toEqual([]);
});

test('imports are found in every form, and not in comments', () => {
  const forms = [
    "export * from '../cli/x';",
    "import '../cli/x';",
    "await import('../cli/x');",
    "type X = import('../cli/x').X;",
  ];
  for (const form of forms) expect(problems('src/nn/a.ts', form), form).toHaveLength(1);
  expect(problems('src/nn/a.ts', "import {\n  x,\n} from '../cli/x';\n")).toHaveLength(1);
  expect(problems('src/nn/a.ts', "// import '../cli/x';\n/* from '../cli/x' */\n")).toEqual([]);
});

test.each([
  ['scripts/a.ts', 'agreed folders', ''],
  ['notes.md', 'agreed files', ''],
  ['src/attic/a.ts', 'no agreed room', ''],
  ['src/nn/a.ts', 'only src/cli', "import { readFile } from 'node:fs/promises';"],
  ['src/nn/a.ts', 'no dependency', "import { readFile } from 'fs';"],
  ['src/nn/a.ts', 'no dependency', "import { x } from '@scope/pkg/deep';"],
  ['src/cli/a.ts', 'only test/bench', "import * as ort from 'onnxruntime-web/webgpu';"],
  ['test/ops/a.test.ts', 'only test/bench', "await import('@jax-js/jax');"],
  ['src/nn/a.ts', 'extension', "import { x } from './x.ts';"],
  ['src/nn/a.ts', '251 lines, at most 250', 'x;\n'.repeat(251)],
  ['shaders/lib/a.wgsl', '221 lines, at most 220', `// y = x\n${'x;\n'.repeat(220)}`],
  ['shaders/lib/a.wgsl', 'no comment', 'fn f() {}\n'],
  ['shaders/lib/a.wgsl', 'no comment', '//#include lib/b\n'],
  ['shaders/lib/a.wgsl', 'no comment', '\n// y = x\n'],
  ['src/nn/a.ts', ':2: default export', 'const a = 1;\nexport default a;'],
  ['src/nn/a.ts', 'default export', 'export { a as default };'],
  ['src/nn/a.ts', 'enum', 'export const enum Kind { A }'],
  ['src/nn/a.ts', 'type checker', '// @ts-ignore\nx;'],
  ['test/nn/a.test.ts', 'reason', "test.skip('x', () => {});"],
  ['test/nn/a.test.ts', 'reason', "describe.skipIf(true)('x', () => {});"],
  ['test/nn/a.test.ts', 'reason', "test.concurrent.only('x', () => {});"],
  ['src/nn/a.ts', 'one machine', "const path = '/Users/someone/x';"],
  ['README.md', 'one machine', 'see /home/someone/x'],
  ['.npmrc', 'registry', 'save-exact=true\nregistry=https://npm.example/'],
  ['package-lock.json', 'registry', '{"x":"https://registry.example/x.tgz"}'],
  ['package-lock.json', 'resolved', '{"resolved": "x"}'],
  ['package-lock.json', 'tool-mac is missing', '{"packages":{"x":{"optionalDependencies":{"tool-mac":"1.0.0"}}}}'],
  ['package.json', 'no exact version', '{"devDependencies":{"vite":"^8.0.0"}}'],
])('a breach is found: %s, %s', (path, message, text) => {
  expect(houseProblems([{ path, text }]).join('\n')).toContain(message);
});

test('what the rules ask for passes', () => {
  expect(problems('src/nn/a.ts', 'x;\n'.repeat(250))).toEqual([]);
  expect(problems('shaders/lib/a.wgsl', `// y = x\n${'x;\n'.repeat(219)}`)).toEqual([]);
  expect(problems('test/nn/a.test.ts', "test('x', (context) => context.skip('why'));")).toEqual([]);
  expect(problems('README.md', 'https://example.org/home/page and ../shared/data, `npm test`')).toEqual([]);
  expect(problems('vite.config.ts', 'export default {};')).toEqual([]);
});
