import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { arch, cpus, platform, release } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { projectRoot } from './chromium.mjs';

/** What a run was made with: versions, commit and machine. Unknown things are null. */
export interface Made {
  readonly version: string | null;
  readonly commit: string | null;
  readonly node: string;
  readonly webgpu: string | null;
  readonly system: string;
  readonly cores: number;
}

let made: Promise<Made> | null = null;

/** Looks the versions up, once a process; a copy without git or packages gives nulls, no error. */
export function madeWith(): Promise<Made> {
  made ??= lookUp();
  return made;
}

async function lookUp(): Promise<Made> {
  return {
    version: await versionOf('package.json'),
    commit: await commit(),
    node: process.versions.node,
    webgpu: await versionOf('node_modules/webgpu/package.json'),
    system: `${platform()} ${release()} ${arch()}`,
    cores: cpus().length,
  };
}

async function versionOf(path: string): Promise<string | null> {
  try {
    return JSON.parse(await readFile(join(projectRoot, path), 'utf8')).version ?? null;
  } catch {
    return null;
  }
}

/** Commit of the working copy, with + when files differ from it. */
async function commit(): Promise<string | null> {
  const git = (...args: string[]) => promisify(execFile)('git', ['-C', projectRoot, ...args], { timeout: 5000 });
  try {
    const { stdout } = await git('rev-parse', 'HEAD');
    const changed = await git('status', '--porcelain', '--untracked-files=no');
    return stdout.trim() + (changed.stdout.trim() ? '+' : '');
  } catch {
    return null;
  }
}
