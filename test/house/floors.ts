// The rules of the house as one pure function of the project's files; floors.test.ts runs it over the real ones and
// over files that break each rule.
import { posix } from 'node:path';

/** One file of the project: its path from the root, with `/`, and its text. */
export interface ProjectFile {
  readonly path: string;
  readonly text: string;
}

// Imports go downwards only. Rooms of one floor do not know each other, except that ops are made of tensors.
const floors: Record<string, number> = {
  gpu: 1,
  tensor: 2,
  ops: 2,
  autograd: 3,
  plan: 3,
  nn: 4,
  models: 5,
  adapters: 6,
  train: 7,
  data: 8,
  app: 9,
  cli: 9,
};
const topFolders = ['src', 'shaders', 'weights', 'notebooks', 'test', '.ci', '.github'];
const topFiles = [
  ...['package.json', 'package-lock.json', 'tsconfig.json', 'biome.json', 'vite.config.ts', '.npmrc', '.gitignore'],
  ...['.gitattributes', 'README.md', 'LICENSE', 'CHANGELOG.md', 'CITATION.cff'],
];
// Where a tool asks for a default export.
const defaultExports = ['vite.config.ts', 'test/harness/reporter.ts'];
const machinePath = /(?<![\w.@-])(?:\/(?:work|home|root|Users)\/\w|[A-Z]:\\+Users\\)/;
const registryHost =
  /https?:\/\/[^\s"'/]*(?:registry|artifactory|nexus|verdaccio|mirror)|^\s*(?:@[\w-]+:)?registry\s*=|_authToken/m;

/** Text without comments, in as many lines. */
const withoutComments = (text: string): string =>
  text.replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, ' ')).replace(/(^|[\s;{}(])\/\/.*$/gm, '$1');

const lineOf = (text: string, index: number): number => text.slice(0, index).split('\n').length;

const importPattern = /(?<![.\w])(?:from\s+|import\s*\(?\s*)(['"`])([^'"`\n]+)\1/g;

/** Modules that a file names, with the line of each. */
const importsOf = (text: string): { name: string; line: number }[] => {
  const code = withoutComments(text);
  return [...code.matchAll(importPattern)].map((match) => ({ name: match[2], line: lineOf(code, match.index) }));
};

const roomOf = (path: string): string | undefined => /^src\/([^/]+)\//.exec(path)?.[1];

const mayImport = (from: string, to: string): boolean => {
  if (from === to || (from === 'ops' && to === 'tensor') || (from === 'tensor' && to === 'ops')) return true;
  if (floors[from] === 2 && to === 'gpu') return false;
  return floors[to] < floors[from];
};

/** What is wrong with `from` importing the project's own file `target`; '' where nothing is. */
const ownImportProblem = (from: string, target: string): string => {
  if (/^(shaders|weights)\//.test(target)) return '';
  const to = roomOf(target);
  if (!to) return `imports ${target}, which is outside src, shaders and weights`;
  if (to in floors && mayImport(from, to)) return '';
  const never = floors[from] === 2 && to === 'gpu' ? 'graph code never imports gpu' : 'imports go downwards only';
  return `${from} (floor ${floors[from]}) imports ${to} (floor ${floors[to] ?? 'unknown'}) — ${never}`;
};

const importProblem = (path: string, room: string, name: string, dependencies: readonly string[]): string => {
  if (name.startsWith('node:')) return room === 'cli' ? '' : `imports ${name} — only src/cli runs in Node alone`;
  if (name.startsWith('.') || name.startsWith('/')) {
    if (/\.[jt]s$/.test(name)) return `imports ${name} with its extension — leave it out`;
    return ownImportProblem(room, name.startsWith('/') ? name.slice(1) : posix.join(posix.dirname(path), name));
  }
  const parts = name.split('/');
  const bare = parts.slice(0, name.startsWith('@') ? 2 : 1).join('/');
  if (room === 'cli' || dependencies.includes(bare)) return '';
  return `imports ${name}, which is no dependency in package.json`;
};

const importProblems = ({ path, text }: ProjectFile, dependencies: readonly string[]): string[] => {
  const room = roomOf(path);
  if (!room || !/\.(ts|mjs)$/.test(path)) return [];
  if (!(room in floors)) return [`${path}: src/${room} is no agreed room — see the floors in test/house/floors.ts`];
  return importsOf(text).flatMap(({ name, line }) => {
    const problem = importProblem(path, room, name, dependencies);
    return problem ? [`${path}:${line}: ${problem}`] : [];
  });
};

// What our engine is measured against: on the bench page and nowhere else.
const peers = /^(?:@jax-js\/|@tensorflow\/|onnxruntime-)/;

const peerProblems = ({ path, text }: ProjectFile): string[] => {
  if (path.startsWith('test/bench/') || !/\.(ts|mjs|html)$/.test(path)) return [];
  return importsOf(text)
    .filter(({ name }) => peers.test(name))
    .map(({ name, line }) => `${path}:${line}: imports ${name}, which only test/bench may load`);
};

const placeProblems = ({ path }: ProjectFile): string[] => {
  const top = path.split('/')[0];
  if ((path.includes('/') ? topFolders : topFiles).includes(top)) return [];
  return [`${path}: ${top} is not among the agreed ${path.includes('/') ? 'folders' : 'files'} at the top`];
};

const lengthProblems = ({ path, text }: ProjectFile): string[] => {
  const limit = /^src\/.*\.(ts|mjs)$/.test(path) ? 250 : path.endsWith('.wgsl') ? 220 : Number.POSITIVE_INFINITY;
  const length = text.replace(/\n$/, '').split('\n').length;
  return length > limit ? [`${path}: ${length} lines, at most ${limit} — split it by job`] : [];
};

const matchProblems = (file: ProjectFile, code: string, pattern: RegExp, say: string): string[] => {
  const match = pattern.exec(code);
  return match ? [`${file.path}:${lineOf(code, match.index)}: ${say}`] : [];
};

const skips = /\b(?:test|it|describe)(?:\.\w+)*\.(?:only|skip|skipIf|runIf|todo|fails)\b/;

const codeProblems = (file: ProjectFile): string[] => {
  if (!/\.(ts|mjs)$/.test(file.path)) return [];
  const code = withoutComments(file.text);
  const isDefault = /\bexport\s+default\b|\bas\s+default\b/;
  return [
    ...(defaultExports.includes(file.path) ? [] : matchProblems(file, code, isDefault, 'default export — name it')),
    ...matchProblems(file, code, /^\s*(?:export\s+)?(?:const\s+)?enum\s/m, 'enum — use a union of literals'),
    ...matchProblems(file, file.text, /@ts-(?:ignore|nocheck|expect-error)/, 'silences the type checker'),
    ...(/\.test\.ts$/.test(file.path)
      ? matchProblems(file, code, skips, 'skipped or focused test — give the reason by context.skip(reason)')
      : []),
  ];
};

const shaderProblems = ({ path, text }: ProjectFile): string[] =>
  path.endsWith('.wgsl') && !/^\/\/(?!#)\s*\S/.test(text)
    ? [`${path}:1: the first line is no comment with the formula and the thread mapping`]
    : [];

const machineProblems = (file: ProjectFile): string[] => [
  ...matchProblems(file, file.text, machinePath, 'path of one machine'),
  ...matchProblems(file, file.text, registryHost, 'package registry or its key'),
];

/** This file and its test hold the patterns themselves, so what is looked for by pattern is not looked for here. */
const holdsPatterns = ({ path }: ProjectFile): boolean => /^test\/house\/floors(\.test)?\.ts$/.test(path);

interface Lockfile {
  readonly packages?: Record<string, { readonly optionalDependencies?: Record<string, string> }>;
}

/** `npm ci` refuses a lockfile that leaves out a package for another platform, so each must be listed. */
const lockProblems = ({ path, text }: ProjectFile): string[] => {
  const { packages = {} } = JSON.parse(text) as Lockfile;
  const missing = Object.entries(packages).flatMap(([owner, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter(
      (name) => !(`node_modules/${name}` in packages || `${owner}/node_modules/${name}` in packages),
    ),
  );
  const problems = missing.map((name) => `${path}: ${name} is missing — choose versions that every platform has`);
  return /"resolved"\s*:/.test(text) ? [...problems, `${path}: has "resolved" addresses`] : problems;
};

const versionProblems = ({ path, text }: ProjectFile): string[] => {
  const { dependencies = {}, devDependencies = {} } = JSON.parse(text) as Record<string, Record<string, string>>;
  return Object.entries({ ...dependencies, ...devDependencies })
    .filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))
    .map(([name, version]) => `${path}: ${name} ${version} is no exact version`);
};

const packageProblems = (file: ProjectFile): string[] => {
  if (file.path === 'package-lock.json') return lockProblems(file);
  return file.path === 'package.json' ? versionProblems(file) : [];
};

/** Every breach of the house's rules, one line each with file, line and remedy; empty where all is well. */
export const houseProblems = (files: readonly ProjectFile[]): string[] => {
  const manifest = files.find(({ path }) => path === 'package.json');
  const dependencies = Object.keys(manifest ? (JSON.parse(manifest.text).dependencies ?? {}) : {});
  return files.flatMap((file) => [
    ...placeProblems(file),
    ...importProblems(file, dependencies),
    ...(holdsPatterns(file) ? [] : peerProblems(file)),
    ...lengthProblems(file),
    ...shaderProblems(file),
    ...(holdsPatterns(file) ? [] : [...codeProblems(file), ...machineProblems(file)]),
    ...packageProblems(file),
  ]);
};
